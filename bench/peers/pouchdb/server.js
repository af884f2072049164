// pouchdb-server as it ships, with LevelDB, in this process.

import { createRequire } from 'node:module';
import { runServer } from '../lines.js';
import { answering, freePort } from '../sockets.js';

await runServer(async folder => {
  const port = await freePort();
  // It is a program: it reads its arguments, and writes its databases, settings and log where it is started. With -n
  // the log stays in its file. (It does not understand the long form, --no-stdout-logs.)
  process.chdir(folder);
  process.argv = [process.execPath, 'pouchdb-server', '--port', String(port), '-n'];
  createRequire(import.meta.url)('pouchdb-server');
  const address = `http://127.0.0.1:${port}`;
  await answering(address);
  return {
    address,
    // Every answer to a write comes after LevelDB has written to its log file. It does not fsync.
    settle: async () => ({}),
  };
});
