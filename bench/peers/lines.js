// What every server and client here has in common: its arguments, and the lines in which it speaks.

import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

/** @typedef {Record<string, unknown>} Fields  A document's fields and their values. */
/** @typedef {{ id: string, fields: Fields }} Draft  A document that is to be made. */
/** @typedef {{ id: string, sets: [string, unknown][] }} Edit  What is to be set in a document. */

/**
 * @typedef {object} Client  What a peer's client can do, as README.md says it.
 * @property {(documents: Draft[]) => Promise<string[]>} make
 * @property {(edits: Edit[]) => Promise<void>} edit
 * @property {(ids: string[]) => Promise<void>} push
 * @property {(ids: string[]) => Promise<void>} pull
 * @property {(id: string) => Promise<Fields>} read
 * @property {() => Promise<void>} disconnect
 */

/**
 * @typedef {object} Server  What a peer's server can do.
 * @property {string} address
 * @property {() => Promise<object>} settle
 * @property {() => Promise<unknown>} [close]  Ends what does not end with this program.
 */

/** @typedef {Record<string, (asked: any) => Promise<object>>} Deeds  What can be asked for, by name. */

/** How long a question that is being answered may go on, in milliseconds, once nobody is there to hear. */
const TO_END = 10_000;

// Our output belongs to the answers, but libraries log to the console.
console.log = console.info = console.debug = console.error;

/**
 * Runs a client until its input ends.
 * @param {(folder: string, server: string) => Promise<Client>} open
 */
export async function runClient(open) {
  const { folder, server } = given();
  if (!server) {
    throw new Error('Give --server ADDRESS.');
  }
  const client = await open(folder, server);
  await answerAll({
    make: async ({ documents }) => ({ ids: await client.make(documents) }),
    edit: async ({ edits }) => nothing(await client.edit(edits)),
    push: async ({ ids }) => nothing(await client.push(ids)),
    pull: async ({ ids }) => nothing(await client.pull(ids)),
    read: async ({ id }) => ({ fields: await client.read(id) }),
    disconnect: async () => nothing(await client.disconnect()),
  });
}

/**
 * Runs a server until its input ends.
 * @param {(folder: string) => Promise<Server>} open
 */
export async function runServer(open) {
  const server = await open(given().folder);
  print({ listening: server.address });
  await answerAll({ settle: server.settle }, server.close);
}

function given() {
  const { values } = parseArgs({ options: { folder: { type: 'string' }, server: { type: 'string' } } });
  if (!values.folder) {
    throw new Error('Give --folder FOLDER.');
  }
  const folder = resolve(values.folder);
  mkdirSync(folder, { recursive: true });
  return { folder, server: values.server };
}

/**
 * @param {Deeds} deeds
 * @param {() => Promise<unknown>} [close]
 */
async function answerAll(deeds, close) {
  const uncaught = firstUncaught();
  process.stdin.once('end', () => setTimeout(() => process.exit(1), TO_END).unref());
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      print({ ok: await Promise.race([answer(deeds, line), uncaught]) });
    } catch (error) {
      print({ error: error instanceof Error ? error.message : String(error) });
    }
  }
  await close?.();
  // Sockets and timers that libraries keep would hold us here.
  process.exit(0);
}

/**
 * Fails with the first error that nobody catches: libraries throw some of theirs from timers and sockets. Whatever is
 * asked from then on is answered with it.
 * @returns {Promise<never>}
 */
function firstUncaught() {
  /** @type {Promise<never>} */
  const failing = new Promise((_, reject) => {
    process.on('uncaughtException', error => {
      console.error(error);
      reject(error);
    });
  });
  // That it fails while nothing is being asked is not one more such error.
  failing.catch(() => {});
  return failing;
}

/**
 * @param {Deeds} deeds
 * @param {string} line
 */
async function answer(deeds, line) {
  const asked = JSON.parse(line);
  const deed = deeds[asked.do];
  if (!deed) {
    throw new Error(`"${asked.do}" cannot be asked for here.`);
  }
  return deed(asked);
}

/** @param {object} said */
function print(said) {
  process.stdout.write(`${JSON.stringify(said)}\n`);
}

/** @param {void} _done */
function nothing(_done) {
  return {};
}
