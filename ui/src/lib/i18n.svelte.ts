// Texts in the user's language. All files under texts/LANGUAGE are one set of flat keys.

import type { Failure, Flag, Language } from './api';

type Texts = Record<string, string>;
export type Params = Record<string, string | number>;

const files = import.meta.glob<Texts>('../../../texts/*/*.json', { eager: true, import: 'default' });

export const TEXTS: Record<Language, Texts> = { sv: gather('sv'), en: gather('en') };

function gather(language: Language): Texts {
  const merged: Texts = {};
  for (const [path, texts] of Object.entries(files)) {
    if (path.includes(`/texts/${language}/`)) Object.assign(merged, texts);
  }
  return merged;
}

class Speaker {
  language = $state<Language>('sv');
}

/** Which language is spoken now. */
export const speaker = new Speaker();

export function has(key: string): boolean {
  return key in TEXTS[speaker.language];
}

/** The text of a key with its placeholders filled; the key itself where there is none. */
export function t(key: string, params: Params = {}): string {
  return fill(TEXTS[speaker.language][key] ?? key, params);
}

/** The text of `key.one` or `key.other`, by the language's rule for `count`, which is also the placeholder `{n}`. */
export function tn(key: string, count: number, params: Params = {}): string {
  const form = new Intl.PluralRules(speaker.language).select(count) === 'one' ? 'one' : 'other';
  return t(`${key}.${form}`, { n: count, ...params });
}

/** The text of a key, or `otherwise` where there is none. */
export function tOr(key: string, otherwise: string, params: Params = {}): string {
  return has(key) ? t(key, params) : fill(otherwise, params);
}

/** What a field is called. Rows' fields ("contacts/ROW/phone") by collection and field. */
export function fieldName(field: string): string {
  const [collection, , of] = field.split('/');
  const key = of === undefined ? `field.${field}` : `field.${collection}.${of}`;
  if (has(key)) return t(key);
  // The words beside an answer, such as "med.storage.note", are named after it.
  const beside = /^(.+)\.note$/.exec(field)?.[1];
  return beside ? t('field.note_of', { field: fieldName(beside) }) : t('field.unnamed', { field: of ?? field });
}

/** A failure's sentence in the user's language. What it says of an edit names the field as the page does. */
export function failureText(failure: Failure): string {
  const { field, why } = failure.params;
  const params = { ...failure.params };
  if (field !== undefined && failure.code.startsWith('edit.')) params['field'] = fieldName(field);
  if (why !== undefined) params['reason'] = tOr(`edit.reason.${why}`, params['reason'] ?? why);
  return tOr(failure.code, failure.message || t('failure.unknown'), params);
}

/** A flag's words; a parameter that is itself the key of a text, such as "observation.pain", is said in words too. */
export function flagText(flag: Flag): string {
  return t(flag.code, Object.fromEntries(Object.entries(flag.params).map(([name, value]) => [name, tOr(value, value)])));
}

export function fill(text: string, params: Params): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
