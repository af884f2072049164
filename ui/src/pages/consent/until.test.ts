import { expect, it } from 'vitest';
import { endOf, lastDay } from './until';

it('a consent ends some months from today, or on a day that is chosen and not past', () => {
  expect(lastDay('3', '2026-11-30', null)).toBe('2027-02-28');
  expect(lastDay('12', '2026-11-03', '2026-12-24')).toBe('2027-11-03');
  expect(lastDay('other', '2026-11-03', null)).toBeNull();
  expect(lastDay('other', '2026-11-03', '2026-11-02')).toBeNull();
  expect(lastDay('other', '2026-11-03', '2026-11-03')).toBe('2026-11-03');
});

it('the last day counts to its end', () => {
  const end = new Date(endOf('2026-11-03'));
  expect([end.getFullYear(), end.getMonth(), end.getDate(), end.getHours(), end.getMinutes()]).toEqual([2026, 10, 3, 23, 59]);
});
