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
    /** Not enrolled. */
    readonly box: Tablet,
  ) {}

  static async furnish(): Promise<House> {
    const world = await World.start();
    const [eva, omar, anna, stina, lena] = await Promise.all([
      world.tablet('eva', 'Väst 3'), world.tablet('omar', 'Väst 4'), world.tablet('anna', 'Viken 1'),
      world.tablet('stina', 'Norr 2'), world.tablet('lena', 'Kontoret'),
    ]);
    const box = world.emptyTablet();
    await box.start();

    await disagree(eva, omar);
    await sign(eva);
    await ask(eva);
    await eva.sync();

    await omar.sync();
    await omar.call('set_offline', { offline: true });
    const { visit } = await omar.row('Sigrid Öberg');
    await write(omar, visit, 'Ringde systerdottern om nedtrappningen.');
    await Promise.all([anna.sync(), stina.sync(), lena.sync()]);
    return new House(world, eva, omar, anna, stina, lena, box);
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

async function write(tablet: Tablet, visit: string, words: string): Promise<void> {
  const { document } = await tablet.call('visit', { visit });
  await tablet.call('edit', { document, edits: [{ edit: 'text', field: 'note', value: words }] });
}
