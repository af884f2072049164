// PouchDB with LevelDB, replicating one database.

import { join } from 'node:path';
import PouchDB from 'pouchdb';
import { runClient } from '../lines.js';

/** @import { Client, Draft, Edit } from '../lines.js' */

const NAME = 'visits';

/** @implements {Client} */
class Visits {
  #local;
  #remote;

  /**
   * @param {string} folder
   * @param {string} address
   */
  constructor(folder, address) {
    this.#local = new PouchDB(join(folder, NAME));
    this.#remote = `${address}/${NAME}`;
  }

  /** @param {Draft[]} documents */
  async make(documents) {
    const made = await this.#local.bulkDocs(documents.map(({ id, fields }) => ({ ...fields, _id: id })));
    const failed = made.find(result => 'error' in result);
    if (failed) {
      throw failed;
    }
    return documents.map(({ id }) => id);
  }

  /** @param {Edit[]} edits */
  async edit(edits) {
    for (const { id, sets } of edits) {
      for (const [field, value] of sets) {
        const document = await this.#local.get(id);
        await this.#local.put({ ...document, [field]: value });
      }
    }
  }

  // A replication carries everything that is new, whichever documents were named.

  async push() {
    await complete(PouchDB.replicate(this.#local, this.#remote));
  }

  async pull() {
    await complete(PouchDB.replicate(this.#remote, this.#local));
  }

  /** @param {string} id */
  async read(id) {
    const { _id, _rev, ...fields } = await this.#local.get(id);
    return fields;
  }

  // Replications that are complete leave no connection.
  async disconnect() {}
}

/** @param {Promise<import('pouchdb').Replicated>} replication */
async function complete(replication) {
  const { ok, errors } = await replication;
  if (!ok || errors.length > 0) {
    throw new Error(`The replication failed: ${JSON.stringify(errors)}`);
  }
}

await runClient(async (folder, server) => new Visits(folder, server));
