import { render } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import EmergencyMark from './EmergencyMark.svelte';

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(new Date('2026-11-03T08:00:00Z'));
});
afterEach(() => {
  vi.useRealTimers();
});

// AC14: an opening ends by itself, also on a page that stands open.
it('says until when, and has the page ask anew once that is over', () => {
  const onend = vi.fn();
  const { getByTestId } = render(EmergencyMark, { until: '2026-11-03T10:00:00Z', onend });
  expect(getByTestId('emergency-mark').textContent).toMatch(/Bara för läsning/);
  vi.advanceTimersByTime(2 * 3600_000);
  expect(onend, 'not a moment too early').not.toHaveBeenCalled();
  vi.advanceTimersByTime(2000);
  expect(onend).toHaveBeenCalledTimes(1);
});
