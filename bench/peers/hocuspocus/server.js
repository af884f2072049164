// Hocuspocus with its database extension, and a file for each document.

import { Database } from '@hocuspocus/extension-database';
import { Hocuspocus } from '@hocuspocus/server';
import { runServer } from '../lines.js';
import { listen } from '../sockets.js';
import { fileOf, gate, load, replace } from './files.js';

await runServer(async folder => {
  const some = gate();
  const files = new Database({
    fetch: ({ documentName }) => some(() => load(fileOf(folder, documentName))),
    store: ({ documentName, state }) => some(() => replace(fileOf(folder, documentName), state)),
  });
  const hocuspocus = new Hocuspocus({ quiet: true, extensions: [files] });
  const { sockets, address } = await listen();
  sockets.on('connection', (socket, request) => hocuspocus.handleConnection(socket, request));
  return {
    address,
    // It stores a document some seconds after its newest change, or when its last client leaves it. What waits is
    // stored now, and what is being stored is waited for.
    settle: async () => {
      const documents = [...hocuspocus.documents.values()];
      await Promise.all(documents.map(async document => {
        await hocuspocus.debouncer.executeNow(`onStoreDocument-${document.name}`);
        await document.saveMutex.waitForUnlock();
      }));
      return {};
    },
  };
});
