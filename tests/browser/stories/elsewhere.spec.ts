// What other organisations have of a person: asked for, read while the person allows it, and kept nowhere.
import { expect, test } from '../harness/stories';
import { choose, press, tabTo } from '../harness/keys';
import { go } from '../harness/screens';

// AC33, AC35, AC44: Eva learns that there is something, records Sigrid's yes, reads what the clinic wrote and by what right; when
// Sigrid takes the yes back it leaves the screen, and her tablet shows it nowhere.
test('Eva reads what the clinic wrote about Sigrid Öberg, until Sigrid changes her mind', async ({ world, pageOf, watch }) => {
  watch.expects(/status of 422/);
  const eva = await world.tablet('eva', 'Väst 3');
  const sigrid = await eva.person('Sigrid Öberg');
  await world.neighbour([sigrid]);
  const page = await pageOf(eva);
  await go(page, `#/person/${sigrid.id}`);
  await page.getByTestId('their-rights').getByTestId('to-elsewhere').click();
  await page.getByTestId('elsewhere-ask').click();
  const exists = page.getByTestId('elsewhere-exists');
  await expect(exists).toContainText('Det finns uppgifter hos någon annan');
  await expect(page.getByTestId('elsewhere-page'), 'neither whose nor what').not.toContainText('Närakuten');

  const until = new Date(Date.now() + 30 * 24 * 3600_000).toISOString();
  await eva.call('consent', { person: sigrid.id, givers: [], classes: ['health'], until });
  await page.getByTestId('elsewhere-ask').click();
  const row = page.getByTestId('elsewhere-row');
  await expect(row).toContainText('Hembesök, Närakuten, Region Hemrond');
  await row.getByTestId('elsewhere-open').click();
  await expect(page.getByTestId('elsewhere-basis')).toContainText('personens samtycke');
  const parts = page.getByTestId('elsewhere-part');
  await expect(parts.first()).toContainText('Signerat av Ingrid Sand');
  await expect(parts.first()).toContainText('Lunginflammation');
  await page.goBack();
  await expect(row).toBeVisible();
  await row.getByTestId('elsewhere-open').click();
  await expect(parts.first()).toBeVisible();

  await eva.call('withdraw_consent', { person: sigrid.id });
  await expect(parts, 'closed at once').toHaveCount(0);
  await expect(page.getByTestId('elsewhere-closed')).toContainText('har tagit slut');
  await page.getByTestId('elsewhere-open-again').click();
  await expect(page.getByTestId('elsewhere-failure')).toContainText('lämnas inte ut');
  await go(page, `#/person/${sigrid.id}`);
  await expect(page.getByTestId('person-page')).not.toContainText('Lunginflammation');
  const { looks } = await eva.call('who_looked', { person: sigrid.id });
  expect(looks.filter(({ kind }) => kind === 'elsewhere').map(({ action }) => action)).toEqual(expect.arrayContaining(['read', 'denied']));
});

// AC35: a consent has an end. What Eva reads by it leaves the screen then, though nobody does anything, and no question is asked of
// the server behind her back.
test('what Eva reads leaves the screen when the time of the consent is over', async ({ world, pageOf }) => {
  const eva = await world.tablet('eva', 'Väst 3');
  const sigrid = await eva.person('Sigrid Öberg');
  await world.neighbour([sigrid]);
  const page = await pageOf(eva);
  const until = new Date(Date.now() + 8_000).toISOString();
  await eva.call('consent', { person: sigrid.id, givers: [], classes: ['health'], until });
  await go(page, `#/elsewhere/${sigrid.id}`);
  await page.getByTestId('elsewhere-ask').click();
  await page.getByTestId('elsewhere-open').click();
  const parts = page.getByTestId('elsewhere-part');
  await expect(parts.first()).toContainText('Lunginflammation');
  const looksOf = async () => (await eva.call('who_looked', { person: sigrid.id })).looks.filter(({ kind }) => kind === 'elsewhere').length;
  const before = await looksOf();
  await expect(parts).toHaveCount(0, { timeout: 20_000 });
  await expect(page.getByTestId('elsewhere-closed')).toBeVisible();
  expect(await looksOf()).toBe(before);
});

// AC39, AC40: in danger, by keys alone, Eva says what it is, sees what there is, chooses and reads it.
test('Eva opens in danger, by keys alone, what nobody could be asked about', async ({ world, pageOf }) => {
  const eva = await world.tablet('eva', 'Väst 3');
  const bertil = await eva.person('Bertil Hägg');
  await world.neighbour([bertil]);
  const page = await pageOf(eva);
  await go(page, `#/elsewhere/${bertil.id}`);
  await press(page, page.getByTestId('elsewhere-ask'));
  await expect(page.getByTestId('elsewhere-exists')).toBeVisible();
  await tabTo(page, page.getByTestId('elsewhere-danger-words'));
  await page.keyboard.type('Medvetslös, okända läkemedel');
  await press(page, page.getByTestId('elsewhere-danger-show'));
  const row = page.getByTestId('elsewhere-row');
  await expect(row).toContainText('Närakuten');
  await expect(row.getByTestId('elsewhere-open')).toHaveCount(0);
  await press(page, page.getByTestId('elsewhere-choice').getByRole('checkbox'), 'Space');
  await choose(page, page.getByTestId('elsewhere-hours'), '2');
  await press(page, page.getByTestId('elsewhere-danger-open'));
  await press(page, row.getByTestId('elsewhere-open'));
  await expect(page.getByTestId('elsewhere-basis')).toContainText('liv eller hälsa');
  await expect(page.getByTestId('elsewhere-part').first()).toContainText('Lunginflammation');
});

// The server cannot be asked: that is said, and the way back is open.
test('without contact Eva is told that nobody was asked', async ({ world, pageOf, watch }) => {
  watch.expects(/status of 422/);
  const eva = await world.tablet('eva', 'Väst 3');
  const { id } = await eva.person('Sigrid Öberg');
  const page = await pageOf(eva);
  await world.server.stop();
  await go(page, `#/elsewhere/${id}`);
  await page.getByTestId('elsewhere-ask').click();
  await expect(page.getByTestId('elsewhere-failure')).toContainText('ingen har kunnat frågas');
  await expect(page.getByTestId('elsewhere-found')).toHaveCount(0);
});
