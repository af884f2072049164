import { describe, expect, it } from 'vitest';
import {
  addDays, addMonths, formatDay, formatInstant, formatLongDay, formatNearDay, formatNumber, formatPhone, formatTime, monthGrid, parseNumber, parseTime,
} from '../src/lib/format';

describe('days', () => {
  it('are written as care staff write them', () => {
    expect(formatDay('2026-11-03', 'sv', '2026-11-22')).toBe('tis 3 nov');
    expect(formatDay('2026-11-03', 'en', '2026-11-22')).toBe('Tue 3 Nov');
    expect(formatLongDay('2026-11-03', 'sv', '2026-11-22')).toBe('tisdag 3 november');
  });

  it('carry the year when it is another one', () => {
    expect(formatDay('2025-11-03', 'sv', '2026-11-22')).toBe('mån 3 nov 2025');
  });

  it('are named when they are near', () => {
    expect(formatNearDay('2026-11-22', 'sv', '2026-11-22')).toBe('i dag');
    expect(formatNearDay('2026-10-31', 'sv', '2026-11-01')).toBe('i går');
    expect(formatNearDay('2027-01-01', 'en', '2026-12-31')).toBe('tomorrow');
  });

  it('are shown as they came when they are no days', () => {
    expect(formatDay('soon', 'sv')).toBe('soon');
  });

  it('are counted over months and leap years', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
    expect(addMonths('2026-01-15', -1)).toBe('2025-12-15');
  });

  it('fill a month from a Monday', () => {
    const grid = monthGrid('2026-11-22');
    expect(grid[0]?.[0]).toBe('2026-10-26');
    expect(grid.flat()).toHaveLength(42);
    expect(monthGrid('2026-06-10')[0]?.[0]).toBe('2026-06-01');
  });
});

describe('instants', () => {
  it('are read on a Swedish wall clock', () => {
    expect(formatTime('2026-11-22T08:12:00Z')).toBe('09:12');
    expect(formatTime('2026-07-01T08:12:00Z')).toBe('10:12');
  });

  it('say the day unless it is today', () => {
    expect(formatInstant('2026-11-22T08:12:00Z', 'sv', '2026-11-22')).toBe('09:12');
    expect(formatInstant('2026-11-21T23:30:00Z', 'sv', '2026-11-22')).toBe('00:30');
    expect(formatInstant('2026-11-21T08:12:00Z', 'sv', '2026-11-22')).toBe('i går 09:12');
    expect(formatInstant('2026-11-03T08:12:00Z', 'en', '2026-11-22')).toBe('Tue 3 Nov 09:12');
  });
});

describe('numbers', () => {
  it('have a comma in Swedish and a point in English', () => {
    expect(formatNumber(71.5, 'sv')).toBe('71,5');
    expect(formatNumber(71.5, 'en')).toBe('71.5');
    expect(formatNumber(70, 'sv')).toBe('70');
    expect(formatNumber(-0.25, 'sv', 2)).toBe('−0,25');
    expect(formatNumber(10.04, 'sv')).toBe('10');
    expect(formatNumber(9.6, 'sv', 0)).toBe('10');
  });

  it('are read with either', () => {
    expect(parseNumber(' 71,5 ')).toBe(71.5);
    expect(parseNumber('1 071.5')).toBe(1071.5);
    expect(parseNumber('71,')).toBeNull();
    expect(parseNumber('')).toBeNull();
  });
});

describe('times of day', () => {
  it('are read as people type them', () => {
    for (const typed of ['08:30', '8.30', '830', '0830', '8 30']) expect(parseTime(typed)).toBe('08:30');
    expect(parseTime('8')).toBe('08:00');
    expect(parseTime('2460')).toBeNull();
    expect(parseTime('half past')).toBeNull();
    expect(parseTime('')).toBeNull();
  });
});

it('phone numbers are shown as they are dialled', () => {
  expect(formatPhone('+46701740605')).toBe('070-174 06 05');
  expect(formatPhone('+46846500400')).toBe('0846500400');
  expect(formatPhone('112')).toBe('112');
});
