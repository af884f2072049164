// Where things stand in a chart. Pure figures, so that they can be tested without a screen.

const DAY_MS = 86_400_000;

/** A date's place on the line of days. */
export function dayNumber(date: string): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / DAY_MS);
}

/** Maps a range of values onto a range of pixels; a range without width stands in the middle. */
export function linear(from: number, to: number, start: number, end: number): (value: number) => number {
  if (from === to) return () => (start + end) / 2;
  return (value) => start + ((value - from) / (to - from)) * (end - start);
}

/** The first days of the months to name under a chart from `first` to `last`: at most `room`, evenly apart. */
export function monthTicks(first: string, last: string, room: number): string[] {
  const from = monthOf(first);
  const to = monthOf(last);
  // A chart inside one month has that month alone to name.
  if (to === from) return [monthStart(from)];
  const starts = Array.from({ length: to - from }, (_, index) => from + 1 + index);
  const step = STEPS.find((months) => Math.ceil(starts.length / months) <= Math.max(1, room)) ?? 120;
  return starts.filter((month) => month % step === 0 || starts.length <= step).slice(0, Math.max(1, room)).map(monthStart);
}

const STEPS = [1, 2, 3, 6, 12, 24, 60];

function monthOf(date: string): number {
  return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
}

function monthStart(month: number): string {
  return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`;
}

/** Whole kilograms to draw lines at, so that small changes do not look like large ones. */
export function weightRange(kilograms: number[]): { from: number; to: number; lines: number[] } {
  const low = Math.min(...kilograms);
  const high = Math.max(...kilograms);
  const span = Math.max(high - low, LEAST_SPAN);
  const step = [2, 5, 10, 20, 50].find((size) => span / size <= 4) ?? 100;
  const middle = (low + high) / 2;
  const from = Math.floor((middle - span / 2) / step) * step;
  const to = Math.ceil((middle + span / 2) / step) * step;
  const lines = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => from + index * step);
  return { from, to, lines };
}

/** A kilogram up and down is nothing; the chart spans at least this many. */
const LEAST_SPAN = 8;

/** Which of many points keep their number: the last, and from there back every one with room for it. */
export function numbered(places: number[], apart: number): boolean[] {
  const kept = places.map(() => false);
  let next = Infinity;
  for (let index = places.length - 1; index >= 0; index -= 1) {
    const place = places[index] ?? 0;
    if (next - place >= apart) {
      kept[index] = true;
      next = place;
    }
  }
  return kept;
}
