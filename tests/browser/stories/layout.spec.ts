// A tablet in one hand, upright or on its side, with letters as large as the nurse needs them.
import { LANDSCAPE, PORTRAIT } from '../harness/browser';
import { covered, roomLeft, targets, tooWide } from '../harness/layout';
import { SCREENS, wear } from '../harness/screens';
import { expect, test, type Page } from '../harness/stories';

/** The least that a thumb can hit, and what the main controls are asked to be. */
const LEAST = 44;
const ASKED = 48;
/** What must be left to scroll in between all that stays: a heading and a few lines, or one control. */
const ROOM = 160;

/** Turns the tablet, and waits until the page has drawn itself anew. */
async function turn(page: Page, size: { width: number; height: number }): Promise<void> {
  await page.setViewportSize(size);
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}

// AC66: everything fits and can be reached with letters twice as large.
for (const screen of SCREENS) {
  test(`${screen.name} fits upright and on its side, also in letters twice as large`, async ({ house, pageOf, watch }) => {
    watch.expects(/status of 422/);
    const page = await pageOf(house[screen.who]);
    for (const text_percent of screen.plain ? [100] : [100, 200]) {
      await page.setViewportSize(PORTRAIT);
      await wear(page, { language: 'sv', theme: 'light', text_percent, lock_minutes: 30 });
      await screen.open(page, house);
      // Then it is turned in the hand, with the screen as it stands.
      for (const [way, size] of Object.entries({ upright: PORTRAIT, 'on its side': LANDSCAPE })) {
        const how = `${way}, ${text_percent} %`;
        await turn(page, size);
        expect.soft(await tooWide(page), `${how}: wider than the tablet`).toEqual([]);

        const all = await targets(page);
        expect(all.length, `${how}: things to press`).toBeGreaterThan(0);
        const small = (least: number) => ({ width, height }: { width: number; height: number }) => width < least - 0.5 || height < least - 0.5;
        expect.soft(all.filter(small(LEAST)), `${how}: too small for a thumb`).toEqual([]);
        expect.soft(all.filter((target) => target.main).filter(small(ASKED)), `${how}: main controls smaller than ${ASKED}`).toEqual([]);

        expect.soft(await covered(page), `${how}: hidden under what stays`).toEqual([]);
        expect.soft(await roomLeft(page), `${how}: room left to scroll in`).toBeGreaterThan(ROOM);
      }
    }
  });
}

test('the measures find a wide table, a tiny button, and one under a bar', async ({ house, pageOf }) => {
  const page = await pageOf(house.eva);
  await wear(page, { language: 'sv', theme: 'light', text_percent: 100, lock_minutes: 30 });
  await SCREENS.find((screen) => screen.name === 'settings')?.open(page, house);
  expect(await tooWide(page)).toEqual([]);
  await page.evaluate(() => {
    // Piece by piece: the page takes no markup from words.
    const wide = document.createElement('div');
    wide.style.cssText = 'width:3000px';
    wide.textContent = 'En bred tabell';
    const tiny = document.createElement('button');
    tiny.type = 'button';
    tiny.dataset['testid'] = 'tiny';
    tiny.style.cssText = 'width:20px;height:20px;padding:0';
    tiny.textContent = 'x';
    const cover = document.createElement('div');
    cover.style.cssText = 'position:fixed;top:0;left:0;right:0;bottom:0;z-index:9';
    document.querySelector('main')?.append(wide, tiny, cover);
  });
  expect((await tooWide(page)).join()).toContain('En bred tabell');
  expect((await targets(page)).find(({ what }) => what.includes('tiny'))).toMatchObject({ width: 20, height: 20 });
  expect((await covered(page)).join()).toContain('[tiny]');
});
