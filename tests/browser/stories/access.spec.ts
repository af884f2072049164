// What the person decides about their data, seen from the tablets of those who care for them.
import { broken } from '../harness/axe';
import { expect, test, type Page } from '../harness/stories';
import { choose, press, tabTo } from '../harness/keys';
import { go } from '../harness/screens';

const NEWS = { timeout: 30_000 };

/** One answer of a question that is asked with large tiles. */
const answer = (page: Page, question: string, value: string) => page.getByTestId(question).locator(`input[value="${value}"]`).check();

async function nurses(world: Parameters<Parameters<typeof test>[2]>[0]['world']) {
  const eva = await world.tablet('eva', 'Väst 3');
  const maja = await world.newcomer('Maja Nord', 'Rehab Söder', 'Söder 1');
  return { eva, maja };
}

// AC10: Maja takes no part in Karin Strand's care. The page asks her why before it shows anything, opens with her answer, and the
// answer is in the log.
test('who takes no part in the care says why, and then the page opens', async ({ world, pageOf, watch }) => {
  watch.expects(/status of 422/);
  const maja = await world.newcomer('Maja Nord', 'Rehab Söder', 'Söder 1');
  const page = await pageOf(maja);
  const { id } = await maja.person('Karin Strand');
  await go(page, `#/person/${id}`);
  await expect(page.getByTestId('relation-question')).toContainText('Varför deltar du i vården?');
  await expect(page.getByTestId('person-page')).toHaveCount(0);
  await expect(page.getByTestId('visits')).toHaveCount(0);
  const open = page.getByTestId('relation-open');
  await answer(page, 'relation-reason', 'asked');
  await expect(open, 'without words it stays closed').toBeDisabled();
  await page.getByTestId('relation-words').fill('Eva Lind bad mig titta på gången.');
  await open.click();
  await expect(page.getByTestId('person-page')).toBeVisible();
  await expect(page.getByTestId('visit-row')).toHaveCount(2);
  const { relation_until } = await maja.call('access_state', { person: id });
  expect(new Date(relation_until ?? 0).getTime() - Date.now(), 'the shortest time that is offered').toBeLessThanOrEqual(24 * 3600_000);
  const { looks } = await maja.call('who_looked', { person: id });
  expect(looks.map(({ action }) => action)).toEqual(expect.arrayContaining(['denied', 'legal_act', 'read']));
});

// AC17, AC31, AC35: the talk informs first; only then a yes is taken, with what it covers and until when; it is taken back as easily.
test('Eva informs Sigrid Öberg, records her yes, and takes it back when she changes her mind', async ({ world, pageOf }) => {
  const eva = await world.tablet('eva', 'Väst 3');
  const page = await pageOf(eva);
  const { id } = await eva.person('Sigrid Öberg');
  await go(page, `#/person/${id}`);
  await page.getByTestId('their-rights').getByTestId('to-access').click();
  await expect(page.getByTestId('consents')).toContainText('Inget samtycke');
  await page.getByTestId('to-talk').click();
  await expect(page.getByTestId('inform-first')).toBeVisible();
  await expect(page.getByTestId('talk-answers'), 'nothing is asked before the person is informed').toHaveCount(0);
  await answer(page, 'talk-told', 'person');
  await page.getByTestId('talk-informed').click();
  await expect(page.getByTestId('informed-sharing')).toBeVisible();

  await answer(page, 'talk-answers', 'self');
  const keep = page.getByTestId('talk-keep');
  await expect(keep).toBeDisabled();
  await page.getByTestId('talk-class-health').check();
  await expect(keep, 'no end, no consent').toBeDisabled();
  await answer(page, 'talk-until', '6');
  await keep.click();
  await expect(page.getByTestId('talk-kept')).toBeVisible();
  const state = await eva.call('access_state', { person: id });
  expect(state.informed.map(({ what }) => what).sort()).toEqual(['rights', 'sharing']);
  expect(state.consents.map(({ classes, givers, by }) => [classes, givers, by.name])).toEqual([[['health'], [], 'Eva Lind']]);

  await page.getByTestId('to-access').click();
  await expect(page.getByTestId('consent')).toContainText('Vård, till och med');
  await page.getByTestId('withdraw-consent').click();
  await page.getByTestId('withdraw-consent-sheet-do').click();
  await expect(page.getByTestId('consents')).toContainText('Inget samtycke');
});

