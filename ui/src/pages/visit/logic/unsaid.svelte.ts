// Words of a note that is not added yet: they survive leaving the page, in memory, for whoever typed them.

import type { NoteKind } from '../../../lib/api';
import { whose } from '../../../lib/whose.svelte';

class Unsaid {
  text = $state('');
  kind = $state<NoteKind>('note');

  constructor(kind: NoteKind) {
    this.kind = kind;
  }
}

const waiting = new Map<string, Unsaid>();

export function unsaid(name: string, kind: NoteKind): Unsaid {
  const key = whose.own(name);
  const found = waiting.get(key) ?? new Unsaid(kind);
  waiting.set(key, found);
  return found;
}
