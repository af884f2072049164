// A server that wants to know who enrols.
import { broken } from '../harness/axe';
import { LANDSCAPE, PORTRAIT } from '../harness/browser';
import { tooWide } from '../harness/layout';
import { Office } from '../harness/office';
import { expect, test, type Page } from '../harness/stories';
import { PIN } from '../harness/world';

async function usable(page: Page, what: string): Promise<void> {
  for (const size of [PORTRAIT, LANDSCAPE]) {
    await page.setViewportSize(size);
    expect.soft(await tooWide(page), `${what}: wider than the window`).toEqual([]);
  }
  expect.soft(await broken(page, 'light'), what).toEqual([]);
}

// AC19, AC66: the code that an administrator draws is not enough; whoever it is for shows that it is they, on a page for everybody.
test('a tablet is enrolled by whom the code is for, with name, password and the code of their app', async ({ world, pageOf, watch }) => {
  watch.expects(/422/);
  const office = await Office.open('--enrol-with', 'sign-in');
  try {
    const box = world.emptyTablet();
    await box.start();
    const page = await pageOf(box);
    await page.getByTestId('enrol-server').fill(office.tablets);
    await page.getByTestId('enrol-code').fill((await office.administer('enrol', '--user', 'Per Dahl')).split(/\s+/).at(-1) ?? '');
    await page.getByTestId('enrol-tablet').fill('Kontoret');
    await page.getByTestId('enrol-pin').fill(PIN);
    await page.getByTestId('enrol-pin-again').fill(PIN);
    // Nothing is asked for that the server may not want.
    await expect(page.getByTestId('enrol-password')).toHaveCount(0);
    await page.getByTestId('enrol-submit').click();
    await expect(page.getByTestId('enrol-failure')).toContainText('Servern vill veta att det är du');
    await expect(page.getByTestId('enrol-login')).toBeFocused();
    await expect(page.getByTestId('enrol-submit')).toBeDisabled();
    await usable(page, 'asked, in Swedish');
    await page.getByLabel('English').check();
    await expect(page.getByLabel('Sign-in name')).toBeVisible();
    await usable(page, 'asked, in English');

    const { login, password, code } = office.signsInWith();
    await page.getByTestId('enrol-login').fill(login);
    await page.getByTestId('enrol-password').fill('tre gula bilar i hamnen');
    await page.getByTestId('enrol-app-code').fill(code);
    await page.getByTestId('enrol-submit').click();
    await expect(page.getByTestId('enrol-failure')).toContainText("the app's code is wrong");
    await expect(page.getByTestId('enrol-app-code')).toHaveValue('');
    await usable(page, 'wrong, in English');
    await page.getByTestId('enrol-password').fill(password);
    await page.getByTestId('enrol-app-code').fill(office.signsInWith().code);
    await page.getByTestId('enrol-submit').click();
    await expect(page.getByTestId('enrol-form')).toHaveCount(0);
    expect((await box.call('status', {})).user?.name).toBe('Per Dahl');
  } finally {
    await office.end();
  }
});
