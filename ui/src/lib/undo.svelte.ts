// One thing at a time can be undone: the last one. It stays offered until the next, or until it is put away.

export interface Undoable {
  /** What was done, as a sentence. */
  said: string;
  /** Takes it back. */
  undo: () => Promise<unknown>;
}

class Undo {
  last = $state.raw<Undoable | null>(null);

  offer(said: string, undo: () => Promise<unknown>): void {
    this.last = { said, undo };
  }

  putAway(): void {
    this.last = null;
  }
}

export const undo = new Undo();

class Said {
  words = $state('');
}

/** What the polite live region says to readers without sight. */
export const said = new Said();

export function announce(words: string): void {
  said.words = words;
}
