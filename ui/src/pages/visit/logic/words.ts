// What the visit's state and figures are called.

import type { FieldValue, Section, SignatureView } from '../../../lib/api';
import { tn, t } from '../../../lib/i18n.svelte';
import { byColleague, valueText, when } from '../../../lib/words';

/** "3 av 11", "Klar", "Inte ifylld". */
export function progressText(section: Section): string {
  if (section.answered === 0) return t('visit.progress.empty');
  if (section.answered >= section.of) return t('visit.progress.done');
  return t('visit.progress.some', { answered: section.answered, of: section.of });
}

/** "CFS 5", "3 p", "8 läkemedel": the section's last value before this visit. */
export function lastText(section: Section, short = false): string {
  const value = section.last?.value ?? null;
  if (value === null) return t('visit.last.none');
  if (section.name === 'medication' && !short) return tn('visit.last.medication', value);
  return t(`visit.last.${section.name}`, { value });
}

/** A sum has words of its own; everything else is named as its field is. */
export function figureText(field: string, value: FieldValue): string {
  if (field === 'falls.score') return t('visit.points', { n: String(value ?? '') });
  if (field === 'medication.count') return tn('visit.last.medication', Number(value));
  if (field === 'weight_kg' && value !== null) return `${valueText(field, value)} kg`;
  return valueText(field, value);
}

/** "Anna Berg tis 3 nov 14:12". */
export function signedText(signature: SignatureView): string {
  return t('visit.signed_by', { name: byColleague(signature.by), time: when(signature.at) });
}
