// Everybody can use it: no screen, in any theme or language, breaks a rule of WCAG 2.1 A or AA that a machine can check.
import { broken } from '../harness/axe';
import { change, LANGUAGES, SCREENS, THEMES, wear } from '../harness/screens';
import { expect, test } from '../harness/stories';

// AC66: no rule of WCAG 2.1 A and AA is broken on any screen, contrast among them.
for (const screen of SCREENS) {
  test(`${screen.name} can be used by everybody`, async ({ house, pageOf, watch }) => {
    watch.expects(/status of 422/);
    const page = await pageOf(house[screen.who]);
    for (const [place, language] of LANGUAGES.entries()) {
      if (screen.plain && language !== 'sv') continue;
      // Each language begins with another theme, so that more than one is worn from the start.
      const themes = [...THEMES.slice(place), ...THEMES.slice(0, place)];
      const look = { language, text_percent: 100, lock_minutes: 30 };
      await wear(page, { ...look, theme: themes[0] ?? 'light' });
      await screen.open(page, house);
      for (const theme of screen.plain ? (['light'] as const) : themes) {
        if (!screen.plain) await change(page, { ...look, theme });
        expect.soft(await broken(page, theme), `${theme}, ${language}`).toEqual([]);
        if (!screen.plain) await expect(page.locator('html'), 'the look that was measured').toHaveAttribute('data-theme', theme);
      }
    }
  });
}

test('the check finds a picture without words, faint text, and text too faint for the sun', async ({ house, pageOf }) => {
  const page = await pageOf(house.eva);
  await wear(page, { language: 'sv', theme: 'sun', text_percent: 100, lock_minutes: 30 });
  await SCREENS[0]?.open(page, house);
  await page.evaluate(() => {
    // Piece by piece: the page takes no markup from words.
    const line = (id: string, colours: string, words: string): HTMLElement => {
      const element = document.createElement('p');
      element.id = id;
      element.style.cssText = colours;
      element.textContent = words;
      return element;
    };
    const picture = document.createElement('img');
    picture.src = '/icon.svg';
    const faint = line('faint', 'color:#aaa;background:#fff', 'Blekt');
    const grey = line('grey', 'color:#666;background:#fff', 'Grått');
    document.querySelector('main')?.prepend(picture, faint, grey);
  });
  const found = await broken(page, 'sun');
  expect(found.find((line) => line.startsWith('image-alt'))).toBeDefined();
  expect(found.find((line) => line.startsWith('color-contrast: #faint'))).toBeDefined();
  expect(found.find((line) => line.startsWith('color-contrast: #grey'))).toBeUndefined();
  expect(found.find((line) => line.startsWith('color-contrast-enhanced: #grey'))).toBeDefined();
});
