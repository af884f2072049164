import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TEXTS } from '../src/lib/i18n.svelte';

const ROOT = join(import.meta.dirname, '..');
const FILES = readdirSync(join(ROOT, '../texts/sv')).filter((name) => name.endsWith('.json'));
const read = (language: string, name: string) =>
  JSON.parse(readFileSync(join(ROOT, '../texts', language, name), 'utf8')) as Record<string, string>;
const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

describe.each(FILES)('%s', (name) => {
  const sv = read('sv', name);
  const en = read('en', name);

  it('has the same keys in both languages', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(sv).sort());
  });

  it('has the same placeholders in both languages', () => {
    for (const [key, text] of Object.entries(sv)) expect(placeholders(en[key] ?? ''), key).toEqual(placeholders(text));
  });

  it('has no empty text', () => {
    for (const [key, text] of [...Object.entries(sv), ...Object.entries(en)]) expect(text.trim(), key).not.toBe('');
  });
});

it('no key stands in two files', () => {
  // The administrator's pages are the server's; nothing else reads their words.
  const all = FILES.filter((name) => name !== 'admin.json').flatMap((name) => Object.keys(read('sv', name)));
  expect(all.filter((key, index) => all.indexOf(key) !== index)).toEqual([]);
});

/** Keys that the sources name outright; those put together from parts are the other tests' matter. */
function keysInSources(): { key: string; plural: boolean; file: string }[] {
  const found: { key: string; plural: boolean; file: string }[] = [];
  for (const file of readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!/\.(svelte|ts)$/.test(file) || file.includes('.test.')) continue;
    const source = readFileSync(join(ROOT, 'src', file), 'utf8');
    for (const call of source.matchAll(/\b(tn|tOr|t)\(([^`]*?)[,)]/g)) {
      for (const key of (call[2] ?? '').matchAll(/'([a-z][\w]*(?:\.[\w]+)+)'/g)) {
        found.push({ key: key[1] ?? '', plural: call[1] === 'tn', file });
      }
    }
  }
  return found;
}

it('every key that the sources name has a text', () => {
  const missing = keysInSources().filter(({ key, plural }) =>
    plural ? !(`${key}.one` in TEXTS.sv && `${key}.other` in TEXTS.sv) : !(key in TEXTS.sv),
  );
  expect(missing).toEqual([]);
});

it('finds the keys at all', () => {
  expect(keysInSources().length).toBeGreaterThan(150);
});
