// What home help writes reaches health care when it is told, and not before.
import { PORTRAIT } from '../harness/browser';
import { go } from '../harness/screens';
import { expect, test, type Page } from '../harness/stories';

async function logs(page: Page, id: string, what: string, degree: string, words: string): Promise<void> {
  await go(page, `#/observe/${id}`);
  if (await page.getByTestId('observe-again').isVisible()) await page.getByTestId('observe-again').tap();
  await page.getByTestId(`observe-${what}`).tap();
  await page.getByTestId(`degree-${degree}`).tap();
  await page.getByTestId('observe-words').fill(words);
  await page.getByTestId('observe-done').tap();
  await expect(page.getByTestId('observation-kept')).toContainText(words);
}

// AC52, AC60: nobody has asked Mirko. What Stina sees stays with home help, and the page says so; told once, with its
// legal basis, it reaches the nurse and the doctor, and so does what she sees later.
test('What Stina sees at Mirko Petrović stays with home help until she says why it may be told', async ({ world, pageOf }) => {
  const stina = await world.tablet('stina', 'Norr 2');
  const eva = await world.tablet('eva', 'Väst 3');
  const anna = await world.tablet('anna', 'Viken 1');
  const page = await pageOf(stina, { viewport: PORTRAIT, touch: true });
  const { id } = await stina.person('Mirko Petrović');

  await logs(page, id, 'food_drink', 'worse', 'Åt bara brödet');
  await expect(page.getByTestId('telling-stays')).toBeVisible();
  await page.getByTestId('observe-again').tap();
  await logs(page, id, 'fall', 'much_worse', 'Satt på golvet');
  await expect(page.getByTestId('telling-grave')).toBeVisible();
  await stina.sync();
  for (const tablet of [eva, anna]) {
    await tablet.sync();
    expect((await tablet.call('person', { person: id })).observations).toEqual([]);
  }

  // The extra tap, and why. Nothing is told before somebody has said why.
  await page.getByTestId('tell').tap();
  await expect(page.getByTestId('tell-sheet-do')).toBeDisabled();
  await page.getByTestId('telling-basis-consent_osl101').check();
  await page.getByTestId('tell-sheet-do').tap();
  await expect(page.getByTestId('observation-kept').getByTestId('told')).toContainText('Mobila teamet och PALT Viken');
  await expect(page.getByTestId('telling-stands')).toBeVisible();
  await page.getByTestId('observe-again').tap();
  await logs(page, id, 'pain', 'worse', 'Ont i höften');
  await expect(page.getByTestId('observation-kept').getByTestId('told')).toContainText('OSL 10:1');
  await stina.sync();
  for (const tablet of [eva, anna]) {
    await tablet.sync();
    const { observations } = await tablet.call('person', { person: id });
    expect(observations.map(({ words }) => words)).toEqual(['Ont i höften', 'Satt på golvet']);
    expect(observations.every(({ source, told }) => source && told.every(({ basis }) => basis === 'consent_osl101'))).toBe(true);
  }
  const hers = await pageOf(eva);
  await go(hers, '#/todo');
  await expect(hers.getByTestId('todo-item').filter({ hasText: 'Satt på golvet' })).toHaveCount(1);

  // Ended, it stays again.
  await page.getByTestId('end-telling').tap();
  await page.getByTestId('end-telling-sheet-do').tap();
  await expect(page.getByTestId('telling-stands')).toHaveCount(0);
  await page.getByTestId('observe-again').tap();
  await logs(page, id, 'sleep', 'worse', 'Vaken hela natten');
  await expect(page.getByTestId('observation-kept').getByTestId('not-told')).toBeVisible();
});

// AC66: telling goes by keys alone, and the focus comes back to where it was asked.
test('Stina tells by keys alone', async ({ world, pageOf }) => {
  const stina = await world.tablet('stina', 'Norr 2');
  const page = await pageOf(stina);
  const { id } = await stina.person('Mirko Petrović');
  await go(page, `#/observe/${id}`);
  await page.getByTestId('tell').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('tell-sheet')).toBeVisible();
  await page.getByTestId('telling-basis-duty').focus();
  await page.keyboard.press('Space');
  await page.getByTestId('tell-sheet-do').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('telling-stands')).toContainText('skyldighet');
});
