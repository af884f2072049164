// The published sync server as it ships, in this process.

import { runServer } from '../lines.js';
import { answering, freePort } from '../sockets.js';

await runServer(async folder => {
  const port = await freePort();
  // It is a program: it is told its port and folder by its environment, and offers the files of `public` where it is
  // started to everybody.
  process.chdir(folder);
  Object.assign(process.env, { PORT: String(port), DATA_DIR: folder });
  await import('@automerge/automerge-repo-sync-server');
  await answering(`http://127.0.0.1:${port}`);
  return {
    address: `ws://127.0.0.1:${port}`,
    // It offers no way to know what it has written.
    settle: async () => ({ unknown: true }),
  };
});
