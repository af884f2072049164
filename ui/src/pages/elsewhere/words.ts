// What a document of another organisation is called.

import type { ElsewhereFound } from '../../lib/api';
import { tOr } from '../../lib/i18n.svelte';

/** "hembesök, Närakuten, Region Hemrond". */
export function foundWords(found: ElsewhereFound): string {
  const kind = tOr(`log.kind.${found.kind}`, found.kind);
  const words = [kind.charAt(0).toUpperCase() + kind.slice(1), found.unit, found.giver.name];
  return words.filter(Boolean).join(', ');
}
