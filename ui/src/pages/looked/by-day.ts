// The looks of a person's data, put together by day.

import type { Look } from '../../lib/api';
import { dayOf } from '../../lib/format';

/** How many looks the companion answers at most. */
export const MOST = 500;

export interface LookedDay {
  /** "2026-11-03". */
  date: string;
  looks: Look[];
}

/** Days and looks in the order in which they came: the newest first. */
export function byDay(looks: Look[]): LookedDay[] {
  const days: LookedDay[] = [];
  for (const look of looks) {
    const date = dayOf(look.at);
    const last = days.at(-1);
    if (last?.date === date) last.looks.push(look);
    else days.push({ date, looks: [look] });
  }
  return days;
}
