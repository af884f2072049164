// The package is a program, and has no types.
declare module '@automerge/automerge-repo-sync-server';
