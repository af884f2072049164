// The lengths that a visit is usually planned for.

import { t } from '../../lib/i18n.svelte';

export function lengths(also: number | null): { value: string; words: string }[] {
  const all = [15, 30, 45, 60, 90];
  if (also !== null && !all.includes(also)) all.push(also);
  return all.sort((a, b) => a - b).map((n) => ({ value: String(n), words: t('round.minutes', { n }) }));
}
