// Does with every peer what the bench does, with little, and sees that it comes out right.

import { deepEqual, notDeepEqual } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** @import { Draft, Edit, Fields } from './lines.js' */

/** The one program that is both of a peer's, and is built elsewhere. */
const SAMOD = join(import.meta.dirname, '../../target/peers/release/hemrond-bench-samod');

const PEERS = ['pouchdb', 'hocuspocus', 'automerge-repo', 'automerge-repo-sync-server', 'samod'];

/** How long a peer may take for any one thing, in milliseconds. */
const PATIENCE = 60_000;

/** A running server or client. */
class Program {
  #child;
  #lines;

  /**
   * @param {string} program
   * @param {string[]} words
   */
  constructor(program, ...words) {
    this.#child = spawn(program, words, { cwd: import.meta.dirname, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** @returns {Promise<any>} */
  async next() {
    const late = setTimeout(() => this.#child.kill(), PATIENCE);
    const { value, done } = await this.#lines.next();
    clearTimeout(late);
    if (done) {
      throw new Error(`${this.#child.spawnargs.join(' ')} has ended`);
    }
    return JSON.parse(value);
  }

  /**
   * @param {string} deed
   * @param {object} [asked]
   */
  async ask(deed, asked) {
    this.#child.stdin.write(`${JSON.stringify({ do: deed, ...asked })}\n`);
    const { ok, error } = await this.next();
    if (error) {
      throw new Error(`${deed}: ${error}`);
    }
    return ok;
  }

  async end() {
    if (this.#child.exitCode === null) {
      const late = setTimeout(() => this.#child.kill(), PATIENCE);
      this.#child.stdin.end();
      await once(this.#child, 'exit');
      clearTimeout(late);
    }
    deepEqual(this.#child.exitCode, 0);
  }

  kill() {
    this.#child.kill();
  }
}

/** A peer's programs, each with a folder of its own. */
class Stage {
  /** @type {Program[]} */
  #running = [];
  #peer;
  #folder;

  /**
   * @param {string} peer
   * @param {string} folder
   */
  constructor(peer, folder) {
    this.#peer = peer;
    this.#folder = folder;
  }

  async server() {
    const server = this.#start('server', '--folder', join(this.#folder, 'server'));
    const { listening } = await server.next();
    return { server, address: listening };
  }

  /**
   * @param {string} name
   * @param {string} address
   */
  client(name, address) {
    return this.#start('client', '--folder', join(this.#folder, name), '--server', address);
  }

  kill() {
    this.#running.forEach(program => program.kill());
  }

  /**
   * @param {'server' | 'client'} side
   * @param {string[]} words
   */
  #start(side, ...words) {
    const running =
      this.#peer === 'samod'
        ? new Program(SAMOD, side, ...words)
        : new Program(process.execPath, join(this.#peer, `${side}.js`), ...words);
    this.#running.push(running);
    return running;
  }
}

/** @param {Stage} stage */
async function check(stage) {
  const { server, address } = await stage.server();
  const first = stage.client('first', address);
  const second = stage.client('second', address);

  const drafts = Array.from({ length: 20 }, (_, number) => draft(number));
  const { ids } = await first.ask('make', { documents: drafts });
  deepEqual(ids.length, drafts.length);
  const expected = new Map(drafts.map(({ fields }, place) => [ids[place], fields]));
  await edit(first, expected, ids, 5);
  await carry(first, server, second, ids);
  await same(second, expected);

  await first.end();
  const again = stage.client('first', address);
  await same(again, expected);
  const two = ids.slice(3, 5);
  await edit(again, expected, two, 2);
  notDeepEqual(await fields(second, two[0]), expected.get(two[0]));
  await second.ask('disconnect');
  await carry(again, server, second, two);
  await same(second, expected);
  // Nothing may be missed by a client that stays connected, and asks right after another has pushed.
  for (let round = 0; round < 5; round += 1) {
    await edit(again, expected, two, 1);
    await again.ask('push', { ids: two });
    await second.ask('pull', { ids: two });
    await same(second, expected);
  }

  await again.ask('disconnect');
  await again.ask('push', { ids });
  await again.ask('pull', { ids });
  await same(again, expected);

  const { unknown } = await server.ask('settle');
  await again.end();
  await second.end();
  await server.end();
  if (!unknown) {
    const anew = await stage.server();
    const third = stage.client('third', anew.address);
    await third.ask('pull', { ids });
    await same(third, expected);
    await third.end();
    await anew.server.end();
  }
}

/**
 * @param {number} number
 * @returns {Draft}
 */
function draft(number) {
  return { id: `visit-${number}`, fields: { person: `p${number}`, planned: number % 2 === 0, 'cfs.level': null } };
}

/**
 * Edits documents, and what is expected of them.
 * @param {Program} client
 * @param {Map<string, Fields>} expected
 * @param {string[]} ids
 * @param {number} times
 */
async function edit(client, expected, ids, times) {
  const edits = ids.map(id => {
    const earlier = Object.keys(expected.get(id) ?? {}).length;
    /** @type {Edit['sets']} */
    const sets = Array.from({ length: times }, (_, time) => [`field.${earlier + time}`, ['åäö', time, id]]);
    sets.push(['cfs.level', earlier]);
    expected.set(id, { ...expected.get(id), ...Object.fromEntries(sets) });
    return { id, sets };
  });
  await client.ask('edit', { edits });
}

/**
 * @param {Program} from
 * @param {Program} server
 * @param {Program} to
 * @param {string[]} ids
 */
async function carry(from, server, to, ids) {
  await from.ask('push', { ids });
  await server.ask('settle');
  await to.ask('pull', { ids });
}

/**
 * @param {Program} client
 * @param {string | undefined} id
 */
async function fields(client, id) {
  return (await client.ask('read', { id })).fields;
}

/**
 * @param {Program} client
 * @param {Map<string, Fields>} expected
 */
async function same(client, expected) {
  for (const [id, its] of expected) {
    deepEqual(await fields(client, id), its);
  }
}

for (const peer of PEERS) {
  if (peer === 'samod' && !existsSync(SAMOD)) {
    console.log(`${peer}: not built`);
    continue;
  }
  const folder = await mkdtemp(join(tmpdir(), 'hemrond-peers-'));
  const stage = new Stage(peer, folder);
  try {
    await check(stage);
    console.log(`${peer}: ok`);
  } catch (error) {
    console.log(`${peer}: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  } finally {
    stage.kill();
    await rm(folder, { recursive: true, maxRetries: 5, retryDelay: 100 });
  }
}
