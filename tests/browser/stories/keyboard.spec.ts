// The main story without a mouse and without fingers, and the words in it arrive at colleagues.
import { choose, press, tabTo } from '../harness/keys';
import { expect, test } from '../harness/stories';

// AC66: a whole visit by keys alone.
test('Eva visits Tolvar Nilsson by keys alone, signs, and Omar reads it', async ({ world, pageOf }) => {
  const eva = await world.tablet('eva', 'Väst 3');
  const omar = await world.tablet('omar', 'Väst 4');
  const page = await pageOf(eva);
  const row = page.getByTestId('round-row').filter({ hasText: 'Tolvar Nilsson' });
  await press(page, row.getByTestId('open-visit'));
  await expect(page.getByTestId('visit-state')).toHaveAttribute('data-state', 'under_way');

  await tabTo(page, page.getByTestId('visit-note'));
  await page.keyboard.type('Trött, åt halva lunchen. Dottern är orolig för fallen.');
  await expect(page.getByTestId('section-note').getByTestId('save-mark')).toHaveAttribute('data-state', 'kept');

  await choose(page, page.getByTestId('cfs-scale'), '7');
  await choose(page, page.getByTestId('falls-previous_falls'), 'true');
  await choose(page, page.getByTestId('falls-sedatives'), 'false');
  await choose(page, page.getByTestId('falls-diuretics'), 'true');
  await choose(page, page.getByTestId('falls-antihypertensives'), 'false');
  await choose(page, page.getByTestId('falls-antiparkinson'), 'false');
  await choose(page, page.getByTestId('falls-antidepressants'), 'false');
  await choose(page, page.getByTestId('falls-vision'), 'false');
  await choose(page, page.getByTestId('falls-hearing'), 'true');
  await choose(page, page.getByTestId('falls-limbs'), 'false');
  await choose(page, page.getByTestId('falls-cognition'), 'oriented');
  await choose(page, page.getByTestId('falls-gait'), 'unsafe');
  // Earlier falls, a diuretic, poor hearing, unsafe gait: four, and three are many.
  await expect(page.getByTestId('falls-score')).toHaveAttribute('data-score', '4');
  await expect(page.getByTestId('falls-score')).toHaveAttribute('data-high', 'true');

  await press(page, page.getByTestId('end-visit'));
  await press(page, page.getByTestId('sign'));
  await expect(page.getByTestId('sign-sheet')).toBeVisible();
  await press(page, page.getByTestId('sign-confirm'));
  await expect(page.getByTestId('signature')).toContainText('Signerad av dig');

  await eva.sync();
  await omar.sync();
  const { visit } = await omar.row('Tolvar Nilsson');
  const read = await omar.call('visit', { visit });
  expect(read.texts['note']).toBe('Trött, åt halva lunchen. Dottern är orolig för fallen.');
  expect(read.fields['cfs.level']).toBe(7);
  expect(read.falls.score).toBe(4);
  expect(read.signatures.map((one) => one.by.name)).toEqual(['Eva Lind']);
  const his = await pageOf(omar);
  await his.evaluate((id) => { location.hash = `#/visit/${id}`; }, visit);
  await expect(his.getByTestId('visit-note')).toContainText('åt halva lunchen');
  await expect(his.getByTestId('signature')).toContainText('Eva Lind');
});

// AC66: an observation by keys alone.
test('Stina tells by keys alone that Tolvar eats and walks worse, and Eva sees it', async ({ world, pageOf }) => {
  const stina = await world.tablet('stina', 'Norr 2');
  const eva = await world.tablet('eva', 'Väst 3');
  const page = await pageOf(stina);

  await press(page, page.getByTestId('nav-search'));
  await tabTo(page, page.getByTestId('search-input'));
  await page.keyboard.type('tolvar');
  await press(page, page.getByTestId('search-hit').filter({ hasText: 'Tolvar Nilsson' }));
  await press(page, page.getByTestId('observe').first());

  await press(page, page.getByTestId('observe-food_drink'));
  await press(page, page.getByTestId('degree-worse'));
  await tabTo(page, page.getByTestId('observe-gait'), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await press(page, page.getByTestId('degree-much_worse'));
  await tabTo(page, page.getByTestId('observe-words'), 'Shift+Tab');
  await page.keyboard.type('Höll i väggen hela vägen till köket');
  await press(page, page.getByTestId('observe-done'));
  await expect(page.getByTestId('observation-kept')).toContainText('Höll i väggen');

  await stina.sync();
  await eva.sync();
  const hers = await pageOf(eva);
  const { id } = await eva.person('Tolvar Nilsson');
  await hers.evaluate((person) => { location.hash = `#/person/${person}`; }, id);
  const told = hers.getByTestId('observations').getByRole('listitem').filter({ hasText: 'Höll i väggen hela vägen till köket' });
  await expect(told).toContainText('Stina Ek');
  const { observations } = await eva.call('person', { person: id });
  const tiles = observations.find((one) => one.words === 'Höll i väggen hela vägen till köket')?.tiles ?? [];
  expect(Object.fromEntries(tiles.map(({ what, degree }) => [what, degree]))).toEqual({ food_drink: 'worse', gait: 'much_worse' });
});
