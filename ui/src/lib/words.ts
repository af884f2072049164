// What the companion's values are called in the user's language.

import type { Colleague, FieldValue, PersonBrief, Role, Whereabouts } from './api';
import { app } from './app.svelte';
import { formatDay, formatInstant, formatNumber, formatPhone } from './format';
import { has, speaker, t, tn } from './i18n.svelte';

export { fieldName } from './i18n.svelte';

/** "du", "Anna Berg", or "en kollega" where this tablet does not know the name yet. */
export function colleagueName(colleague: Colleague): string {
  if (colleague.me) return t('colleague.me');
  return colleague.name ?? t('colleague.unknown');
}

/** The name after "av": "dig", "Anna Berg". */
export function byColleague(colleague: Colleague): string {
  return colleague.me ? t('colleague.by_me') : colleagueName(colleague);
}

/** "Anna Berg, sjuksköterska". */
export function colleagueWithRole(colleague: Colleague): string {
  const name = colleagueName(colleague);
  return colleague.role && !colleague.me ? `${name}, ${roleName(colleague.role)}` : name;
}

export function roleName(role: Role): string {
  return t(`role.${role}`);
}

/** "09:12", "i går 09:12", "tis 3 nov 09:12". */
export function when(instant: string): string {
  return formatInstant(instant, speaker.language, app.today);
}

/** "tis 3 nov". */
export function day(date: string): string {
  return formatDay(date, speaker.language, app.today);
}

/** "Astrid Svensson", or what is said where no name is known. */
export function personName(person: PersonBrief): string {
  return person.name || t('person.no_name');
}

/** "86 år", or nothing. */
export function ageOf(person: PersonBrief): string {
  return person.age === null ? '' : t('person.age', { n: person.age });
}

/** Where a record is, in words; empty while there is nothing to say. */
export function whereaboutsText(whereabouts: Whereabouts): string {
  switch (whereabouts.is) {
    case 'unchanged':
      return '';
    case 'only_here':
      return t('where.only_here');
    case 'on_server':
      return t('where.on_server');
    case 'seen':
      return t('where.seen', { name: whereabouts.by, time: when(whereabouts.at) });
    case 'refused':
      return t('where.refused');
  }
}

/** A field's value in words. */
export function valueText(field: string, value: FieldValue): string {
  if (value === null || value === '') return t('value.empty');
  if (typeof value === 'boolean') return t(value ? 'value.yes' : 'value.no');
  if (typeof value === 'number') return formatNumber(value, speaker.language);
  const [collection, , of] = field.split('/');
  if ((of ?? field) === 'phone') return formatPhone(value);
  const path = of === undefined ? field : `${collection}.${of}`;
  // An instrument's answers stand under their field's own key; the checklist's twenty items share theirs.
  for (const key of [`value.${path}.${value}`, `${path}.${value}`, `value.any.${value}`]) if (has(key)) return t(key);
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return day(value);
  if (/^\d{4}-\d{2}-\d{2}T/.test(value)) return when(value);
  return value;
}

/** "1 ändring", "7 ändringar". */
export function changesText(count: number): string {
  return tn('count.changes', count);
}

/** Names in one sentence: "Mobila teamet och PALT Viken". */
export function listed(names: string[]): string {
  return new Intl.ListFormat(speaker.language, { type: 'conjunction' }).format(names);
}
