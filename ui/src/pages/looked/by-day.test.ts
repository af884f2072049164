import { expect, it } from 'vitest';
import type { Look } from '../../lib/api';
import { byDay } from './by-day';

const look = (at: string): Look => ({
  at, by: { id: null, name: 'Eva Lind', role: 'nurse', me: false }, unit: 'Mobila teamet', action: 'read', kind: 'person', on_server: true,
});

it('puts the looks of a day together and keeps their order', () => {
  const at = (day: number, hour: number) => new Date(2026, 10, day, hour).toISOString();
  const days = byDay([look(at(3, 11)), look(at(3, 8)), look(at(2, 23))]);
  expect(days.map(({ date, looks }) => [date, looks.length])).toEqual([['2026-11-03', 2], ['2026-11-02', 1]]);
  expect(days[0]?.looks[0]?.at).toBe(at(3, 11));
  expect(byDay([])).toEqual([]);
});
