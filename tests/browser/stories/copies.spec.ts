// Eva leaves a tablet with unsent work, and it comes back.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { broken } from '../harness/axe';
import { LANDSCAPE, PORTRAIT } from '../harness/browser';
import { tooWide } from '../harness/layout';
import { runFolder } from '../harness/places';
import { run } from '../harness/program';
import { go } from '../harness/screens';
import { expect, test, type Page } from '../harness/stories';
import { PIN, World } from '../harness/world';

async function usable(page: Page, what: string): Promise<void> {
  for (const size of [PORTRAIT, LANDSCAPE]) {
    await page.setViewportSize(size);
    expect.soft(await tooWide(page), `${what}: wider than the window`).toEqual([]);
  }
  expect.soft(await broken(page, 'light'), what).toEqual([]);
}

// AC22, AC66: what was unsent when Eva was taken from the tablet is brought back there, on pages for everybody.
test('Eva is taken from a tablet with a copy, and the copy is brought back and sent', async ({ pageOf, watch }) => {
  watch.expects(/422/);
  const key = join(mkdtempSync(join(runFolder(), 'rescue-')), 'rescue.key');
  await run('hemrond-server', ['rescue-key', '--to', key]);
  const world = await World.start('--rescue-key-file', key);
  try {
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
    await page.getByTestId('export-user').click();
    await expect(page.getByTestId('exported-user')).toBeVisible();
    await page.getByTestId('remove-user-confirm').click();
    await expect(page.getByTestId('enrol-server')).toBeVisible();
    await expect(page.getByTestId('copies')).toContainText('Eva Lind');
    await usable(page, 'the copies, in Swedish');
    await page.getByLabel('English').check();
    await expect(page.getByTestId('bring-back')).toContainText('Bring back Eva Lind');
    await usable(page, 'the copies, in English');
    await page.getByTestId('bring-back').click();
    await expect(page.getByTestId('recover-form')).toBeVisible();
    await expect(page.getByTestId('copies')).toHaveCount(0);
    await usable(page, 'the copy closed, in English');
    await page.getByTestId('recover-code').fill(await world.server.administer('enrol', '--user', 'Eva Lind'));
    await page.getByTestId('recover-pin').fill(PIN);
    await page.getByTestId('recover-pin-again').fill(PIN);
    await page.getByTestId('recover-submit').click();
    await expect(page.getByTestId('status-line')).toBeVisible();
    const back = await eva.call('visit', { visit });
    expect(JSON.stringify(back)).toContain('Bara här.');
    await eva.call('set_offline', { offline: false });
    await eva.sync();
    expect((await eva.call('status', {})).waiting).toBe(0);
    // Before its tablet goes, of which the page would complain.
    await page.close();
  } finally {
    await world.end();
  }
});
