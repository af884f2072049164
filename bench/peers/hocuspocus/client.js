// Yjs documents in files of our own, and Hocuspocus' provider with one WebSocket for all of them.

import { writeFile } from 'node:fs/promises';
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { runClient } from '../lines.js';
import { closed, LOST, NO_ANSWER, roundTrips, TO_CONNECT } from '../sockets.js';
import { fileOf, gate, load } from './files.js';

/** @import { Client, Draft, Edit } from '../lines.js' */

/** How long nothing may be heard before a connection is taken for lost, in milliseconds: nobody talks between questions. */
const QUIET = 3_600_000;

/** @implements {Client} */
class Documents {
  /** @type {HocuspocusProviderWebsocket | undefined} */
  #connection;
  #some = gate();
  #folder;
  #address;

  /**
   * @param {string} folder
   * @param {string} address
   */
  constructor(folder, address) {
    this.#folder = folder;
    this.#address = address;
  }

  /** @param {Draft[]} documents */
  async make(documents) {
    await this.#each(documents, async ({ id, fields }) => {
      const document = new Y.Doc();
      const held = fieldsOf(document);
      document.transact(() => Object.entries(fields).forEach(([field, value]) => held.set(field, value)));
      await this.#write(id, document);
    });
    return documents.map(({ id }) => id);
  }

  /** @param {Edit[]} edits */
  async edit(edits) {
    await this.#each(edits, async ({ id, sets }) => {
      const document = await this.#open(id);
      const fields = fieldsOf(document);
      for (const [field, value] of sets) {
        document.transact(() => fields.set(field, value));
      }
      await this.#write(id, document);
    });
  }

  /** @param {string[]} ids */
  async push(ids) {
    await this.#exchange(ids, async () => {});
  }

  /** @param {string[]} ids */
  async pull(ids) {
    await this.#exchange(ids, (id, document) => this.#write(id, document));
  }

  /** @param {string} id */
  async read(id) {
    return fieldsOf(await this.#open(id)).toJSON();
  }

  async disconnect() {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection) {
      const socket = socketOf(connection);
      connection.destroy();
      await closed(socket);
    }
  }

  /**
   * Opens documents for as long as it takes until they are the same here and at the server.
   * @param {string[]} ids
   * @param {(id: string, document: Y.Doc) => Promise<void>} then
   */
  async #exchange(ids, then) {
    const connection = await this.#connect();
    await this.#each(ids, async id => {
      const document = await this.#open(id);
      await synced(connection, id, document);
      await then(id, document);
    });
    // A document that is opened again before the server has closed it would never be synced.
    await roundTrips(socketOf(connection));
  }

  async #connect() {
    this.#connection ??= await connected(this.#address);
    return this.#connection;
  }

  /** @param {string} id */
  async #open(id) {
    const document = new Y.Doc();
    const update = await load(fileOf(this.#folder, id));
    if (update) {
      Y.applyUpdate(document, update);
    }
    return document;
  }

  /**
   * @param {string} id
   * @param {Y.Doc} document
   */
  async #write(id, document) {
    await writeFile(fileOf(this.#folder, id), Y.encodeStateAsUpdate(document));
  }

  /**
   * @template T
   * @param {T[]} items
   * @param {(item: T) => Promise<void>} work
   */
  async #each(items, work) {
    await Promise.all(items.map(item => this.#some(() => work(item))));
  }
}

/**
 * @param {Y.Doc} document
 * @returns {Y.Map<unknown>}
 */
function fieldsOf(document) {
  return document.getMap('fields');
}

/** @param {string} url */
async function connected(url) {
  const connection = new HocuspocusProviderWebsocket({
    url,
    WebSocketPolyfill: WebSocket,
    messageReconnectTimeout: QUIET,
  });
  await new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      connection.destroy();
      reject(new Error(NO_ANSWER));
    }, TO_CONNECT);
    connection.on('open', () => {
      clearTimeout(late);
      resolve(undefined);
    });
  });
  return connection;
}

/**
 * The socket of a connection, if it has one at the moment.
 * @param {HocuspocusProviderWebsocket} connection
 */
function socketOf({ webSocket }) {
  return webSocket instanceof WebSocket ? webSocket : undefined;
}

/**
 * Waits until the server has sent what is new there, and has acknowledged what is new here.
 * @param {HocuspocusProviderWebsocket} websocketProvider
 * @param {string} name
 * @param {Y.Doc} document
 */
async function synced(websocketProvider, name, document) {
  // Nobody needs to be seen here by others.
  const provider = new HocuspocusProvider({ websocketProvider, name, document, awareness: null });
  try {
    await new Promise((resolve, reject) => {
      // An exchange begins as one unsynced change. The server acknowledges it after what it sent itself.
      provider.on('unsyncedChanges', (/** @type {{ number: number }} */ { number }) => {
        if (number === 0) {
          resolve(undefined);
        }
      });
      provider.on('authenticationFailed', (/** @type {{ reason: string }} */ { reason }) => {
        reject(new Error(`The server refuses ${name}: ${reason}`));
      });
      provider.on('close', () => reject(new Error(LOST)));
      provider.attach();
    });
  } finally {
    provider.destroy();
  }
}

await runClient(async (folder, server) => new Documents(folder, server));
