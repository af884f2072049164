import { expect, it } from 'vitest';
import type { AccessState } from '../../lib/api';
import { endsIn, hasGone, whatStands } from './standing';

const NOW = Date.parse('2026-11-23T10:00:00Z');

function access(over: Partial<AccessState>): AccessState {
  return { consents: [], capacity: null, emergencies: [], ...over } as AccessState;
}

const opening = { act: 'b1', bound: 'outer', step: 'entries', until: '2026-11-23T11:00:00Z' } as const;
const consent = { act: 'a1', givers: [], classes: ['health'], until: '2027-01-01T00:00:00Z', by: null } as unknown as AccessState['consents'][number];

it('closes when a consent, an assessment or an opening at others goes, and not when one comes', () => {
  const both = whatStands(access({ consents: [consent], emergencies: [opening] }));
  expect(hasGone(both, whatStands(access({ consents: [consent] })))).toBe(true);
  expect(hasGone(both, whatStands(access({ emergencies: [opening] })))).toBe(true);
  expect(hasGone(whatStands(access({})), both)).toBe(false);
  expect(hasGone(both, both)).toBe(false);
});

it('leaves openings of the own record out', () => {
  expect(whatStands(access({ emergencies: [{ ...opening, bound: 'inner' }] })).size).toBe(0);
  expect(endsIn(access({ emergencies: [{ ...opening, bound: 'inner' }] }), NOW)).toBeNull();
});

it('looks again when the next of it ends, and no later than a timer counts', () => {
  expect(endsIn(access({ consents: [consent], emergencies: [opening] }), NOW)).toBe(3600_000);
  expect(endsIn(access({ consents: [consent] }), NOW)).toBe(24 * 24 * 3600_000);
  expect(endsIn(access({ emergencies: [{ ...opening, until: '2026-11-23T09:00:00Z' }] }), NOW)).toBeNull();
});
