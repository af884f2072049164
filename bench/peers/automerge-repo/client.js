// automerge-repo with its documents in files, and a WebSocket to a sync server.

import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { encodeHeads, Repo } from '@automerge/automerge-repo';
import { WebSocketClientAdapter } from '@automerge/automerge-repo-network-websocket';
import { NodeFSStorageAdapter } from '@automerge/automerge-repo-storage-nodefs';
import { runClient } from '../lines.js';
import { closed, LOST, NO_ANSWER, roundTrips, TO_CONNECT } from '../sockets.js';

/** @import { DocHandle, DocumentId, PeerId } from '@automerge/automerge-repo' */
/** @import { Client, Draft, Edit, Fields } from '../lines.js' */
/** @typedef {DocHandle<Fields>} Handle */
/** @typedef {{ adapter: WebSocketClientAdapter, server: PeerId }} Connection */
/** @typedef {{ handle: Handle, agreed: () => void, failed: (why: Error) => void }} Waiting */

/** @implements {Client} */
class Documents {
  /** @type {Connection | undefined} */
  #connection;
  /** The newest heads that the server has told since we connected, as text. @type {Map<DocumentId, string>} */
  #told = new Map();
  /** Who waits until our heads of a document are the server's as well. @type {Map<DocumentId, Waiting>} */
  #waiting = new Map();
  #repo;
  #address;

  /**
   * @param {string} folder
   * @param {string} address
   */
  constructor(folder, address) {
    this.#address = address;
    this.#repo = new Repo({ storage: new NodeFSStorageAdapter(folder) });
    this.#repo.synchronizer.on('sync-state', ({ documentId, syncState }) => {
      if (syncState.theirHeads) {
        this.#told.set(documentId, String(encodeHeads(syncState.theirHeads)));
        // What came with these heads is applied right after this event.
        queueMicrotask(() => this.#compare(documentId));
      }
    });
    this.#repo.networkSubsystem.on('peer-disconnected', () => {
      this.#waiting.forEach(({ failed }) => failed(new Error(LOST)));
      this.#waiting.clear();
    });
  }

  /** @param {Draft[]} documents */
  async make(documents) {
    const handles = documents.map(({ fields }) => this.#repo.create(fields));
    await this.#flush(handles);
    return handles.map(handle => handle.url);
  }

  /** @param {Edit[]} edits */
  async edit(edits) {
    const handles = await this.#find(edits.map(({ id }) => id));
    handles.forEach((handle, place) => {
      for (const [field, value] of edits[place]?.sets ?? []) {
        handle.change(document => {
          document[field] = value;
        });
      }
    });
    await this.#flush(handles);
  }

  /** @param {string[]} ids */
  async push(ids) {
    await this.#connect();
    const handles = await this.#find(ids);
    await Promise.all(handles.map(handle => this.#agreement(handle)));
  }

  /** @param {string[]} ids */
  async pull(ids) {
    const { adapter, server } = await this.#connect();
    const earlier = new Set(this.#told.keys());
    const handles = await this.#find(ids);
    // What it told earlier may be old by now. To a repo that is connected, new changes come by themselves, but after
    // a while, and it cannot tell that there are none. So we open the exchange anew, as after a new connection. The
    // server answers only where it has something new.
    const again = handles.filter(({ documentId }) => earlier.has(documentId));
    const { docSynchronizers } = this.#repo.synchronizer;
    await Promise.all(again.map(({ documentId }) => docSynchronizers[documentId]?.beginSync([server])));
    if (again.length > 0) {
      await turn();
      await roundTrips(adapter.socket);
    }
    await Promise.all(handles.map(handle => this.#agreement(handle)));
    await this.#flush(handles);
  }

  /** @param {string} id */
  async read(id) {
    const [handle] = await this.#find([id]);
    return { ...handle?.doc() };
  }

  async disconnect() {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection) {
      await this.#leave(connection.adapter);
    }
  }

  /** @param {WebSocketClientAdapter} adapter */
  async #leave(adapter) {
    const { socket } = adapter;
    // A socket that is closed before it was open says so as an error, to which the adapter listens no more.
    socket?.on('error', () => {});
    this.#repo.networkSubsystem.removeNetworkAdapter(adapter);
    await closed(socket);
  }

  async #connect() {
    this.#connection ??= await this.#connected();
    return this.#connection;
  }

  /** @returns {Promise<Connection>} */
  async #connected() {
    const network = this.#repo.networkSubsystem;
    this.#told.clear();
    // A server that remembers a peer does not answer where there is nothing new. To a new one it tells all its heads,
    // as to an app that was started anew, and only so can we know that there is nothing new.
    network.peerId = /** @type {PeerId} */ (randomUUID());
    const adapter = new WebSocketClientAdapter(this.#address);
    return new Promise((resolve, reject) => {
      const late = setTimeout(async () => {
        await this.#leave(adapter);
        reject(new Error(NO_ANSWER));
      }, TO_CONNECT);
      adapter.once('peer-candidate', ({ peerId: server }) => {
        clearTimeout(late);
        resolve({ adapter, server });
      });
      network.addNetworkAdapter(adapter);
    });
  }

  /**
   * @param {string[]} ids
   * @returns {Promise<Handle[]>}
   */
  #find(ids) {
    return Promise.all(ids.map(id => this.#repo.find(/** @type {Handle['url']} */ (id))));
  }

  /** @param {Handle[]} handles */
  #flush(handles) {
    return this.#repo.flush(handles.map(handle => handle.documentId));
  }

  /**
   * Waits until the server has told that it has what we have, and nothing else.
   * @param {Handle} handle
   * @returns {Promise<void>}
   */
  #agreement(handle) {
    return new Promise((agreed, failed) => {
      this.#waiting.set(handle.documentId, { handle, agreed, failed });
      this.#compare(handle.documentId);
    });
  }

  /** @param {DocumentId} documentId */
  #compare(documentId) {
    const waiting = this.#waiting.get(documentId);
    if (waiting && this.#told.get(documentId) === String(waiting.handle.heads())) {
      this.#waiting.delete(documentId);
      waiting.agreed();
    }
  }
}

await runClient(async (folder, server) => new Documents(folder, server));
