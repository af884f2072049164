// What is done to the round's rows, each with its undo.

import type { MoveVisit, Round, RoundRow, VisitState } from '../../lib/api';
import { call } from '../../lib/call';
import { t } from '../../lib/i18n.svelte';
import { go } from '../../lib/router.svelte';
import { announce, undo } from '../../lib/undo.svelte';
import { personName } from '../../lib/words';

/** Opens a visit; one that is planned begins. */
export async function openVisit(row: RoundRow, begins: boolean): Promise<void> {
  if (begins && row.state === 'planned') {
    await call('set_visit_state', { visit: row.visit, state: 'under_way', reason: null });
  }
  go('visit', row.visit);
}

/** Sets a state and offers to take it back. */
export async function setState(row: RoundRow, state: VisitState, reason: string | null): Promise<void> {
  const before = row.state;
  await call('set_visit_state', { visit: row.visit, state, reason });
  undo.offer(t(`round.said.${state}`, { name: personName(row.person) }), () =>
    call('set_visit_state', { visit: row.visit, state: before, reason: null }),
  );
}

const nothing = { after: null, first: false, start: null, minutes: null, staff: null };

/** Where a row goes when it moves one step among the rows that it stands with; null at the ends. */
export function step(rows: RoundRow[], row: RoundRow, by: -1 | 1): Pick<MoveVisit, 'after' | 'first'> | null {
  const peers = rows.filter((other) => other.acute === row.acute);
  const index = peers.findIndex((other) => other.row === row.row);
  const target = index + by;
  if (index < 0 || target < 0 || target >= peers.length) return null;
  // Down: after the next one. Up: after the one before the former one, or first.
  const after = by === 1 ? peers[index + 1] : peers[index - 2];
  return after ? { after: after.row, first: false } : { after: null, first: true };
}

/** Where a row stands now, to come back to. */
function standing(rows: RoundRow[], row: RoundRow): Pick<MoveVisit, 'after' | 'first'> {
  const before = rows[rows.findIndex((other) => other.row === row.row) - 1];
  return before ? { after: before.row, first: false } : { after: null, first: true };
}

export async function moveRow(day: string, rows: RoundRow[], row: RoundRow, by: -1 | 1): Promise<Round | null> {
  const to = step(rows, row, by);
  if (!to) return null;
  const from = standing(rows, row);
  const round = await call('move_visit', { ...nothing, ...to, day, row: row.row });
  const name = personName(row.person);
  announce(t(by === -1 ? 'round.said.moved_up' : 'round.said.moved_down', { name }));
  undo.offer(t('round.said.moved', { name }), () => call('move_visit', { ...nothing, ...from, day, row: row.row }));
  return round;
}

/** What can be changed of a row besides its place. */
export interface RowPlan {
  start: string | null;
  minutes: number | null;
  staff: string | null;
}

export async function replan(day: string, row: RoundRow, plan: RowPlan): Promise<Round> {
  const before: RowPlan = { start: row.start, minutes: row.minutes, staff: row.staff?.id ?? null };
  const round = await call('move_visit', { ...nothing, ...plan, day, row: row.row, replan: true });
  undo.offer(t('round.said.replanned', { name: personName(row.person) }), () =>
    call('move_visit', { ...nothing, ...before, day, row: row.row, replan: true }),
  );
  return round;
}

/** The rows in the groups in which they are shown. */
export function grouped(rows: RoundRow[]): { open: RoundRow[]; done: RoundRow[]; cancelled: RoundRow[] } {
  const open = rows.filter((row) => row.state === 'planned' || row.state === 'under_way');
  return {
    open: [...open.filter((row) => row.acute), ...open.filter((row) => !row.acute)],
    done: rows.filter((row) => row.state === 'done'),
    cancelled: rows.filter((row) => row.state === 'cancelled'),
  };
}
