// What the person decided here, and what the user opened, as far as it lets others' data be shown.

import type { AccessState } from '../../lib/api';

/** A timer counts no further than 24 days. */
const LONGEST_MS = 24 * 24 * 3600_000;

/** Everything that, once it goes, may close what stands on the screen: consents, what was assessed, openings at others. */
export function whatStands(access: AccessState): Set<string> {
  const stands = new Set(access.consents.map((consent) => `consent ${consent.act}`));
  if (access.capacity) stands.add(`capacity ${access.capacity.able} ${access.capacity.at}`);
  for (const open of access.emergencies) if (open.bound === 'outer') stands.add(`opening ${open.act}`);
  return stands;
}

/** Whether something of what stood has gone. What is new closes nothing. */
export function hasGone(before: Set<string>, now: Set<string>): boolean {
  return [...before].some((one) => !now.has(one));
}

/** In how many milliseconds the next of it ends by itself; none where nothing does. */
export function endsIn(access: AccessState, now: number): number | null {
  const outer = access.emergencies.filter((open) => open.bound === 'outer');
  const ends = [...access.consents, ...outer].map(({ until }) => Date.parse(until) - now).filter((left) => left > 0);
  return ends.length > 0 ? Math.min(...ends, LONGEST_MS) : null;
}
