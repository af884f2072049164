// Words of a note that is not added yet: they survive leaving the page, in memory.

import type { NoteKind } from '../../../lib/api';

class Unsaid {
  text = $state('');
  kind = $state<NoteKind>('note');

  constructor(kind: NoteKind) {
    this.kind = kind;
  }
}

const waiting = new Map<string, Unsaid>();

export function unsaid(key: string, kind: NoteKind): Unsaid {
  const found = waiting.get(key) ?? new Unsaid(kind);
  waiting.set(key, found);
  return found;
}
