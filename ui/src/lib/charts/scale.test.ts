import { describe, expect, it } from 'vitest';
import { dayNumber, linear, monthTicks, numbered, weightRange } from './scale';

describe('linear', () => {
  it('puts values between the ends', () => {
    expect(linear(1, 9, 200, 0)(9)).toBe(0);
    expect(linear(1, 9, 200, 0)(5)).toBe(100);
  });

  it('puts a single value in the middle', () => {
    expect(linear(4, 4, 0, 100)(4)).toBe(50);
  });
});

describe('dayNumber', () => {
  it('counts days, across the change to summer time', () => {
    expect(dayNumber('2026-03-30') - dayNumber('2026-03-28')).toBe(2);
  });
});

describe('monthTicks', () => {
  it('names the month of a chart inside it', () => {
    expect(monthTicks('2025-11-03', '2025-11-20', 6)).toEqual(['2025-11-01']);
  });

  it('names each month where there is room', () => {
    expect(monthTicks('2025-10-20', '2026-01-05', 6)).toEqual(['2025-11-01', '2025-12-01', '2026-01-01']);
  });

  it('never names more than there is room for', () => {
    for (const last of ['2026-02-01', '2026-11-30', '2029-05-05', '2040-01-01', '2100-01-01']) {
      const ticks = monthTicks('2025-11-03', last, 3);
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.length).toBeLessThanOrEqual(3);
    }
  });
});

describe('weightRange', () => {
  it('does not make a mountain of one kilogram', () => {
    const range = weightRange([61.2, 62]);
    expect(range.to - range.from).toBeGreaterThanOrEqual(8);
    expect(range.from).toBeLessThanOrEqual(61.2);
    expect(range.to).toBeGreaterThanOrEqual(62);
  });

  it('holds all values and few lines', () => {
    const range = weightRange([48.5, 71, 102.5]);
    expect(range.from).toBeLessThanOrEqual(48.5);
    expect(range.to).toBeGreaterThanOrEqual(102.5);
    expect(range.lines.length).toBeLessThanOrEqual(6);
    expect(range.lines.at(-1)).toBe(range.to);
  });
});

describe('numbered', () => {
  it('keeps the last, and drops those that would lie upon each other', () => {
    expect(numbered([0, 10, 50, 55, 100], 30)).toEqual([false, true, false, true, true]);
    expect(numbered([], 30)).toEqual([]);
  });
});