// AC34: nobody consents for somebody who cannot decide; the three judgements are kept, and all three are needed.
test('for somebody who cannot decide, Eva records the three judgements', async ({ world, pageOf }) => {
  const eva = await world.tablet('eva', 'Väst 3');
  const page = await pageOf(eva);
  const { id } = await eva.person('Agda Lundgren');
  await eva.call('inform', { person: id, what: 'sharing', told: 'representative' });
  await go(page, `#/consent/${id}`);
  await answer(page, 'talk-answers', 'cannot');
  const keep = page.getByTestId('talk-assess-do');
  await page.getByTestId('talk-explored').fill('Samtal med dottern och hemtjänsten.');
  await page.getByTestId('talk-attitude').fill('Har alltid velat att alla vet samma sak.');
  await expect(keep).toBeDisabled();
  await page.getByTestId('talk-unopposed').fill('Inget har sagts som tyder på det.');
  await keep.click();
  await expect(page.getByTestId('talk-capacity')).toContainText('inte kunna ta ställning');
  await answer(page, 'talk-answers', 'self');
  await expect(page.getByTestId('talk-unable')).toBeVisible();
  await expect(page.getByTestId('talk-keep'), 'no yes is offered').toHaveCount(0);
});

// AC32: the person's no counts at once, and is taken back as easily.
test('a no is recorded as an objection and taken back', async ({ world, pageOf }) => {
  const eva = await world.tablet('eva', 'Väst 3');
  const page = await pageOf(eva);
  const { id } = await eva.person('Bertil Hägg');
  await go(page, `#/access/${id}`);
  await page.getByTestId('add-objection').click();
  await page.getByTestId('objection-sheet-do').click();
  await expect(page.getByTestId('objection')).toContainText('vill inte att uppgifter delas');
  await page.getByTestId('withdraw-objection').click();
  await page.getByTestId('withdraw-objection-sheet-do').click();
  await expect(page.getByTestId('objection')).toHaveCount(0);
});

// AC18: Bertil is told of the quality registers, and says no when asked; his no stands on the page and is taken back as easily.
test('a person is told of quality registers, declines them, and may change his mind', async ({ world, pageOf }) => {
  const eva = await world.tablet('eva', 'Väst 3');
  const page = await pageOf(eva);
  const { id } = await eva.person('Bertil Hägg');
  await go(page, `#/access/${id}`);
  await expect(page.getByTestId('registers-not-informed')).toContainText('Inget rapporteras');
  await page.getByTestId('tell-registers').click();
  const told = page.getByTestId('tell-registers-sheet');
  await expect(told).toContainText('Senior Alert');
  await expect(page.getByTestId('tell-registers-sheet-do'), 'who was told is never guessed').toBeDisabled();
  expect(await broken(page, 'light')).toEqual([]);
  await answer(page, 'registers-told', 'person');
  await page.getByTestId('tell-registers-sheet-do').click();
  await expect(page.getByTestId('registers-informed')).toContainText('får rapporteras');

  await page.getByTestId('decline-registers').click();
  await answer(page, 'registers-told', 'person');
  await page.getByTestId('decline-registers-sheet-do').click();
  await expect(page.getByTestId('registers-declined')).toContainText('vill inte vara med');
  const { registers_declined } = await eva.call('access_state', { person: id });
  expect(registers_declined).not.toBeNull();
  expect(await broken(page, 'light')).toEqual([]);

  await page.getByTestId('allow-registers').click();
  await page.getByTestId('allow-registers-sheet-do').click();
  await expect(page.getByTestId('registers-informed')).toBeVisible();
});

