import { expect, it } from 'vitest';
import { href, parsePlace } from '../src/lib/place';

it('an address is read into page and parts', () => {
  expect(parsePlace('#/round/2026-11-22/r1')).toMatchObject({ page: 'round', parts: ['2026-11-22', 'r1'] });
  expect(parsePlace('')).toMatchObject({ page: '', parts: [] });
  expect(parsePlace('#/search?text=%C3%A5sa').query.get('text')).toBe('åsa');
  expect(parsePlace('#/person/%E0%A4%A').parts).toEqual(['%E0%A4%A']);
});

it('an address is made from page and parts, and read back', () => {
  expect(href('round', '2026-11-22', null)).toBe('#/round/2026-11-22');
  expect(parsePlace(href('person', 'a/b å')).parts).toEqual(['a/b å']);
});
