// automerge-repo as a sync server: it keeps what it is sent, and hands out what it is asked for by id.

import { setImmediate as turn } from 'node:timers/promises';
import { Repo } from '@automerge/automerge-repo';
import { NodeWSServerAdapter } from '@automerge/automerge-repo-network-websocket';
import { NodeFSStorageAdapter } from '@automerge/automerge-repo-storage-nodefs';
import { runServer } from '../lines.js';
import { listen } from '../sockets.js';

/** @typedef {ConstructorParameters<typeof NodeWSServerAdapter>[0]} Sockets */

/** By itself it shuts out a client that is busy for five seconds, as one is that sends a thousand documents. */
const KEEP_ALIVE = 600_000;

await runServer(async folder => {
  const { sockets, address } = await listen();
  // The adapter knows the same class by the types of its CommonJS half.
  const same = /** @type {Sockets} */ (/** @type {unknown} */ (sockets));
  const repo = new Repo({
    network: [new NodeWSServerAdapter(same, KEEP_ALIVE)],
    storage: new NodeFSStorageAdapter(folder),
    sharePolicy: async () => false,
  });
  // It hears its clients only once it has read its own id from its files, and a client that comes earlier waits forever.
  while (sockets.listenerCount('connection') === 0) {
    await turn();
  }
  return {
    address,
    settle: async () => {
      // A document that was asked for and never came has nothing to write, and would make `flush` fail.
      const ready = Object.values(repo.handles).filter(handle => handle.isReady());
      await repo.flush(ready.map(handle => handle.documentId));
      return {};
    },
  };
});
