import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Disagreement, FieldValue } from '../api';
import { useTransport } from '../transport';
import DisagreementCard from './Disagreement.svelte';

const sent: unknown[] = [];
let refuse = false;

beforeEach(() => {
  sent.length = 0;
  refuse = false;
  useTransport({
    call: (_, args) => {
      sent.push(args);
      return refuse ? Promise.reject({ code: 'edit.in_conflict', params: { field: 'x' }, message: '' }) : Promise.resolve({ whereabouts: { is: 'unchanged' } });
    },
    listen: () => () => undefined,
  });
});

const candidate = (value: FieldValue, name: string, here: boolean) => ({
  value, by: { id: name, name, role: 'nurse' as const, me: here }, at: '2026-11-22T09:00:00Z', here,
});
const gait: Disagreement = {
  document: 'd1', field: 'falls.gait', person: null, visit: 'v1',
  candidates: [candidate('safe_with_aid', 'Anna Berg', true), candidate('unsafe', 'Bo Ek', false)],
};

afterEach(cleanup);

describe('two answers to one field', () => {
  it('stand side by side with who, when and where', () => {
    render(DisagreementCard, { disagreement: gait });
    const text = screen.getByTestId('disagreement').textContent;
    for (const words of ['Går säkert med hjälpmedel', 'Går osäkert', 'Bo Ek, sjuksköterska', 'På den här surfplattan', 'På en annan surfplatta', 'Båda finns kvar']) {
      expect(text).toContain(words);
    }
  });

  it('are settled by taking one', async () => {
    const settled = vi.fn();
    render(DisagreementCard, { disagreement: gait, onsettled: settled });
    await fireEvent.click(screen.getByTestId('take-candidate-1'));
    expect(sent).toEqual([{ document: 'd1', field: 'falls.gait', value: 'unsafe' }]);
    await vi.waitFor(() => expect(settled).toHaveBeenCalledWith('unsafe'));
  });

  it('are settled by a third', async () => {
    render(DisagreementCard, { disagreement: gait });
    await fireEvent.click(screen.getByTestId('third-answer'));
    await fireEvent.click(screen.getByTestId('third-choice-normal'));
    await fireEvent.click(screen.getByTestId('third-answer-keep'));
    expect(sent).toEqual([{ document: 'd1', field: 'falls.gait', value: 'normal' }]);
  });

  it('hold what the user had typed, once', async () => {
    const { rerender } = render(DisagreementCard, { disagreement: gait, typed: 'unable' });
    await fireEvent.click(screen.getByTestId('take-typed'));
    expect(sent).toEqual([{ document: 'd1', field: 'falls.gait', value: 'unable' }]);
    await rerender({ disagreement: gait, typed: 'unsafe' });
    expect(screen.queryByTestId('take-typed')).toBeNull();
  });

  it('say so when another answer has come meanwhile', async () => {
    refuse = true;
    render(DisagreementCard, { disagreement: gait });
    await fireEvent.click(screen.getByTestId('take-candidate-0'));
    await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toContain('Två har ändrat samma sak'));
  });

  it('cannot be settled where the visit can only be read', () => {
    render(DisagreementCard, { disagreement: gait, readonly: true });
    expect(screen.queryByTestId('take-candidate-0')).toBeNull();
    expect(screen.queryByTestId('third-answer')).toBeNull();
  });
});
