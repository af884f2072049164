import { expect, test } from 'vitest';
import { inParts } from './parts';

test('lines belong to the heading above them, and what has none comes first', () => {
  const before = { is: 'words', text: 'Rättelse' } as const;
  const note = { is: 'pair', name: 'Anteckning', value: 'Lunginflammation' } as const;
  const parts = inParts([before, { is: 'heading', text: 'Signerat av Ingrid' }, note, { is: 'heading', text: 'Tillägg' }]);
  expect(parts).toEqual([
    { heading: '', lines: [before] },
    { heading: 'Signerat av Ingrid', lines: [note] },
    { heading: 'Tillägg', lines: [] },
  ]);
  expect(inParts([])).toEqual([]);
});
