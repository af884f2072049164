// No network, no server, no battery: what was written is there, and the page says in words where.
import { expect, test, type Page } from '../harness/stories';
import { broken } from '../harness/axe';
import { tooWide } from '../harness/layout';
import { go, LANGUAGES, THEMES, wear } from '../harness/screens';
import { PLAIN, type Tablet } from '../harness/world';

test.setTimeout(240_000);

async function visitOf(page: Page, tablet: Tablet, name: string): Promise<string> {
  const { visit } = await tablet.row(name);
  await go(page, `#/visit/${visit}`);
  await expect(page.getByTestId('section-sign')).toBeVisible();
  return visit;
}

/** "Offline · 7 ändringar väntar sedan 09:12". */
const WAITS = /^\s*Offline · \d+ ändring(ar)? väntar sedan \d\d:\d\d\s*$/;

/** A request that a dying server left behind may hold a sync until it is given up, after a minute. */
const BACK = { timeout: 120_000 };

const status = (page: Page) => page.getByTestId('status-line');
const noteMark = (page: Page) => page.getByTestId('section-note').getByTestId('save-mark');

/** Writes a note and waits for the mark that it is kept. */
async function note(page: Page, words: string): Promise<void> {
  await page.getByTestId('visit-note').pressSequentially(words);
  await expect(noteMark(page)).toHaveAttribute('data-state', 'kept');
}

test('Eva chooses to stay offline: the page goes on, says so, and sends when she is back', async ({ world, pageOf }) => {
  const eva = await world.tablet('eva', 'Väst 3');
  const omar = await world.tablet('omar', 'Väst 4');
  const page = await pageOf(eva);
  await go(page, '#/sync');
  await page.getByTestId('offline-switch').click();
  await expect(status(page)).toHaveText('Offline · Inget väntar');

  const visit = await visitOf(page, eva, 'Bertil Hägg');
  await note(page, 'Föll i hallen i natt, inte skadad.');
  await expect(noteMark(page)).toHaveText('På surfplattan');
  await expect(status(page)).toHaveText(WAITS);
  await omar.sync();
  expect((await omar.call('visit', { visit })).texts['note'] ?? '', 'offline is offline').toBe('');

  await go(page, '#/sync');
  await expect(page.getByTestId('waiting-item')).toContainText('Bertil Hägg');
  await expect(page.getByTestId('sync-now')).toBeDisabled();
  await page.getByTestId('offline-switch').click();
  await expect(status(page)).toHaveText('Ansluten · Allt är på servern', BACK);
  await expect(page.getByTestId('waiting-item')).toHaveCount(0);
  await omar.sync();
  expect((await omar.call('visit', { visit })).texts['note']).toBe('Föll i hallen i natt, inte skadad.');
});

test('The server is gone and comes back: Eva works on, and "try now" sends all of it', async ({ world, pageOf, watch }) => {
  // What the browser notes of a "try now" that did not reach the server.
  watch.expects(/status of 422/);
  const eva = await world.tablet('eva', 'Väst 3');
  const omar = await world.tablet('omar', 'Väst 4');
  const page = await pageOf(eva);
  await expect(status(page)).toHaveText('Ansluten · Allt är på servern', BACK);
  await world.server.stop();

  const visit = await visitOf(page, eva, 'Mirko Petrović');
  await note(page, 'Sonen tolkar per telefon.');
  await expect(status(page)).toHaveText(WAITS);
  await expect(page.getByTestId('visit-state').getByTestId('whereabouts')).toHaveText('Bara på surfplattan');

  await go(page, '#/sync');
  await page.getByTestId('sync-now').click();
  await expect(page.getByTestId('sync-why'), 'why it did not work').toBeVisible();
  await expect(page.getByTestId('waiting-item')).toContainText('Mirko Petrović');

  await world.server.start();
  await page.getByTestId('sync-now').click();
  await expect(status(page)).toHaveText('Ansluten · Allt är på servern', BACK);
  await expect(page.getByTestId('waiting-item')).toHaveCount(0);
  await omar.sync();
  expect((await omar.call('visit', { visit })).texts['note']).toBe('Sonen tolkar per telefon.');
});

