// Every screen, photographed for people to look at: upright and on its side, in each look; large letters too.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Settings } from '../harness/api';
import { LANDSCAPE, PORTRAIT } from '../harness/browser';
import { ROOT } from '../harness/places';
import { LANGUAGES, SCREENS, THEMES, wear } from '../harness/screens';
import { test } from '../harness/stories';

const FOLDER = resolve(process.env['SHOTS'] ?? join(ROOT, 'target/shots'));

const LOOKS: Settings[] = [
  ...THEMES.flatMap((theme) => LANGUAGES.map((language) => ({ language, theme, text_percent: 100, lock_minutes: 30 }))),
  { language: 'sv', theme: 'light', text_percent: 200, lock_minutes: 30 },
];

test.beforeAll(() => {
  mkdirSync(FOLDER, { recursive: true });
});

for (const screen of SCREENS) {
  test(screen.name, async ({ house, pageOf, watch }) => {
    watch.expects(/status of 422/);
    const page = await pageOf(house[screen.who]);
    for (const look of screen.plain ? LOOKS.slice(0, 1) : LOOKS) {
      for (const [way, size] of Object.entries({ portrait: PORTRAIT, landscape: LANDSCAPE })) {
        await page.setViewportSize(size);
        await wear(page, look);
        await screen.open(page, house);
        await page.screenshot({ path: join(FOLDER, `${screen.name}-${way}-${look.theme}-${look.language}-${look.text_percent}.png`) });
      }
    }
  });
}
