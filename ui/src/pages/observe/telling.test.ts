import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Degree, LegalBasis, Observation, TellingsOfPerson, ToldView } from '../../lib/api';
import { useTransport } from '../../lib/transport';
import { usualReceivers } from './receivers';
import Telling from './Telling.svelte';
import Told from './Told.svelte';

const sent: { command: string; args: unknown }[] = [];
const stina = { id: 's', name: 'Stina Ek', role: 'hemtjanst', me: true } as const;

const nobody: TellingsOfPerson = {
  tellings: [],
  always: ['consent_osl101', 'duty'],
  once: ['svod36', 'consent_osl101', 'duty'],
  receivers: [
    { unit: 'team', name: 'Mobila teamet', usual: true },
    { unit: 'palt', name: 'PALT Viken', usual: true },
    { unit: 'rehab', name: 'Rehab', usual: false },
  ],
};
const team: TellingsOfPerson = {
  ...nobody, tellings: [{ unit: 'team', to: 'Mobila teamet', basis: 'consent_osl101', by: stina, since: '2026-11-03T08:00:00Z' }],
};

function kept(degree: Degree, told: ToldView[] = []): Observation {
  return {
    row: 'r1', person: 'p1', tiles: [{ what: 'fall', degree }], words: null, by: stina, at: '2026-11-03T08:00:00Z', retracted: false,
    whereabouts: { is: 'unchanged' }, source: null, told,
  };
}

beforeEach(() => {
  sent.length = 0;
  // The test's browser knows no dialogs.
  HTMLDialogElement.prototype.showModal = function () { this.open = true; };
  HTMLDialogElement.prototype.close = function () { this.open = false; };
  useTransport({
    call: (command, args) => { sent.push({ command, args }); return Promise.resolve({}); },
    listen: () => () => undefined,
  });
});
afterEach(cleanup);

async function choose(basis: LegalBasis) {
  await fireEvent.click(screen.getByTestId('tell'));
  await fireEvent.click(screen.getByTestId(`telling-basis-${basis}`));
  await fireEvent.click(screen.getByTestId('tell-sheet-do'));
}

describe('telling health care', () => {
  it('says that what is written stays, and tells nothing without a reason', async () => {
    render(Telling, { person: 'p1', tellings: nobody, observation: kept('worse'), onchanged: () => undefined });
    expect(screen.getByTestId('telling-stays')).toBeTruthy();
    expect(screen.getByTestId('tell').textContent).toContain('Mobila teamet och PALT Viken');
    await fireEvent.click(screen.getByTestId('tell'));
    const button = screen.getByTestId('tell-sheet-do') as HTMLButtonElement;
    expect(button.disabled).toBe(true);
    expect(sent).toEqual([]);
  });

  it('remembers why, and tells what was just kept with it', async () => {
    const changed = vi.fn();
    render(Telling, { person: 'p1', tellings: nobody, observation: kept('worse'), onchanged: changed });
    await choose('consent_osl101');
    expect(sent).toEqual([
      { command: 'begin_telling', args: { person: 'p1', to: ['team', 'palt'], basis: 'consent_osl101', observation: 'r1' } },
    ]);
    await vi.waitFor(() => expect(changed).toHaveBeenCalledOnce());
  });

  it('tells in danger what was just seen, and nothing after it', async () => {
    render(Telling, { person: 'p1', tellings: nobody, observation: kept('much_worse'), onchanged: () => undefined });
    expect(screen.getByTestId('telling-grave')).toBeTruthy();
    await choose('svod36');
    await vi.waitFor(() => expect(sent).toEqual([
      { command: 'disclose', args: { person: 'p1', observation: 'r1', to: 'team', basis: 'svod36' } },
      { command: 'disclose', args: { person: 'p1', observation: 'r1', to: 'palt', basis: 'svod36' } },
    ]));
  });

  it('offers danger only for something that was seen', async () => {
    render(Telling, { person: 'p1', tellings: nobody, onchanged: () => undefined });
    await fireEvent.click(screen.getByTestId('tell'));
    expect(screen.queryByTestId('telling-basis-svod36')).toBeNull();
  });

  it('says whom it is told to and why, and ends it', async () => {
    render(Telling, { person: 'p1', tellings: team, onchanged: () => undefined });
    expect(screen.getByTestId('telling-stands').textContent).toContain('Mobila teamet');
    expect(screen.getByTestId('telling-stands').textContent).toContain('OSL 10:1');
    expect(screen.queryByTestId('tell')).toBeNull();
    await fireEvent.click(screen.getByTestId('end-telling'));
    await fireEvent.click(screen.getByTestId('end-telling-sheet-do'));
    expect(sent).toEqual([{ command: 'end_telling', args: { person: 'p1' } }]);
  });

  it('names units that were told together in one sentence', () => {
    const at = '2026-11-03T08:00:00Z';
    const told = ['Mobila teamet', 'PALT Viken'].map((to) => ({ unit: to, to, basis: 'duty', by: stina, at }) as ToldView);
    render(Told, { told });
    expect(screen.getAllByTestId('told')).toHaveLength(1);
    expect(screen.getByTestId('told').textContent).toContain('Mobila teamet och PALT Viken');
  });

  it('means the one mobile team and the one health centre, or the only unit that there is', () => {
    expect(usualReceivers(nobody.receivers).map(({ unit }) => unit)).toEqual(['team', 'palt']);
    const one = { unit: 'a', name: 'A', usual: false };
    expect(usualReceivers([one])).toEqual([one]);
    expect(usualReceivers([one, { ...one, unit: 'b' }])).toEqual([]);
  });
});
