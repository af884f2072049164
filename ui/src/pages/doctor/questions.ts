// Which questions still wait: nobody else has answered or ordered anything in that visit since.

import type { NoteView } from '../../lib/api';

export function openQuestions(notes: NoteView[]): NoteView[] {
  return notes.filter(
    (note) =>
      note.kind === 'question' && note.retracted_at === null &&
      !notes.some(
        (later) =>
          (later.kind === 'answer' || later.kind === 'order') && later.visit === note.visit && later.retracted_at === null &&
          !(later.by.id !== null && later.by.id === note.by.id) && Date.parse(later.at) >= Date.parse(note.at),
      ),
  );
}
