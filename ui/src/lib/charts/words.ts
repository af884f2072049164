// Dates in charts.

import { formatShortDay } from '../format';
import { speaker } from '../i18n.svelte';

/** "nov 2025". */
export function formatMonthShort(date: string): string {
  return `${formatShortDay(date, speaker.language).replace(/^\d+ /, '')} ${date.slice(0, 4)}`;
}

/** "3 nov 2025": a table has all dates in full. */
export function formatFullDay(date: string): string {
  return `${formatShortDay(date, speaker.language)} ${date.slice(0, 4)}`;
}