test('The battery falls out while Eva types: what was marked as kept is there afterwards', async ({ world, pageOf, watch }) => {
  // The page of the dead tablet finds nobody to talk to.
  watch.expects(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/);
  const eva = await world.tablet('eva', 'Väst 3');
  await world.server.stop();
  const page = await pageOf(eva);
  await visitOf(page, eva, 'Ingegerd Sandell');
  const kept = 'Sover i stolen sedan tre nätter.';
  await note(page, kept);
  // In the middle of the next word.
  await page.getByTestId('visit-note').pressSequentially(' Vikten har');
  await eva.kill();

  // The page itself still holds every letter, and says that the last ones are not kept.
  await expect(page.getByTestId('failed-drafts')).toBeVisible();
  await expect(page.getByTestId('visit-note')).toHaveValue(`${kept} Vikten har`);

  await eva.start();
  const again = await pageOf(eva);
  const visit = await visitOf(again, eva, 'Ingegerd Sandell');
  expect(await again.getByTestId('visit-note').inputValue()).toContain(kept);
  await expect(status(again)).toHaveText(WAITS);

  await world.server.start();
  await go(again, '#/sync');
  await again.getByTestId('sync-now').click();
  await expect(status(again)).toHaveText('Ansluten · Allt är på servern', BACK);
  const omar = await world.tablet('omar', 'Väst 4');
  expect((await omar.call('visit', { visit })).texts['note']).toContain(kept);
});

test('What the server refuses is said with its reason, and sent again once the account is right', async ({ world, pageOf }) => {
  const eva = await world.tablet('eva', 'Väst 3');
  const omar = await world.tablet('omar', 'Väst 4');
  const page = await pageOf(omar);
  const role = (...as: string[]) => world.server.administer('users', 'set-role', '--user', 'Omar Haddad', ...as);
  await go(page, '#/sync');
  await page.getByTestId('offline-switch').click();
  const visit = await visitOf(page, omar, 'Bertil Hägg');
  await note(page, 'Föll i hallen i natt, inte skadad.');
  // Somebody gives his account another role by mistake.
  await role('--role', 'hemtjanst', '--unit', 'Hemtjänst Norr');

  await go(page, '#/sync');
  await page.getByTestId('offline-switch').click();
  const refused = page.getByTestId('sync-refused');
  await expect(refused).toBeVisible(BACK);
  await expect(status(page)).toHaveText('Ansluten · Inget väntar · 1 nekad av servern');
  await expect(refused.getByTestId('refused-item').first()).toContainText('Bertil Hägg');
  for (const language of LANGUAGES) {
    for (const theme of THEMES) {
      await wear(page, { ...PLAIN, language, theme, text_percent: 200 });
      expect(await tooWide(page)).toEqual([]);
      expect(await broken(page, theme)).toEqual([]);
    }
  }
  await wear(page, PLAIN);

  // Put aside it asks nobody for anything, and is not said to be on the server; it can be taken back.
  await refused.getByTestId('lay-aside').first().press('Enter');
  await expect(refused).toHaveCount(0, BACK);
  await expect(status(page)).toHaveText('Ansluten · Inget väntar', BACK);
  const aside = page.getByTestId('sync-laid-aside');
  await aside.locator('summary').press('Enter');
  await expect(aside.getByTestId('laid-aside-item').first()).toContainText('Bertil Hägg');
  expect(await tooWide(page)).toEqual([]);
  expect(await broken(page, PLAIN.theme)).toEqual([]);
  await aside.getByTestId('take-up').first().press('Enter');
  await expect(refused).toBeVisible(BACK);

  await role('--role', 'nurse', '--unit', 'Mobila teamet');
  await page.getByTestId('sync-now').click();
  await page.getByTestId('send-again').first().press('Enter');
  await expect(refused).toHaveCount(0, BACK);
  await expect(status(page)).toHaveText('Ansluten · Allt är på servern', BACK);
  await eva.sync();
  expect((await eva.call('visit', { visit })).texts['note']).toBe('Föll i hallen i natt, inte skadad.');
});
