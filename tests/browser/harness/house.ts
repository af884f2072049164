// A morning in the middle: everything that a screen can show stands somewhere in it.
import { World, type Tablet } from './world';

export class House {
  private constructor(
    readonly world: World,
    /** Nurse. Agda Lundgren's visit has two answers; Gunvor Åkesson's is signed; Ingegerd Sandell's asks the doctor. */
    readonly eva: Tablet,
    /** Nurse, offline with a change that waits. */
    readonly omar: Tablet,
    /** Doctor. */
    readonly anna: Tablet,
    /** Home help. */
    readonly stina: Tablet,
    /** Assessor. */
    readonly lena: Tablet,
    /** Nurse of another unit. Elsa Bergström's data is blocked for her; Mirko Petrović's she has opened in an emergency. */
    readonly maja: Tablet,
    /** Not enrolled. */
    readonly box: Tablet,
  ) {}

  static async furnish(): Promise<House> {
    const world = await World.start();
    const [eva, omar, anna, stina, lena] = await Promise.all([
      world.tablet('eva', 'Väst 3'), world.tablet('omar', 'Väst 4'), world.tablet('anna', 'Viken 1'),
      world.tablet('stina', 'Norr 2'), world.tablet('lena', 'Kontoret'),
    ]);
    const maja = await world.newcomer('Maja Nord', 'Rehab Söder', 'Söder 1');
    const known = ['Tolvar Nilsson', 'Sigrid Öberg', 'Bertil Hägg'];
    const ingrid = await world.neighbour(await Promise.all(known.map((name) => eva.person(name))));
    await ingrid.kill();
    const box = world.emptyTablet();
    await box.start();

    await disagree(eva, omar);
    await sign(eva);
    await ask(eva);
    await decide(eva, maja);
    await eva.sync();

    await omar.sync();
    await omar.call('set_offline', { offline: true });
    const { visit } = await omar.row('Sigrid Öberg');
    await write(omar, visit, 'Ringde systerdottern om nedtrappningen.');
    await Promise.all([anna.sync(), stina.sync(), lena.sync()]);
    const { id } = await lena.person('Tolvar Nilsson');
    await lena.call('declare_relation', { person: id, reason: 'care', words: 'Utreder hemtjänst.', days: 90 });
    return new House(world, eva, omar, anna, stina, lena, maja, box);
  }
}

/** Eva and Omar, both out of reach, answer the same question differently. */
async function disagree(eva: Tablet, omar: Tablet): Promise<void> {
  const { visit } = await eva.row('Agda Lundgren');
  for (const tablet of [eva, omar]) await tablet.call('set_offline', { offline: true });
  for (const [tablet, level] of [[eva, 7], [omar, 8]] as const) {
    const { document } = await tablet.call('visit', { visit });
    await tablet.call('edit', { document, edits: [{ edit: 'set', field: 'cfs.level', value: level }] });
  }
  for (const tablet of [eva, omar]) await tablet.call('set_offline', { offline: false });
  await eva.sync();
  await omar.sync();
  await eva.sync();
}

async function sign(eva: Tablet): Promise<void> {
  const { visit } = await eva.row('Gunvor Åkesson');
  await eva.call('set_visit_state', { visit, state: 'under_way', reason: null });
  await write(eva, visit, 'Blodtryck 140/80. Maken orkar mindre, samtal om avlastning.');
  await eva.call('set_visit_state', { visit, state: 'done', reason: null });
  await eva.call('sign', { visit });
}

async function ask(eva: Tablet): Promise<void> {
  const { visit } = await eva.row('Ingegerd Sandell');
  await eva.call('set_visit_state', { visit, state: 'under_way', reason: null });
  await write(eva, visit, 'Sover i stolen, vikten upp två kilo på en vecka.');
  await eva.call('add_note', { visit, kind: 'question', text: 'Ska vi öka furosemid till i morgon?' });
}

/** Tolvar Nilsson consents; Elsa Bergström and Mirko Petrović block Eva's unit, and Maja opens Mirko's data in an emergency. */
async function decide(eva: Tablet, maja: Tablet): Promise<void> {
  const [tolvar, elsa, mirko] = [await eva.person('Tolvar Nilsson'), await eva.person('Elsa Bergström'), await eva.person('Mirko Petrović')];
  for (const what of ['rights', 'sharing'] as const) await eva.call('inform', { person: tolvar.id, what, told: 'person' });
  const until = new Date(Date.now() + 300 * 24 * 3600_000).toISOString();
  await eva.call('consent', { person: tolvar.id, givers: [], classes: ['health', 'social'], until });
  await eva.call('object', { person: mirko.id, voice: 'person' });
  for (const { id } of [tolvar, elsa, mirko]) await eva.call('block', { person: id, bound: 'inner', voice: 'person' });
  await eva.sync();
  for (const { id } of [elsa, mirko]) {
    await maja.call('declare_relation', { person: id, reason: 'asked', words: 'Eva Lind bad om råd.', days: 7 });
  }
  await maja.sync();
  const asked = await maja.call('emergency_units', { person: mirko.id, reason: 'Medvetslös, okända läkemedel' });
  const units = asked.units.map(({ unit }) => unit);
  await maja.call('emergency_open', { person: mirko.id, units, reason: 'Medvetslös, okända läkemedel', hours: 24 });
  await maja.sync();
}

async function write(tablet: Tablet, visit: string, words: string): Promise<void> {
  const { document } = await tablet.call('visit', { visit });
  await tablet.call('edit', { document, edits: [{ edit: 'text', field: 'note', value: words }] });
}
