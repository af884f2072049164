import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Observation } from '../../lib/api';
import { useTransport } from '../../lib/transport';
import Tiles from './Tiles.svelte';

const sent: { command: string; args: unknown }[] = [];
let refuse = false;

beforeEach(() => {
  sent.length = 0;
  refuse = false;
  useTransport({
    call: (command, args) => {
      sent.push({ command, args });
      return refuse ? Promise.reject({ code: 'store.full', params: {}, message: 'Fullt.' }) : Promise.resolve({ row: 'r1' });
    },
    listen: () => () => undefined,
  });
});

afterEach(cleanup);

describe('an observation', () => {
  it('takes three taps: tile, degree, done', async () => {
    const kept = vi.fn<(observation: Observation) => void>();
    render(Tiles, { person: 'p1', onkept: kept });
    await fireEvent.click(screen.getByTestId('observe-gait'));
    await fireEvent.click(screen.getByTestId('degree-worse'));
    await fireEvent.click(screen.getByTestId('observe-done'));
    expect(sent).toEqual([{ command: 'observe', args: { person: 'p1', tiles: [{ what: 'gait', degree: 'worse' }], words: null } }]);
    await vi.waitFor(() => expect(kept).toHaveBeenCalledOnce());
  });

  it('may hold several tiles and words, and a tile can be taken out again', async () => {
    render(Tiles, { person: 'p1', onkept: () => undefined });
    for (const [tile, degree] of [['pain', 'worse'], ['sleep', 'as_usual'], ['mood', 'much_worse']]) {
      await fireEvent.click(screen.getByTestId(`observe-${tile}`));
      await fireEvent.click(screen.getByTestId(`degree-${degree}`));
    }
    await fireEvent.click(screen.getByTestId('observe-sleep'));
    await fireEvent.click(screen.getByTestId('observe-remove'));
    await fireEvent.input(screen.getByTestId('observe-words'), { target: { value: ' Ont i höften. ' } });
    await fireEvent.click(screen.getByTestId('observe-done'));
    expect(sent[0]?.args).toEqual({
      person: 'p1', tiles: [{ what: 'pain', degree: 'worse' }, { what: 'mood', degree: 'much_worse' }], words: 'Ont i höften.',
    });
  });

  it('keeps everything on the screen when it could not be kept', async () => {
    refuse = true;
    render(Tiles, { person: 'p1', onkept: () => undefined });
    await fireEvent.click(screen.getByTestId('observe-fall'));
    await fireEvent.click(screen.getByTestId('degree-much_worse'));
    await fireEvent.input(screen.getByTestId('observe-words'), { target: { value: 'I badrummet' } });
    await fireEvent.click(screen.getByTestId('observe-done'));
    await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toContain('Fullt.'));
    expect((screen.getByTestId('observe-words') as HTMLTextAreaElement).value).toBe('I badrummet');
    expect(screen.getByTestId('observe-fall').getAttribute('data-degree')).toBe('much_worse');
  });
});
