// The end of a shift: many tablets, each a database of its own, bring their changed documents at the same moment.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import PouchDB from 'pouchdb';

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    server: { type: 'string' },
    tablets: { type: 'string' },
    forms: { type: 'string' },
  },
});
const { folder, server } = values;
if (!folder || !server || !values.forms) {
  throw new Error('say --folder, --server and --forms');
}
const count = Number(values.tablets ?? '500');
/** @type {Record<string, unknown>[]} */
const forms = JSON.parse(values.forms);

const tablets = [];
for (let number = 0; number < count; number += 1) {
  const tablet = new PouchDB(join(folder, `tablet-${number}`));
  // In the morning the visits were made, and sent.
  await tablet.bulkDocs(forms.map((form, place) => ({ _id: `visit-${number}-${place}`, ...form })));
  await PouchDB.replicate(tablet, new PouchDB(`${server}/visits`));
  for (let place = 0; place < forms.length; place += 1) {
    const document = await tablet.get(`visit-${number}-${place}`);
    await tablet.put({ ...document, reason: `Yrsel ${place}` });
  }
  tablets.push(tablet);
}

const begun = performance.now();
const waits = await Promise.all(
  tablets.map(async tablet => {
    await PouchDB.replicate(tablet, new PouchDB(`${server}/visits`));
    return performance.now() - begun;
  }),
);
const seconds = (performance.now() - begun) / 1000;
waits.sort((one, other) => one - other);
const slowest = waits[Math.ceil((count - 1) * 0.99)];
console.log(JSON.stringify({ what: 'shift', per_second: count / seconds, p99_ms: slowest }));
process.exit();
