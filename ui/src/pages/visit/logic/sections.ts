// The visit's sections: their fields, what of them to compare with last time, and how complete they are.

import type { FieldValue, Section, SectionName, VisitPage } from '../../../lib/api';
import { same } from '../../../lib/disagreement/kinds';

export const SECTIONS: SectionName[] = ['note', 'cfs', 'falls', 'medication', 'plan', 'sign'];

export const DOWNTON = [
  'previous_falls', 'sedatives', 'diuretics', 'antihypertensives', 'antiparkinson', 'antidepressants',
  'vision', 'hearing', 'limbs', 'cognition', 'gait',
];

/** The checklist's fields ("med.use") with the key of each one's words ("med.check.each_drug"). */
export const CHECKLIST: [item: string, words: string][] = [
  ['list_source', 'list_source'], ['use', 'each_drug'], ['discrepancies', 'missing_or_extra'], ['duplicates', 'duplicates'],
  ['otc', 'over_the_counter'], ['asked_forms', 'other_forms'], ['storage', 'expiry_and_storage'], ['dosett', 'dispensing'],
  ['swallowing', 'swallowing'], ['inhalation', 'inhaler_technique'], ['ability', 'practical_ability'], ['side_effects', 'side_effects'],
  ['responsibility', 'responsibility'], ['delegation', 'delegation'], ['signing_gaps', 'signing_list'], ['controlled', 'controlled_drugs'],
  ['kidney', 'kidney_value'], ['review', 'review_date'], ['question', 'question_to_doctor'], ['deviation', 'deviation'],
];

/** Which section a field is answered in. */
export function sectionOf(field: string): SectionName {
  if (field.startsWith('cfs.')) return 'cfs';
  if (field.startsWith('falls.')) return 'falls';
  if (field.startsWith('med.') || field.startsWith('drugs/')) return 'medication';
  if (field === 'plan' || field === 'next_visit_on' || field === 'weight_kg') return 'plan';
  return 'note';
}

/** The fields of a section, for their history. */
export function fieldsOf(section: SectionName, page: Pick<VisitPage, 'fields' | 'drugs'>): string[] {
  switch (section) {
    case 'note':
      return ['note', 'reason'];
    case 'cfs':
      return ['cfs.level', 'cfs.basis', 'cfs.assessed_on', 'cfs.cause', 'cfs.comment', 'cfs.terminal', 'cfs.badl', 'cfs.iadl', 'cfs.chronic', 'cfs.srh', 'cfs.effort', 'cfs.active'];
    case 'falls':
      return [...DOWNTON.map((item) => `falls.${item}`), 'falls.comment'];
    case 'medication':
      return [
        ...page.drugs.flatMap((drug) => ['name', 'atc', 'dose', 'as_needed', 'taken', 'note'].map((field) => `drugs/${drug.row}/${field}`)),
        ...CHECKLIST.flatMap(([item]) => [`med.${item}`, `med.${item}.note`]).filter((field) => field in page.fields || !field.endsWith('.note')),
        'med.last_review_on', 'med.comment',
      ];
    case 'plan':
      return ['plan', 'next_visit_on', 'weight_kg'];
    case 'sign':
      return ['state', 'started_at', 'ended_at'];
  }
}

export type Completeness = 'empty' | 'begun' | 'done';

export function completeness(section: Section): Completeness {
  if (section.of === 0 || section.answered >= section.of) return section.answered > 0 ? 'done' : 'empty';
  return section.answered > 0 ? 'begun' : 'empty';
}

/** Taking over sets every answer of the section: it is offered only where that replaces nothing, and adds something. */
export function canTake(name: SectionName, page: Pick<VisitPage, 'fields' | 'previous' | 'drugs' | 'disagreements'>): boolean {
  if (!page.previous?.can_take.includes(name)) return false;
  if (page.disagreements.some((one) => sectionOf(one.field) === name)) return false;
  const theirs = Object.entries(page.previous.fields).filter(([field]) => sectionOf(field) === name && TAKEN.test(field));
  if (theirs.some(([field, value]) => field in page.fields && !same(page.fields[field], value))) return false;
  return theirs.some(([field]) => !(field in page.fields)) || (name === 'medication' && page.drugs.length === 0);
}

/** Whether what was taken over from the visit before still stands as it was taken. */
export function stillUnchanged(name: SectionName, page: Pick<VisitPage, 'fields' | 'previous'>): boolean {
  return Object.entries(page.previous?.fields ?? {})
    .filter(([field]) => sectionOf(field) === name && TAKEN.test(field))
    .every(([field, value]) => same(page.fields[field], value));
}

const TAKEN = /^(?!.*\.(comment|cause|assessed_on|unchanged_since)$)/;

export interface Difference { field: string; before: FieldValue; after: FieldValue }

/** What matters most first: the sums, then single answers that both visits have. */
export function sinceLast(page: VisitPage): Difference[] {
  if (!page.previous) return [];
  const found: Difference[] = [];
  const note = (field: string, before: FieldValue, after: FieldValue) => {
    if (before !== null && after !== null && !same(before, after)) found.push({ field, before, after });
  };
  const last = (name: SectionName) => {
    const found = page.sections.find((section) => section.name === name)?.last;
    return found && found.visit === page.previous?.visit ? found.value : null;
  };
  const field = (key: string) => note(key, page.previous?.fields[key] ?? null, page.fields[key] ?? null);
  field('cfs.level');
  note('falls.score', last('falls'), page.falls.score);
  field('weight_kg');
  if (page.drugs.length > 0) note('medication.count', last('medication'), page.medication.drug_count);
  for (const item of DOWNTON) field(`falls.${item}`);
  return found;
}
