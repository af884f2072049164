import { describe, expect, it } from 'vitest';
import { decode, encode, kindOf, NotAnAnswer, same } from './kinds';

describe('kindOf', () => {
  it('knows the checklist, its notes and the items of Downton', () => {
    expect(kindOf('med.storage')).toEqual({ is: 'choice', options: ['ok', 'action', 'not_applicable'] });
    expect(kindOf('med.storage.note').is).toBe('words');
    expect(kindOf('med.last_review_on').is).toBe('day');
    expect(kindOf('falls.vision').is).toBe('bool');
    expect(kindOf('falls.gait').is).toBe('choice');
    expect(kindOf('falls.comment').is).toBe('words');
  });

  it('knows fields of rows', () => {
    expect(kindOf('drugs/4a/as_needed').is).toBe('bool');
    expect(kindOf('drugs/4a/dose').is).toBe('words');
  });

  it('takes what it does not know as words', () => {
    expect(kindOf('something.newer').is).toBe('words');
  });
});

describe('encode and decode', () => {
  it('come back to the same value', () => {
    for (const [field, value] of [
      ['cfs.level', 5], ['cfs.badl', 0], ['falls.vision', false], ['falls.gait', 'unsafe'],
      ['weight_kg', 61.5], ['next_visit_on', '2026-12-01'], ['cfs.cause', 'Lunginflammation'],
    ] as const) {
      expect(decode(field, encode(value))).toBe(value);
    }
  });

  it('takes a weight with comma or point', () => {
    expect(decode('weight_kg', '61,5')).toBe(61.5);
    expect(decode('weight_kg', ' 61.5 ')).toBe(61.5);
  });

  it('takes nothing typed as no answer', () => {
    expect(decode('cfs.cause', '  ')).toBeNull();
    expect(encode(null)).toBe('');
  });

  it('refuses what is no number, and keeps the words', () => {
    expect(() => decode('weight_kg', 'sextio')).toThrow(NotAnAnswer);
    expect(() => decode('cfs.chronic', '2,5')).toThrow(NotAnAnswer);
  });
});

describe('same', () => {
  it('holds for no answer and an absent one', () => {
    expect(same(null, undefined)).toBe(true);
    expect(same(false, undefined)).toBe(false);
  });
});
