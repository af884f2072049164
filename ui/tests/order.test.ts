import { expect, it } from 'vitest';
import type { RoundRow } from '../src/lib/api';
import { grouped, step } from '../src/pages/round/actions';

function row(name: string, of: Partial<RoundRow> = {}): RoundRow {
  return {
    row: name, visit: `v-${name}`, start: null, minutes: null, reason: null, acute: false, state: 'planned', staff: null, flags: [],
    disagreement: false, signed: false, whereabouts: { is: 'unchanged' },
    person: { id: name, name, age: 80, identity: null, identity_kind: null, address: null, protected: 'none', cfs: null },
    ...of,
  };
}

const rows = [row('a'), row('b'), row('c')];

it('a row moves one step, and not past the ends', () => {
  const [a, b, c] = rows as [RoundRow, RoundRow, RoundRow];
  expect(step(rows, b, -1)).toEqual({ after: null, first: true });
  expect(step(rows, c, -1)).toEqual({ after: 'a', first: false });
  expect(step(rows, a, 1)).toEqual({ after: 'b', first: false });
  expect(step(rows, a, -1)).toBeNull();
  expect(step(rows, c, 1)).toBeNull();
});

it('an acute row keeps its place before those that are not', () => {
  const acute = row('x', { acute: true });
  expect(step([acute, ...rows], acute, 1)).toBeNull();
});

it('done and cancelled ones fold away, acute ones come first', () => {
  const groups = grouped([row('a'), row('x', { acute: true }), row('d', { state: 'done' }), row('e', { state: 'cancelled' })]);
  expect(groups.open.map((one) => one.row)).toEqual(['x', 'a']);
  expect(groups.done.map((one) => one.row)).toEqual(['d']);
  expect(groups.cancelled.map((one) => one.row)).toEqual(['e']);
});
