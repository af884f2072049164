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
const PAGES = ['/users', '/users/new', '/devices', '/units', '/roles', '/log', '/review', '/extract'];

// AC66: no rule of WCAG 2.1 A and AA is broken on a page of the administrator's, and none is wider than its window.
test('every page of the administrator can be used by everybody', async ({ office, page, watch }) => {
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

for (const language of LANGUAGES) {
  // AC16, AC21, AC66: a sample is drawn, judged and kept, and the extract for a patient is made, by keys alone; on paper the
  // extract is itself, without the page around it.
  test(`Per reviews the log and makes an extract by keys alone, ${language}`, async ({ office, page, watch }) => {
    watch.over(page.context(), office.origin);
    await office.signIn(page);
    await office.go(page, `/language/${language}?back=/admin/review`);
    await press(page, page.locator('form[action$="/review/draw"] button'));
    await expect(page.locator('main table tbody')).toContainText('Per Dahl');
    await expect(page.locator('label[for=finding]')).toHaveText({ sv: 'Vad fann du?', en: 'What did you find?' }[language]);
    expect.soft(await broken(page, 'light'), 'the sample').toEqual([]);
    for (const size of [PORTRAIT, LANDSCAPE]) {
      await page.setViewportSize(size);
      expect.soft(await tooWide(page), 'the sample: wider than the window').toEqual([]);
    }
    await tabTo(page, page.locator('textarea[name=finding]'));
    await page.keyboard.type(`Alla hade en anledning (${language})`);
    await press(page, page.locator('form[action$="/review"] button'));
    await expect(page.getByRole('status')).toBeVisible();
    await expect(page.locator('main table tbody')).toContainText(`Alla hade en anledning (${language})`);

    await press(page, page.locator('nav a[href="/admin/extract"]'));
    await tabTo(page, page.locator('input[name=number]'));
    await page.keyboard.type('19121212-1212');
    await press(page, page.locator('form[action$="/extract"] button'));
    await expect(page.locator('main')).toContainText('191212121212');
    await expect(page.locator('main table tbody tr').last()).toContainText(
      { sv: 'har gjort ett utdrag ur loggen', en: 'has made an extract of the log' }[language],
    );
    expect.soft(await broken(page, 'light'), 'the extract').toEqual([]);
    const text = page.waitForEvent('download');
    await press(page, page.locator('form[action$="/extract/text"] button'));
    expect((await text).suggestedFilename()).toBe('loggutdrag.txt');
    await page.emulateMedia({ media: 'print' });
    await expect(page.locator('main table')).toBeVisible();
    await expect(page.locator('form[action$="/extract/text"]')).toBeHidden();
    await expect(page.locator('nav.parts')).toBeHidden();
  });
}

test('Per comes for the first time, weighs a role and adds the first nurse', async ({ page, watch }) => {
  const { office, code } = await Office.unpack();
  watch.over(page.context(), office.origin);
  await office.comeFirst(page, code);
  await expect(page.locator('main')).toContainText('Nu kan du logga in');
  expect.soft(await broken(page, 'light'), 'what is shown once').toEqual([]);
  await office.signIn(page);

  await office.go(page, '/users/new');
  await expect(page.locator('select[name=role] option'), 'no role without its analysis').toHaveCount(1);
  await office.go(page, '/roles');
  const nurse = page.locator('form[action$="/roles/nurse"]');
  await nurse.locator('input[name$=analysis]').fill('BRA-2026-2');
  await nurse.locator('input[name$=decided_by]').fill('Maria Nyberg');
  await nurse.locator('input[name$=decided_on]').fill('2026-10-02');
  await nurse.locator('button[type=submit]').click();
  await office.go(page, '/units');
  await page.locator('input[name=name]').fill('Mobila teamet');
  await page.locator('main form button[type=submit]').click();
  await office.go(page, '/users/new');
  await page.locator('input[name=name]').fill('Eva Lind');
  await page.locator('select[name=role]').selectOption('nurse');
  await page.locator('select[name=unit]').selectOption({ label: 'Mobila teamet' });
  await page.locator('main button[type=submit]').click();
  await expect(page.getByRole('heading', { level: 1, name: 'Eva Lind' })).toBeVisible();
  await office.end();
});