// AC13, AC33: a block that Eva sets takes the visit off the screen on which Maja of another unit reads it, as soon as her tablet
// hears of it; she is told that something is blocked, not by whom, and cannot lift it. Eva's lift brings it back.
test('a block hides at once what a colleague of another unit has on the screen', async ({ world, pageOf, watch }) => {
  watch.expects(/status of 422/);
  const { eva, maja } = await nurses(world);
  const { id } = await eva.person('Tolvar Nilsson');
  await maja.call('declare_relation', { person: id, reason: 'care', words: 'Gångträning', days: 7 });
  const hers = await pageOf(maja);
  const read = (await maja.call('person', { person: id })).visits.find(({ state }) => state === 'done');
  await go(hers, `#/visit/${read?.visit}`);
  await expect(hers.getByTestId('section-sign')).toBeVisible();

  const page = await pageOf(eva);
  await go(page, `#/access/${id}`);
  await page.getByTestId('set-block').click();
  const sure = page.getByTestId('set-block-sheet');
  await expect(sure).toContainText('vet mindre');
  await expect(page.getByTestId('set-block-sheet-do'), 'what is blocked is never guessed').toBeDisabled();
  await answer(page, 'block-bound', 'inner');
  await page.getByTestId('set-block-sheet-do').click();
  await expect(page.getByTestId('block')).toContainText('Mobila teamet');
  await eva.sync();
  await maja.sync();

  await expect(hers.getByTestId('section-sign')).toHaveCount(0, NEWS);
  await expect(hers.getByTestId('person-header')).toHaveCount(0);
  await expect(hers.getByRole('alert'), 'and says so').toBeVisible();
  await go(hers, `#/access/${id}`);
  await expect(hers.getByTestId('blocked-elsewhere')).toBeVisible();
  await expect(hers.getByTestId('lift-block')).toHaveCount(0);
  await expect(hers.locator('main')).not.toContainText('Mobila teamet');
  await go(hers, `#/person/${id}`);
  await expect(hers.getByTestId('blocked')).toBeVisible();
  await expect(hers.getByTestId('visit-row')).toHaveCount(0);
  await expect(hers.locator('main')).not.toContainText('Mobila teamet');

  await page.getByTestId('lift-block').click();
  await expect(page.getByTestId('lift-block-sheet-do')).toBeDisabled();
  await answer(page, 'lift-how', 'consent');
  await page.getByTestId('lift-block-sheet-do').click();
  await expect(page.getByTestId('block')).toHaveCount(0);
  await eva.sync();
  await maja.sync();
  await expect(hers.getByTestId('visit-row').first()).toBeVisible(NEWS);
  await expect(hers.getByTestId('blocked')).toHaveCount(0);
});

// AC14, AC20: in an emergency the danger in words shows the units only; what is chosen opens for the hours that are chosen, for
// reading; the end stands on every page of the person; both steps are in the list of who has looked.
test('Maja opens what is blocked in an emergency, in two steps', async ({ world, pageOf, watch }) => {
  watch.expects(/status of 422/);
  const { eva, maja } = await nurses(world);
  const { id } = await eva.person('Tolvar Nilsson');
  await maja.call('declare_relation', { person: id, reason: 'care', words: 'Gångträning', days: 7 });
  await eva.call('block', { person: id, bound: 'inner', voice: 'person' });
  await eva.sync();
  await maja.sync();
  const page = await pageOf(maja);
  await go(page, `#/access/${id}`);
  await page.getByTestId('to-emergency').click();
  await expect(page.getByTestId('emergency-page')).not.toContainText('Mobila teamet');
  const show = page.getByTestId('emergency-units');
  await expect(show, 'no danger, no units').toBeDisabled();
  await page.getByTestId('emergency-danger').fill('Medvetslös, okända läkemedel');
  await show.click();
  const second = page.getByTestId('emergency-second');
  await expect(second).toContainText('Mobila teamet');
  await expect(second).toBeFocused();
  expect((await maja.call('person', { person: id })).visits, 'the first step opens nothing').toEqual([]);
  const open = page.getByTestId('emergency-open');
  await second.getByRole('checkbox').check();
  await expect(open, 'for how long is never guessed').toBeDisabled();
  await answer(page, 'emergency-hours', '2');
  await open.click();
  await expect(page.getByTestId('emergency-done')).toContainText('Öppnat till');
  await page.getByTestId('emergency-to-person').click();
  await expect(page.getByTestId('emergency-mark')).toContainText('Bara för läsning');
  await page.getByTestId('visit-row').first().getByRole('link').click();
  await expect(page.getByTestId('section-sign')).toBeVisible();
  await expect(page.getByTestId('emergency-mark')).toBeVisible();
  await expect(page.getByTestId('edit-visit'), 'for reading only').toHaveCount(0);

  // The log names units: a block that stands between her and them keeps it shut, and says so.
  await go(page, `#/access/${id}`);
  await expect(page.getByTestId('may-not-see-log')).toContainText('En annan enhet har spärrat uppgifter');
  // Eva is told of no such way, since nothing is blocked for her.
  const hers = await pageOf(eva);
  await go(hers, `#/emergency/${id}`);
  await expect(hers.getByTestId('may-not-open')).toContainText('Inget är spärrat för dig');
  // She sees on her own tablet what was opened on Maja's.
  await go(hers, `#/looked/${id}`);
  await expect(hers.getByTestId('looked-limits')).toContainText('Allt som servern vet');
  await expect(hers.locator('[data-testid="look"][data-action="emergency"]')).toHaveCount(2);
  await expect(hers.locator('[data-testid="look"][data-action="emergency"]').first()).toContainText('Nödläge');
});

