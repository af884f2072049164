// A field of the visit as a draft: taps and typing are kept, and stay on the screen when they could not be.

import { onDestroy, untrack } from 'svelte';
import type { FieldValue } from '../../lib/api';
import { decode, encode } from '../../lib/disagreement/kinds';
import { draft, type Draft } from '../../lib/draft.svelte';
import { t } from '../../lib/i18n.svelte';
import { announce, undo } from '../../lib/undo.svelte';
import { valueText } from '../../lib/words';
import type { Work } from './work.svelte';

/** To be called while a component is set up. */
export function fieldDraft(work: Work, field: string, label: () => string, record: () => FieldValue): Draft {
  const made = untrack(() =>
    draft({ key: work.draftName(field), label, save: (words) => work.keep(field, decode(field, words)) }, encode(record())),
  );
  $effect(() => {
    const words = encode(record());
    untrack(() => made.incoming(words));
  });
  // Leaving the page must not lose what was tapped or typed last.
  onDestroy(() => void made.blur());
  return made;
}

/** Gives an answer by a tap. What it replaces can be taken back. */
export async function answer(draft: Draft, field: string, value: FieldValue): Promise<void> {
  const before = decode(field, draft.words);
  const label = draft.label;
  draft.type(encode(value));
  await draft.flush();
  if (draft.state !== 'kept') return;
  announce(t('visit.kept', { field: label, value: valueText(field, value) }));
  if (before === null || before === value) return;
  undo.offer(t('visit.replaced', { field: label, value: valueText(field, value) }), async () => {
    draft.type(encode(before));
    await draft.flush();
  });
}
