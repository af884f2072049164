// Every word on every screen comes from the texts, in both languages: no key, no placeholder, no "undefined" shows.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TEXTS } from '../harness/places';
import { LANGUAGES, SCREENS, wear } from '../harness/screens';
import { expect, test, type Page } from '../harness/stories';

const KEYS = new Set(
  readdirSync(join(TEXTS, 'sv')).filter((file) => file.endsWith('.json'))
    .flatMap((file) => Object.keys(JSON.parse(readFileSync(join(TEXTS, 'sv', file), 'utf8')) as Record<string, string>)),
);
/** "observation", "flag", "cfs": what keys begin with. */
const FAMILIES = new Set([...KEYS].map((key) => key.split('.')[0] ?? ''));

/** All words of the page: those to see, and those only to hear. */
function words(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found = [document.title];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const parent = walk.currentNode.parentElement;
      if (parent && !parent.closest('script, style')) found.push(walk.currentNode.textContent ?? '');
    }
    for (const element of document.querySelectorAll('*')) {
      for (const name of ['aria-label', 'aria-description', 'title', 'placeholder', 'alt']) {
        const value = element.getAttribute(name);
        if (value) found.push(value);
      }
    }
    return found.map((text) => text.trim()).filter(Boolean);
  });
}

/** What in these words was never meant for people. */
function raw(texts: string[]): string[] {
  return texts.flatMap((text) => [
    ...[...text.matchAll(/\b[a-z_]+(?:\.[a-z0-9_]+)+\b/g)].map(([key]) => key)
      .filter((key) => KEYS.has(key) || (FAMILIES.has(key.split('.')[0] ?? '') && !/\.(se|json|sqlite)$/.test(key))),
    ...[...text.matchAll(/\{\w+\}/g)].map(([placeholder]) => placeholder),
    ...(text.match(/\b(?:undefined|NaN|null)\b|\[object \w+\]/g) ?? []),
  ].map((one) => `${one} in "${text.slice(0, 80)}"`));
}

// AC7, AC66: every screen has its words in Swedish, labels and descriptions included.
for (const screen of SCREENS) {
  test(`${screen.name} speaks Swedish and English, and nothing else`, async ({ house, pageOf, watch }) => {
    watch.expects(/status of 422/);
    const page = await pageOf(house[screen.who]);
    for (const language of screen.plain ? (['sv'] as const) : LANGUAGES) {
      await wear(page, { language, theme: 'light', text_percent: 100, lock_minutes: 30 });
      await screen.open(page, house);
      const all = await words(page);
      expect(all.length, 'words on the screen').toBeGreaterThan(3);
      expect.soft(raw(all), language).toEqual([]);
    }
  });
}

test('the look finds keys, placeholders and values that nobody meant to show', () => {
  expect(raw(['Mycket sämre: observation.sleep'])).toHaveLength(1);
  expect(raw(['flag.something_new'])).toHaveLength(1);
  expect(raw(['Väntar sedan {time}', 'CFS undefined'])).toHaveLength(2);
  expect(raw(['Till exempel https://hemrond.example.se', 'Kl. 08.30, 2,5 mg', 'Version 0.1.0'])).toEqual([]);
});
