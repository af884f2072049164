import { describe, expect, it } from 'vitest';
import type { NoteKind, NoteView } from '../../lib/api';
import { openQuestions } from './questions';

const note = (row: string, kind: NoteKind, by: string, at: string, visit = 'v1'): NoteView => ({
  row, visit, kind, text: row, by: { id: by, name: by, role: null, me: false }, at, new: false, retracted_at: null,
});

describe('openQuestions', () => {
  it('keeps a question until a colleague answers or orders in the same visit', () => {
    const question = note('q', 'question', 'anna', '2026-11-22T08:00:00Z');
    const open = (...others: NoteView[]) => openQuestions([question, ...others]).map((one) => one.row);
    expect(open()).toEqual(['q']);
    expect(open(note('n', 'note', 'maria', '2026-11-22T09:00:00Z'))).toEqual(['q']);
    expect(open(note('a', 'answer', 'maria', '2026-11-22T07:00:00Z'))).toEqual(['q']);
    expect(open(note('a', 'answer', 'maria', '2026-11-22T09:00:00Z', 'v2'))).toEqual(['q']);
    expect(open(note('a', 'answer', 'anna', '2026-11-22T09:00:00Z'))).toEqual(['q']);
    expect(open(note('o', 'order', 'maria', '2026-11-22T09:00:00Z'))).toEqual([]);
    expect(open(note('a', 'answer', 'maria', '2026-11-22T09:00:00Z'))).toEqual([]);
  });

  it('leaves out a retracted one', () => {
    expect(openQuestions([{ ...note('q', 'question', 'anna', '2026-11-22T08:00:00Z'), retracted_at: '2026-11-22T08:05:00Z' }])).toEqual([]);
  });
});
