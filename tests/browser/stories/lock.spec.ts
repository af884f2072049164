// The locked tablet: PINs, two who share one, and taking somebody from it.
import { type Page } from '@playwright/test';
import { go } from '../harness/screens';
import { expect, test } from '../harness/stories';
import { PIN } from '../harness/world';

async function type(page: Page, pin: string): Promise<void> {
  await page.getByTestId('lock-pin').fill(pin);
  await page.getByTestId('lock-submit').click();
}

async function lockNow(page: Page): Promise<void> {
  await go(page, '#/settings');
  await page.getByTestId('lock-now').click();
  await expect(page.getByTestId('lock-form')).toBeVisible();
}

test('Eva locks, and nothing of her day stays on the screen; a wrong PIN is told, the right one opens', async ({ world, pageOf, watch }) => {
  watch.expects(/422/);
  const eva = await world.tablet('eva', 'Väst 3');
  const page = await pageOf(eva);
  await expect(page.getByText('Elsa Bergström').first()).toBeVisible();
  await lockNow(page);
  await expect(page.getByText('Elsa Bergström')).toHaveCount(0);
  await type(page, '407307');
  await expect(page.getByTestId('lock-failure')).toContainText('9 försök kvar av 10');
  await type(page, PIN);
  await expect(page.getByTestId('status-line')).toBeVisible();
  await go(page, '#/round');
  await expect(page.getByText('Elsa Bergström').first()).toBeVisible();
});

test('Eva and Stina share a tablet, and each sees only her own', async ({ world, pageOf }) => {
  const tablet = await world.tablet('eva', 'Väst 3');
  const page = await pageOf(tablet);
  await expect(page.getByTestId('round-row').first()).toBeVisible();
  await lockNow(page);
  await page.getByTestId('lock-add').click();
  await page.getByTestId('enrol-server').fill(world.server.url);
  await page.getByTestId('enrol-code').fill(world.code('stina'));
  await page.getByTestId('enrol-tablet').fill('Väst 3');
  await page.getByTestId('enrol-pin').fill('592817');
  await page.getByTestId('enrol-pin-again').fill('592817');
  await page.getByTestId('enrol-submit').click();
  await expect(page.getByRole('heading', { name: 'Dagens lista' })).toBeVisible();
  await go(page, '#/settings');
  await expect(page.getByTestId('this-tablet')).toContainText('Stina');
  await expect(page.getByTestId('other-users')).toContainText('Eva Lind');
  // Eva's PIN does not open Stina's place, nor hers Eva's.
  await lockNow(page);
  const names = page.getByTestId('lock-user');
  await names.getByLabel('Eva Lind').check();
  await type(page, PIN);
  await go(page, '#/round');
  await expect(page.getByText('Elsa Bergström').first()).toBeVisible();
});

test('Eva changes her PIN, and only the new one opens', async ({ world, pageOf, watch }) => {
  watch.expects(/422/);
  const eva = await world.tablet('eva', 'Väst 3');
  const page = await pageOf(eva);
  await go(page, '#/settings');
  await page.getByTestId('change-pin').click();
  await page.getByTestId('change-pin-old').fill(PIN);
  await page.getByTestId('change-pin-new').fill('123456');
  await page.getByTestId('change-pin-new-again').fill('123456');
  await page.getByTestId('change-pin-submit').click();
  await expect(page.getByTestId('change-pin-failure')).toContainText('uppåt eller nedåt');
  await page.getByTestId('change-pin-old').fill(PIN);
  await page.getByTestId('change-pin-new').fill('592817');
  await page.getByTestId('change-pin-new-again').fill('592817');
  await page.getByTestId('change-pin-submit').click();
  await expect(page.getByTestId('pin-changed')).toBeVisible();
  await lockNow(page);
  await type(page, PIN);
  await expect(page.getByTestId('lock-failure')).toBeVisible();
  await type(page, '592817');
  await expect(page.getByTestId('status-line')).toBeVisible();
});

// AC22: a user is taken from a tablet only after what is unsent was sent, or was warned of.
test('unsent work does not leave the tablet with Eva before she has read what is lost', async ({ world, pageOf, watch }) => {
  watch.expects(/422/);
  const eva = await world.tablet('eva', 'Väst 3');
  const { visit } = await eva.row('Elsa Bergström');
  await eva.sync();
  await eva.call('set_offline', { offline: true });
  const { document } = await eva.call('visit', { visit });
  await eva.call('edit', { document, edits: [{ edit: 'text', field: 'note', value: 'Bara här.' }] });
  const page = await pageOf(eva);
  await go(page, '#/settings');
  await page.getByTestId('remove-me').click();
  await page.getByTestId('remove-user-confirm').click();
  await expect(page.getByTestId('remove-user-failure')).toContainText('skulle försvinna: 1');
  const door = await eva.call('door', {});
  expect(door.users.map((user) => user.name)).toEqual(['Eva Lind']);
  // Sent first, nothing is lost and nothing is asked.
  await page.getByTestId('close-sheet').click();
  await eva.call('set_offline', { offline: false });
  await eva.sync();
  await page.getByTestId('remove-me').click();
  await page.getByTestId('remove-user-confirm').click();
  await expect(page.getByTestId('enrol-server')).toBeVisible();
});
