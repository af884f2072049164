// Few taps: counted as fingers make them, not as scripts call them.
import { expect, test, type Page } from '../harness/stories';
import { PORTRAIT } from '../harness/browser';
import { go } from '../harness/screens';

/** Counts every finger that comes down on the page from now on. */
async function countTaps(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    document.documentElement.dataset['taps'] = '0';
    addEventListener('pointerdown', (event) => {
      if (!event.isTrusted || event.pointerType !== 'touch') return;
      document.documentElement.dataset['taps'] = String(Number(document.documentElement.dataset['taps']) + 1);
    }, { capture: true });
  });
  return () => page.evaluate(() => Number(document.documentElement.dataset['taps']));
}

test('Stina tells that Elsa Bergström sleeps worse in three taps', async ({ world, pageOf }) => {
  const stina = await world.tablet('stina', 'Norr 2');
  const page = await pageOf(stina, { viewport: PORTRAIT, touch: true });
  const { id } = await stina.person('Elsa Bergström');
  await go(page, `#/observe/${id}`);
  await page.getByTestId('observe-sleep').waitFor();

  const taps = await countTaps(page);
  await page.getByTestId('observe-sleep').tap();
  await page.getByTestId('degree-worse').tap();
  await page.getByTestId('observe-done').tap();
  await expect(page.getByTestId('observation-kept')).toBeVisible();
  expect(await taps()).toBe(3);

  const { observations } = await stina.call('person', { person: id });
  expect(observations[0]?.tiles).toEqual([{ what: 'sleep', degree: 'worse' }]);
  // And no tap more to tell it, since she has said yes before.
  await expect(page.getByTestId('observation-kept').getByTestId('told')).toContainText('Mobila teamet och PALT Viken');
  expect(observations[0]?.told.map(({ basis }) => basis)).toEqual(['consent_osl101', 'consent_osl101']);
});

test('Eva follows up Tolvar Nilsson as unchanged: one tap a section, six taps in all', async ({ world, pageOf }) => {
  const eva = await world.tablet('eva', 'Väst 3');
  const page = await pageOf(eva, { viewport: PORTRAIT, touch: true });
  const row = page.getByTestId('round-row').filter({ hasText: 'Tolvar Nilsson' });
  await row.waitFor();

  const taps = await countTaps(page);
  await row.getByTestId('open-visit').tap();
  await expect(page.getByTestId('section-sign')).toBeVisible();
  const { visit } = await eva.row('Tolvar Nilsson');
  const copied = async () => Object.keys((await eva.call('visit', { visit })).fields).filter((field) => /^(cfs|falls|med)\./.test(field));
  expect(await copied(), 'nothing is copied before it is said').toEqual([]);

  const before = (await eva.call('visit', { visit })).previous;
  for (const section of ['cfs', 'falls', 'medication'] as const) {
    await page.getByTestId(`unchanged-${section}`).tap();
    await expect(page.getByTestId(`unchanged-mark-${section}`)).toBeVisible();
  }
  await page.getByTestId('sign').tap();
  await page.getByTestId('sign-confirm').tap();
  await expect(page.getByTestId('signature')).toContainText('Signerad av dig');
  expect(await taps()).toBe(6);

  const signed = await eva.call('visit', { visit });
  expect(signed.fields['cfs.level']).toBe(before?.fields['cfs.level']);
  expect(signed.falls.score).not.toBeNull();
  for (const section of ['cfs', 'falls', 'medication']) {
    expect(signed.sections.find(({ name }) => name === section)?.unchanged_since, `${section} is marked as taken over`).toBe(before?.on);
  }
});
