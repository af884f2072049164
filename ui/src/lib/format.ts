// Dates, times and numbers as care staff write them. Dates are "2026-11-03", instants are ISO 8601 in UTC.

import type { Language } from './api';

const WORDS: Record<Language, { days: string[]; longDays: string[]; months: string[]; longMonths: string[]; today: string; yesterday: string; tomorrow: string }> = {
  sv: {
    days: ['sön', 'mån', 'tis', 'ons', 'tors', 'fre', 'lör'],
    longDays: ['söndag', 'måndag', 'tisdag', 'onsdag', 'torsdag', 'fredag', 'lördag'],
    months: ['jan', 'feb', 'mars', 'apr', 'maj', 'juni', 'juli', 'aug', 'sep', 'okt', 'nov', 'dec'],
    longMonths: ['januari', 'februari', 'mars', 'april', 'maj', 'juni', 'juli', 'augusti', 'september', 'oktober', 'november', 'december'],
    today: 'i dag', yesterday: 'i går', tomorrow: 'i morgon',
  },
  en: {
    days: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
    longDays: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
    months: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
    longMonths: ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'],
    today: 'today', yesterday: 'yesterday', tomorrow: 'tomorrow',
  },
};

interface Day { year: number; month: number; day: number; weekday: number }

function parts(date: string): Day | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return { year, month, day, weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay() };
}

/** "tis 3 nov"; with the year where it is not that of `today`. */
export function formatDay(date: string, language: Language, today?: string): string {
  const day = parts(date);
  if (!day) return date;
  const words = WORDS[language];
  const year = today && !today.startsWith(String(day.year)) ? ` ${day.year}` : '';
  return `${words.days[day.weekday]} ${day.day} ${words.months[day.month - 1]}${year}`;
}

/** "3 nov" or "3 nov 2025": for charts and short marks. */
export function formatShortDay(date: string, language: Language, today?: string): string {
  return formatDay(date, language, today).replace(/^\S+ /, '');
}

/** "tisdag 3 november". */
export function formatLongDay(date: string, language: Language, today?: string): string {
  const day = parts(date);
  if (!day) return date;
  const words = WORDS[language];
  const year = today && !today.startsWith(String(day.year)) ? ` ${day.year}` : '';
  return `${words.longDays[day.weekday]} ${day.day} ${words.longMonths[day.month - 1]}${year}`;
}

/** "november 2026". */
export function formatMonth(date: string, language: Language): string {
  const day = parts(date);
  return day ? `${WORDS[language].longMonths[day.month - 1]} ${day.year}` : date;
}

/** The short names of the days, Monday first. */
export function weekdayNames(language: Language): string[] {
  const { days } = WORDS[language];
  return [...days.slice(1), days[0] ?? ''];
}

/** "i dag", "i går", "i morgon" where it is one of them, else "tis 3 nov". */
export function formatNearDay(date: string, language: Language, today: string): string {
  const words = WORDS[language];
  if (date === today) return words.today;
  if (date === addDays(today, -1)) return words.yesterday;
  if (date === addDays(today, 1)) return words.tomorrow;
  return formatDay(date, language, today);
}

/** The calendar day of an instant, on this machine's clock. */
export function dayOf(instant: string): string {
  const date = new Date(instant);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** "09:12". */
export function formatTime(instant: string): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? instant : `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** "09:12" for an instant of today, "i går 09:12", "tis 3 nov 09:12". */
export function formatInstant(instant: string, language: Language, today: string): string {
  const day = dayOf(instant);
  return day === today ? formatTime(instant) : `${formatNearDay(day, language, today)} ${formatTime(instant)}`;
}

/** "71,5" in Swedish, "71.5" in English; at most `decimals` of them. */
export function formatNumber(value: number, language: Language, decimals = 1): string {
  const text = Number.isInteger(value) ? String(value) : value.toFixed(decimals).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
  return (language === 'sv' ? text.replace('.', ',') : text).replace('-', '−');
}

/** A number as typed, with comma or point; null where it is none. */
export function parseNumber(text: string): number | null {
  const plain = text.trim().replace(/\s/g, '').replace('−', '-').replace(',', '.');
  if (!/^-?\d+(\.\d+)?$/.test(plain)) return null;
  return Number(plain);
}

/** A stored number as it is dialled in Sweden: "070-174 06 05"; others as they are. The companion writes those of contacts. */
export function formatPhone(stored: string): string {
  if (!stored.startsWith('+46')) return stored;
  const national = `0${stored.slice(3)}`;
  const mobile = /^(07\d)(\d{3})(\d{2})(\d{2})$/.exec(national);
  return mobile ? `${mobile[1]}-${mobile[2]} ${mobile[3]} ${mobile[4]}` : national;
}

export function addDays(date: string, count: number): string {
  const day = parts(date);
  if (!day) return date;
  return new Date(Date.UTC(day.year, day.month - 1, day.day + count)).toISOString().slice(0, 10);
}

/** The same day of another month, or its last where it has fewer. */
export function addMonths(date: string, count: number): string {
  const day = parts(date);
  if (!day) return date;
  const last = new Date(Date.UTC(day.year, day.month + count, 0)).getUTCDate();
  return new Date(Date.UTC(day.year, day.month - 1 + count, Math.min(day.day, last))).toISOString().slice(0, 10);
}

/** Six weeks that hold the date's month, Monday first. */
export function monthGrid(date: string): string[][] {
  const first = `${date.slice(0, 7)}-01`;
  const weekday = parts(first)?.weekday ?? 1;
  const start = addDays(first, -((weekday + 6) % 7));
  return Array.from({ length: 6 }, (_, week) => Array.from({ length: 7 }, (_, day) => addDays(start, week * 7 + day)));
}

/** "08:30" from what people type for it: "830", "8.30", "8", "08:30"; null where it is no time. */
export function parseTime(text: string): string | null {
  const match = /^(\d{1,2})(?:[:. ]?(\d{2}))?$/.exec(text.trim());
  if (!match) return null;
  const [hours, minutes] = [Number(match[1]), Number(match[2] ?? '0')];
  return hours < 24 && minutes < 60 ? `${two(hours)}:${two(minutes)}` : null;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
