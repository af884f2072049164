// How long a consent lasts.

import { addMonths } from '../../lib/format';

export type Long = '3' | '6' | '12' | 'other';

/** The last day of a consent; none while it is not chosen, or is past. */
export function lastDay(long: Long, today: string, chosen: string | null): string | null {
  if (long !== 'other') return addMonths(today, Number(long));
  return chosen && chosen >= today ? chosen : null;
}

/** The end of a day on this machine's clock, as an instant. */
export function endOf(day: string): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date, 23, 59, 59).toISOString();
}