// AC40: home help sees that it may neither block nor open, and whom to ask.
test('home help is not offered what it may not do, and is told whom to ask', async ({ world, pageOf }) => {
  const stina = await world.tablet('stina', 'Norr 2');
  const page = await pageOf(stina);
  const { id } = await stina.person('Tolvar Nilsson');
  await go(page, `#/access/${id}`);
  await expect(page.getByTestId('may-not-block')).toContainText('sjuksköterska');
  await page.getByTestId('set-block').click();
  await expect(page.getByTestId('block-bound-inner')).toHaveCount(0);
  await expect(page.getByTestId('block-bound-outer')).toBeChecked();
  await page.getByTestId('close-sheet').click();
  await expect(page.getByTestId('to-emergency')).toHaveCount(0);
  await expect(page.getByTestId('may-not-open')).toBeVisible();
});

// AC10: a visit shows by itself that one takes part in the care, so Maja is asked why before it is planned. Her answer plans it, with what
// she had typed, and going back loses none of it.
test('Maja says why before she plans a visit to a stranger', async ({ world, pageOf, watch }) => {
  watch.expects(/status of 422/);
  const maja = await world.newcomer('Maja Nord', 'Rehab Söder', 'Söder 1');
  const page = await pageOf(maja);
  const { id } = await maja.person('Karin Strand');
  await go(page, '#/round');
  await page.getByTestId('add-visit').click();
  await page.getByTestId('search-input').fill('Karin Strand');
  await page.getByTestId('search-hit').first().click();
  await page.getByTestId('visit-reason').fill('Gångträning');
  await page.getByTestId('visit-add').click();
  await expect(page.getByTestId('relation-question')).toContainText('Säg först varför du deltar i vården.');
  await page.getByTestId('relation-back').click();
  await expect(page.getByTestId('visit-reason')).toHaveValue('Gångträning');
  await page.getByTestId('visit-add').click();
  await answer(page, 'relation-reason', 'care');
  await page.getByTestId('relation-words').fill('Remiss från Eva Lind.');
  await page.getByTestId('relation-open').click();
  await expect(page.getByTestId('add-visit-sheet')).toBeHidden();
  const { rows } = await maja.call('round', { day: null });
  expect(rows.map(({ reason }) => reason)).toEqual(['Gångträning']);
  const { relation_until } = await maja.call('access_state', { person: id });
  expect(relation_until).not.toBeNull();
  const { looks } = await maja.call('who_looked', { person: id });
  expect(looks.map(({ action, kind }) => [action, kind])).toContainEqual(['denied', 'round']);
});

// AC6: a copy is handed out with the name of who gets it, and the record says so.
test('Eva hands out a copy', async ({ world, pageOf }) => {
  const eva = await world.tablet('eva', 'Väst 3');
  const page = await pageOf(eva);
  const { id } = await eva.person('Tolvar Nilsson');
  await go(page, `#/person/${id}`);
  await page.getByTestId('hand-out').click();
  await expect(page.getByTestId('hand-out-do')).toBeDisabled();
  await page.getByTestId('hand-out-to').fill('Tolvar Nilsson själv');
  await page.getByTestId('hand-out-do').click();
  await expect(page.getByTestId('handed-out')).toContainText('Utlämnad till Tolvar Nilsson själv av Eva');
  await expect(page.getByRole('heading', { level: 1 }), 'readers hear what came').toBeFocused();
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByTestId('handed-out')).toBeVisible();
  await expect(page.getByTestId('print')).toBeHidden();
  await page.emulateMedia({ media: 'screen' });
  const [visit] = (await eva.call('person', { person: id })).visits;
  const { handed_out } = await eva.call('visit', { visit: visit?.visit ?? '' });
  expect(handed_out.map(({ to }) => to)).toEqual(['Tolvar Nilsson själv']);
});

