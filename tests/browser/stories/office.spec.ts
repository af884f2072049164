// The administrator's pages: everybody can use them, upright and on their side, with a mouse or with keys alone.
import { broken } from '../harness/axe';
import { LANDSCAPE, PORTRAIT } from '../harness/browser';
import { press, tabTo } from '../harness/keys';
import { tooWide } from '../harness/layout';
import { Office, TABLETS } from '../harness/office';
import { LANGUAGES } from '../harness/screens';
import { expect, test as base } from '../harness/stories';

const test = base.extend<object, { office: Office }>({
  office: [
    async ({}, use) => {
      const office = await Office.open();
      await use(office);
      await office.end();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
});

/** Every page that is reached by its address alone. */
const PAGES = ['/users', '/users/new', '/devices', '/units', '/roles', '/log'];

// AC66: no rule of WCAG 2.1 A and AA is broken on a page of the administrator's, and none is wider than its window.
test('the administrator\'s pages can be used by everybody', async ({ office, page, watch }) => {
  watch.over(page.context(), office.origin);
  const looked = async (path: string): Promise<void> => {
    for (const [way, size] of Object.entries({ upright: PORTRAIT, 'on its side': LANDSCAPE })) {
      await page.setViewportSize(size);
      expect.soft(await tooWide(page), `${path}, ${way}: wider than the window`).toEqual([]);
    }
    expect.soft(await broken(page, 'light'), path).toEqual([]);
  };
  for (const path of ['/sign-in', '/first']) {
    await office.go(page, path);
    await looked(path);
  }
  await office.signIn(page);
  for (const language of LANGUAGES) {
    await office.go(page, `/language/${language}?back=/admin/users`);
    await expect(page.locator('html')).toHaveAttribute('lang', language);
    for (const path of PAGES) {
      await office.go(page, path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await looked(`${path}, ${language}`);
    }
    await office.go(page, '/users');
    await page.getByRole('link', { name: 'Eva Lind' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Eva Lind' })).toBeVisible();
    await looked(`a user, ${language}`);
    await page.locator('form[action$="/tablet"] button').click();
    await expect(page.locator('main svg')).toBeVisible();
    await looked(`a tablet's code, ${language}`);
  }
});

// AC66: an account is added by keys alone, and its code for a tablet is on the screen.
test('Per adds a nurse and gets a code for her tablet by keys alone', async ({ office, page, watch }) => {
  watch.over(page.context(), office.origin);
  await office.signIn(page);
  await office.go(page, '/language/sv?back=/admin/users');
  await press(page, page.locator('a[href="/admin/users/new"]'));
  await tabTo(page, page.locator('input[name=name]'));
  await page.keyboard.type('Maja Nord');
  await press(page, page.locator('main button[type=submit]'));
  await expect(page.getByRole('heading', { level: 1, name: 'Maja Nord' })).toBeVisible();
  await press(page, page.locator('form[action$="/tablet"] button'));
  await expect(page.locator('main')).toContainText(/[A-Z0-9]{4}-[A-Z0-9]{4}/);
  await expect(page.locator('main'), 'where tablets go, which is not where the pages are').toContainText(TABLETS);
});
