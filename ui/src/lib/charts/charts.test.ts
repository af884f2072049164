import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CfsPoint, WeightPoint } from '../api';
import CfsChart from './CfsChart.svelte';
import WeightChart from './WeightChart.svelte';

// jsdom lays nothing out; the charts draw in whatever width they are given.
const width = Object.getOwnPropertyDescriptor(HTMLElement.prototype, 'clientWidth');
beforeAll(() => {
  Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => 600 });
  globalThis.ResizeObserver = class {
    constructor(private readonly heard: ResizeObserverCallback) {}
    observe(target: Element) {
      this.heard([{ target } as ResizeObserverEntry], this);
    }
    unobserve() { /* nothing to stop */ }
    disconnect() { /* nothing to stop */ }
  };
});
afterAll(() => {
  if (width) Object.defineProperty(HTMLElement.prototype, 'clientWidth', width);
});

const by = { id: 'u', name: 'Bo Ek', role: 'nurse' as const, me: false };
const cfs = (on: string, level: number): CfsPoint => ({ on, level, visit: on, by });
const weight = (on: string, kg: number): WeightPoint => ({ on, kg, visit: on });

afterEach(cleanup);

describe('CfsChart', () => {
  it('says so while there is nothing', () => {
    render(CfsChart, { points: [] });
    expect(screen.getByTestId('cfs-chart-empty').textContent).toContain('Ingen CFS');
  });

  it('says one assessment in words', () => {
    render(CfsChart, { points: [cfs('2025-11-03', 5)] });
    expect(screen.getByRole('img').getAttribute('aria-label')).toBe('En bedömning: CFS 5 den 3 nov 2025.');
  });

  it('holds every assessment in its table, however many there are', () => {
    const points = Array.from({ length: 40 }, (_, index) => cfs(`20${String(10 + Math.floor(index / 4)).padStart(2, '0')}-0${(index % 4) * 2 + 1}-01`, (index % 9) + 1));
    render(CfsChart, { points });
    expect(screen.getByTestId('cfs-chart').querySelectorAll('tbody tr')).toHaveLength(40);
    expect(screen.getByRole('img').getAttribute('aria-label')).toContain('40 bedömningar');
  });

  it('puts the number in every coloured circle', () => {
    const { container } = render(CfsChart, { points: [cfs('2025-03-03', 4), cfs('2025-11-03', 6)] });
    expect(container.querySelectorAll('circle.point')).toHaveLength(2);
    expect([...container.querySelectorAll('text.figure')].map((text) => text.textContent)).toEqual(['4', '6']);
  });
});

describe('WeightChart', () => {
  it('says so while there is nothing', () => {
    render(WeightChart, { points: [] });
    expect(screen.getByTestId('weight-chart-empty').textContent).toContain('Ingen vikt');
  });

  it('says what has changed, with comma', () => {
    render(WeightChart, { points: [weight('2025-03-02', 68.2), weight('2025-11-03', 62.1)] });
    expect(screen.getByTestId('weight-chart').textContent).toContain('−6,1 kg sedan 2 mars 2025');
    expect(screen.getByRole('img').getAttribute('aria-label')).toBe('2 vägningar. Först 68,2 kg den 2 mars 2025. Senast 62,1 kg den 3 nov 2025.');
  });
});