// AC6, AC26, AC63: the sheet has the fixed care contact and the doctor with their numbers; on paper nothing else of the app stands, all of
// the sheet does, and the print is in the log before the printer has it.
test('the sheet on paper has whom to ring first, and its print is logged', async ({ world, pageOf }) => {
  const eva = await world.tablet('eva', 'Väst 3');
  const page = await pageOf(eva);
  const { id } = await eva.person('Tolvar Nilsson');
  await go(page, `#/sheet/${id}`);
  const { contacts } = await eva.call('person', { person: id });
  for (const relation of ['fast_vardkontakt', 'fast_lakarkontakt']) {
    const known = contacts.find((contact) => contact.relation === relation);
    expect(known?.phone).toBeTruthy();
    await expect(page.getByTestId(`sheet-${relation}`)).toContainText(known?.name ?? '');
    await expect(page.getByTestId(`sheet-${relation}`)).toContainText(known?.phone ?? '');
  }
  await page.evaluate(() => { window.print = () => { document.documentElement.dataset['printed'] = 'yes'; }; });
  await page.getByTestId('print').click();
  await expect(page.locator('html[data-printed="yes"]')).toBeAttached();
  const { looks } = await eva.call('who_looked', { person: id });
  expect(looks.map(({ action, kind }) => [action, kind])).toContainEqual(['print', 'sheet']);

  await page.emulateMedia({ media: 'print' });
  await expect(page.getByTestId('paper')).toBeVisible();
  await expect(page.getByTestId('print')).toBeHidden();
  await expect(page.getByTestId('status-line')).toBeHidden();
  await expect(page.getByTestId('nav-search')).toBeHidden();
  const cut = await page.locator('main').evaluate((main) => getComputedStyle(main).overflowY !== 'visible');
  expect(cut, 'what is longer than the screen goes on over the next sheet').toBe(false);
});

// AC61: on the sheet of somebody with protected data stand no address, no relatives and no number of theirs.
test('the sheet of a protected person says so and names no place', async ({ world, pageOf }) => {
  const eva = await world.tablet('eva', 'Väst 3');
  const page = await pageOf(eva);
  const { id } = await eva.person('Märta Falk');
  await go(page, `#/sheet/${id}`);
  await expect(page.getByTestId('paper')).toContainText('Skyddade uppgifter');
  const { identity } = (await eva.call('person', { person: id })).brief;
  if (identity) await expect(page.getByTestId('paper')).not.toContainText(identity);
  await expect(page.getByRole('heading', { name: 'Fler kontakter' })).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Adress' })).toHaveCount(0);
});

// AC60: Stina's observation that was told to the nurse's unit shows the nurse on what legal basis.
test('Eva sees on what legal basis an observation was told to her unit', async ({ world, pageOf }) => {
  const eva = await world.tablet('eva', 'Väst 3');
  const stina = await world.tablet('stina', 'Norr 2');
  const { id } = await stina.person('Tolvar Nilsson');
  await stina.call('observe', { person: id, tiles: [{ what: 'gait', degree: 'worse' }], words: 'Vinglig' });
  await stina.sync();
  await eva.sync();
  const page = await pageOf(eva);
  await go(page, `#/person/${id}`);
  const seen = page.getByTestId('observations').getByRole('listitem').filter({ hasText: 'Vinglig' });
  await expect(seen.getByTestId('told')).toHaveCount(1);
  await expect(seen.getByTestId('told')).toContainText('Mobila teamet');
  await expect(seen.getByTestId('told')).toContainText('OSL 10:1');
  await expect(seen.getByTestId('told-source')).toBeVisible();
});

// AC66: the question and the two steps of an emergency go by keys alone, and the focus follows.
test('Maja says why and opens in an emergency by keys alone', async ({ world, pageOf, watch }) => {
  watch.expects(/status of 422/);
  const { eva, maja } = await nurses(world);
  const { id } = await eva.person('Tolvar Nilsson');
  await eva.call('block', { person: id, bound: 'inner', voice: 'person' });
  await eva.sync();
  await maja.call('declare_relation', { person: id, reason: 'care', words: 'Gångträning', days: 1 });
  await maja.sync();
  const page = await pageOf(maja);
  const karin = await maja.person('Karin Strand');
  await go(page, `#/person/${karin.id}`);
  await choose(page, page.getByTestId('relation-reason'), 'work');
  await tabTo(page, page.getByTestId('relation-words'));
  await page.keyboard.type('Granskar ett klagomål.');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('person-page')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'Karin Strand' })).toBeFocused();

  await go(page, `#/emergency/${id}`);
  await tabTo(page, page.getByTestId('emergency-danger'));
  await page.keyboard.type('Medvetslös');
  await press(page, page.getByTestId('emergency-units'));
  const second = page.getByTestId('emergency-second');
  await expect(second).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(second.getByRole('checkbox')).toBeFocused();
  await page.keyboard.press('Space');
  await choose(page, page.getByTestId('emergency-hours'), '1');
  await press(page, page.getByTestId('emergency-open'));
  await expect(page.getByTestId('emergency-done')).toBeVisible();
  await press(page, page.getByTestId('emergency-to-person'));
  await expect(page.getByTestId('emergency-mark')).toBeVisible();
});
