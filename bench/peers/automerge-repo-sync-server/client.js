// The published sync server has no client of its own: its clients are automerge-repo's.
import '../automerge-repo/client.js';
