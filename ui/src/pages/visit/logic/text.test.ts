import { describe, expect, it } from 'vitest';
import { mergeText } from './text';

describe('mergeText', () => {
  it('is mine where nobody else wrote', () => {
    expect(mergeText('Mår bra.', 'Mår bra. Sover.', 'Mår bra.')).toBe('Mår bra. Sover.');
  });

  it('is theirs where I did not write', () => {
    expect(mergeText('Mår bra.', 'Mår bra.', 'Mår bra. Äter.')).toBe('Mår bra. Äter.');
  });

  it('keeps what a colleague wrote before and after mine', () => {
    expect(mergeText('Mår bra.', 'Mår bra. Sover gott.', 'Idag: Mår bra.')).toBe('Idag: Mår bra. Sover gott.');
    expect(mergeText('a b c', 'A b c', 'a b c d')).toBe('A b c d');
  });

  it('keeps both where both wrote in the same place', () => {
    const merged = mergeText('', 'Sivs ord.', 'Annas ord.');
    expect(merged).toContain('Sivs ord.');
    expect(merged).toContain('Annas ord.');
  });

  it('never loses a word that someone added', () => {
    const base = 'Blodtryck 120/70. Äter bra.';
    const mine = 'Blodtryck 125/75. Äter bra. Sover.';
    const theirs = 'Blodtryck 120/70 sittande. Äter lite.';
    const merged = mergeText(base, mine, theirs);
    for (const words of ['sittande', 'lite', '125/75', 'Sover']) expect(merged).toContain(words);
  });
});
