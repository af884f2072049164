// What can be answered in a field, as far as drawing a control for it needs: the companion checks every answer itself.

import type { FieldValue } from '../api';
import { parseNumber } from '../format';

export type Kind =
  | { is: 'choice'; options: string[] }
  | { is: 'bool' }
  | { is: 'level' }
  | { is: 'whole' }
  | { is: 'number' }
  | { is: 'day' }
  | { is: 'words' };

const KINDS: Record<string, Kind> = {
  'cfs.level': { is: 'level' },
  'cfs.basis': { is: 'choice', options: ['observation', 'interview', 'proxy', 'record'] },
  'cfs.assessed_on': { is: 'day' },
  'cfs.terminal': { is: 'bool' },
  'cfs.badl': { is: 'whole' },
  'cfs.iadl': { is: 'whole' },
  'cfs.chronic': { is: 'whole' },
  'cfs.srh': { is: 'choice', options: ['excellent', 'very_good', 'good', 'fair', 'poor'] },
  'cfs.effort': { is: 'choice', options: ['rarely', 'sometimes', 'all'] },
  'cfs.active': { is: 'bool' },
  'falls.cognition': { is: 'choice', options: ['oriented', 'confused'] },
  'falls.gait': { is: 'choice', options: ['normal', 'safe_with_aid', 'unsafe', 'unable'] },
  'med.last_review_on': { is: 'day' },
  'next_visit_on': { is: 'day' },
  'weight_kg': { is: 'number' },
  'kind': { is: 'choice', options: ['planned', 'unplanned'] },
  'state': { is: 'choice', options: ['planned', 'under_way', 'done', 'cancelled'] },
  'municipal_care': { is: 'bool' },
  'drugs.as_needed': { is: 'bool' },
  'drugs.taken': { is: 'choice', options: ['as_ordered', 'differently', 'not_taken'] },
  'contacts.direct': { is: 'bool' },
};

const WORDS: ReadonlySet<string> = new Set(['falls.comment', 'med.comment']);

/** The kind of a field; a row's field ("drugs/ROW/dose") by collection and field. */
export function kindOf(field: string): Kind {
  const [collection, , of] = field.split('/');
  const key = of === undefined ? field : `${collection}.${of}`;
  const known = KINDS[key];
  if (known) return known;
  if (WORDS.has(key) || key.endsWith('.note') || key.endsWith('.unchanged_since')) return { is: 'words' };
  if (key.startsWith('falls.')) return { is: 'bool' };
  if (key.startsWith('med.')) return { is: 'choice', options: ['ok', 'action', 'not_applicable'] };
  return { is: 'words' };
}

/** Thrown where typed words cannot be a field's value; its code has a sentence in the texts. */
export class NotAnAnswer extends Error {
  readonly code: string;
  readonly params: Record<string, string>;

  constructor(code: string, words: string) {
    super(code);
    this.name = 'NotAnAnswer';
    this.code = code;
    this.params = { words };
  }
}

/** A value as the words in a draft. */
export function encode(value: FieldValue | undefined): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'number' ? String(value).replace('.', ',') : String(value);
}

/** The words of a draft as a value; nothing typed is no answer. */
export function decode(field: string, words: string): FieldValue {
  if (words.trim() === '') return null;
  switch (kindOf(field).is) {
    case 'bool':
      return words === 'true';
    case 'level':
    case 'whole': {
      const number = parseNumber(words);
      if (number === null || !Number.isInteger(number)) throw new NotAnAnswer('visit.not_whole', words);
      return number;
    }
    case 'number': {
      const number = parseNumber(words);
      if (number === null) throw new NotAnAnswer('visit.not_number', words);
      return number;
    }
    default:
      return words;
  }
}

/** Whether two answers are the same answer. */
export function same(one: FieldValue | undefined, other: FieldValue | undefined): boolean {
  return (one ?? null) === (other ?? null);
}
