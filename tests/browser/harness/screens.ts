// Every screen, with what to tap to have all of it in sight.
import type { Settings } from './api';
import type { House } from './house';
import { expect, type Page } from './stories';
import { PIN, type Tablet } from './world';

type Who = 'eva' | 'omar' | 'anna' | 'stina' | 'lena' | 'maja' | 'box';

export interface Screen {
  name: string;
  /** Whose tablet shows it. */
  who: Who;
  /** Goes there from anywhere, and waits until it stands. */
  open: (page: Page, house: House) => Promise<void>;
  /** It cannot follow the settings: it is shown where they cannot be read. */
  plain?: boolean;
}

/** Goes to an address of the interface. */
export async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => { location.hash = to; }, hash);
}

const at = (page: Page, testid: string) => page.getByTestId(testid);

async function tap(page: Page, testid: string): Promise<void> {
  await at(page, testid).first().click();
}

async function seen(page: Page, testid: string): Promise<void> {
  await expect(at(page, testid).first()).toBeVisible();
}

async function round(page: Page): Promise<void> {
  await go(page, '#/round');
  await seen(page, 'round-row');
}

/** Locks the tablet, unless the story before has. */
async function locked(page: Page): Promise<void> {
  await expect(at(page, 'lock-form').or(at(page, 'status-line')).first()).toBeVisible();
  if (await at(page, 'lock-form').isVisible()) return;
  await go(page, '#/settings');
  await tap(page, 'lock-now');
  await seen(page, 'lock-form');
}

async function rowOf(page: Page, tablet: Tablet, name: string): Promise<void> {
  const { day, row } = await tablet.row(name);
  await go(page, `#/round/${day}/${row}`);
  await seen(page, 'round-detail');
  await expect(at(page, 'round-detail').getByTestId('call').first()).toBeVisible();
}

async function visitOf(page: Page, tablet: Tablet, name: string): Promise<void> {
  const { visit } = await tablet.row(name);
  await go(page, `#/visit/${visit}`);
  await seen(page, 'section-sign');
}

async function personOf(page: Page, tablet: Tablet, name: string): Promise<void> {
  const { id } = await tablet.person(name);
  await go(page, `#/person/${id}`);
  await seen(page, 'person-page');
}

/** A page that stands at `#/NAME/PERSON`. */
async function pageOf(page: Page, tablet: Tablet, where: string, name: string): Promise<void> {
  const { id } = await tablet.person(name);
  await go(page, `#/${where}/${id}`);
  await seen(page, `${where}-page`);
}

/** What others have of a person, asked for. */
async function elsewhere(page: Page, tablet: Tablet, name: string): Promise<void> {
  await pageOf(page, tablet, 'elsewhere', name);
  await tap(page, 'elsewhere-ask');
}

async function observe(page: Page, tablet: Tablet, name: string): Promise<void> {
  const { id } = await tablet.person(name);
  await go(page, `#/observe/${id}`);
  await seen(page, 'observe-food_drink');
}

let attempt = 0;

export const SCREENS: Screen[] = [
  { name: 'round', who: 'eva', open: (page) => round(page) },
  { name: 'round-row', who: 'eva', open: (page, house) => rowOf(page, house.eva, 'Tolvar Nilsson') },
  {
    name: 'round-order', who: 'eva',
    open: async (page) => { await round(page); await tap(page, 'change-order'); await seen(page, 'move-down'); },
  },
  {
    name: 'round-day', who: 'eva',
    open: async (page) => { await round(page); await tap(page, 'day-picker'); await seen(page, 'day-picker-sheet'); },
  },
  {
    name: 'round-edit', who: 'eva',
    open: async (page, house) => { await rowOf(page, house.eva, 'Tolvar Nilsson'); await tap(page, 'edit-row'); await seen(page, 'edit-row-sheet'); },
  },
  {
    name: 'round-cancel', who: 'eva',
    open: async (page, house) => { await rowOf(page, house.eva, 'Tolvar Nilsson'); await tap(page, 'cancel-visit'); await seen(page, 'cancel-sheet'); },
  },
  {
    name: 'add-visit', who: 'eva',
    open: async (page) => {
      await round(page);
      await tap(page, 'add-visit');
      await at(page, 'search-input').fill('Ceder');
      await seen(page, 'search-hit');
    },
  },
  {
    name: 'add-visit-why', who: 'eva',
    open: async (page) => {
      await round(page);
      await tap(page, 'add-visit');
      await at(page, 'search-input').fill('Ceder');
      await tap(page, 'search-hit');
      await tap(page, 'visit-acute');
      await seen(page, 'visit-called-by');
      await at(page, 'visit-start').fill('99');
    },
  },
  {
    name: 'search', who: 'eva',
    open: async (page) => { await go(page, '#/search'); await at(page, 'search-input').fill('berg'); await seen(page, 'search-hit'); },
  },
  {
    name: 'add-person', who: 'eva',
    open: async (page) => {
      await go(page, '#/person/new');
      await at(page, 'given-name').fill('Tolvar');
      await at(page, 'family-name').fill('Nilsson');
      await at(page, 'identity').fill('19121212-1212');
      await seen(page, 'duplicates');
    },
  },
  {
    name: 'add-person-wrong-number', who: 'eva',
    open: async (page) => {
      await go(page, '#/person/new');
      await at(page, 'identity').fill('19121212-1213');
      await expect(page.getByRole('alert')).toBeVisible();
    },
  },
  { name: 'person', who: 'eva', open: (page, house) => personOf(page, house.eva, 'Tolvar Nilsson') },
  { name: 'person-protected', who: 'eva', open: (page, house) => personOf(page, house.eva, 'Märta Falk') },
  {
    name: 'person-details', who: 'eva',
    open: async (page, house) => { await personOf(page, house.eva, 'Tolvar Nilsson'); await tap(page, 'edit-details'); },
  },
  {
    name: 'person-contact', who: 'eva',
    open: async (page, house) => { await personOf(page, house.eva, 'Tolvar Nilsson'); await tap(page, 'add-contact'); await seen(page, 'add-contact-sheet'); },
  },
  {
    name: 'visit', who: 'eva',
    open: async (page, house) => {
      await visitOf(page, house.eva, 'Tolvar Nilsson');
      await tap(page, 'cfs-tree-open');
      await tap(page, 'checklist-open');
      await seen(page, 'check-use');
      await seen(page, 'tree-terminal');
    },
  },
  {
    name: 'visit-under-way', who: 'eva',
    open: async (page, house) => { await visitOf(page, house.eva, 'Ingegerd Sandell'); await seen(page, 'note'); },
  },
  {
    name: 'visit-history', who: 'eva',
    open: async (page, house) => { await visitOf(page, house.eva, 'Ingegerd Sandell'); await tap(page, 'history-cfs'); await seen(page, 'history-sheet'); },
  },
  {
    name: 'visit-sign', who: 'eva',
    open: async (page, house) => { await visitOf(page, house.eva, 'Ingegerd Sandell'); await tap(page, 'sign'); await seen(page, 'sign-sheet'); },
  },
  { name: 'visit-signed', who: 'eva', open: async (page, house) => { await visitOf(page, house.eva, 'Gunvor Åkesson'); await seen(page, 'signature'); } },
  {
    name: 'visit-conflict', who: 'eva',
    open: async (page, house) => {
      await visitOf(page, house.eva, 'Agda Lundgren');
      await seen(page, 'take-candidate-1');
      await tap(page, 'third-answer');
      await seen(page, 'third-choice');
    },
  },
  {
    name: 'visit-unkept', who: 'eva',
    open: async (page, house) => {
      await page.route('**/api/call', async (route) => {
        if (route.request().postData()?.includes('"edit"')) {
          await route.fulfill({ status: 422, json: { code: 'storage.full', params: {}, message: 'Det finns ingen plats kvar på surfplattan. Texten står kvar.' } });
        } else await route.continue();
      });
      await visitOf(page, house.eva, 'Sigrid Öberg');
      // Other words each time: those that failed are kept after all when the page is left.
      await at(page, 'visit-note').fill(`Sover bättre sedan nedtrappningen började. ${(attempt += 1)}`);
      await at(page, 'visit-note').blur();
      await seen(page, 'failed-drafts');
    },
  },
  { name: 'todo', who: 'eva', open: async (page) => { await go(page, '#/todo'); await seen(page, 'todo-item'); } },
  { name: 'sync', who: 'eva', open: async (page) => { await go(page, '#/sync'); await seen(page, 'disagreement-item'); } },
  { name: 'sync-offline', who: 'omar', open: async (page) => { await go(page, '#/sync'); await seen(page, 'waiting-item'); } },
  {
    name: 'sync-unknown', who: 'omar',
    open: async (page) => {
      // What the companion answers after the server was restored from a backup older than the tablet's enrolment.
      await page.route('**/api/call', async (route) => {
        if (!route.request().postData()?.includes('"sync_page"')) return route.continue();
        const answer = await route.fetch();
        const unknown = { code: 'device.unknown', params: {}, message: '' };
        return route.fulfill({ response: answer, json: { ...(await answer.json() as object), last_failure: unknown } });
      });
      // The page may be open already, and asks only when it is opened.
      await go(page, '#/settings');
      await seen(page, 'about');
      await go(page, '#/sync');
      await seen(page, 'reconnect-submit');
    },
  },
  { name: 'settings', who: 'eva', open: async (page) => { await go(page, '#/settings'); await seen(page, 'about'); } },
  {
    name: 'change-pin', who: 'eva',
    open: async (page) => { await go(page, '#/settings'); await tap(page, 'change-pin'); await seen(page, 'change-pin-old'); },
  },
  {
    name: 'remove-user', who: 'omar',
    open: async (page) => {
      await go(page, '#/settings');
      await tap(page, 'remove-me');
      await tap(page, 'remove-user-confirm');
      await seen(page, 'remove-user-failure');
    },
  },
  {
    name: 'locked', who: 'lena',
    open: (page) => locked(page),
  },
  {
    name: 'no-pin', who: 'lena',
    open: async (page) => {
      await locked(page);
      // Too short to be one: it costs no try.
      await at(page, 'lock-pin').fill('4073');
      await tap(page, 'lock-submit');
      await seen(page, 'lock-failure');
    },
  },
  { name: 'nowhere', who: 'eva', open: async (page) => { await go(page, '#/vilse'); await expect(page.locator('main h1')).toBeVisible(); } },

  { name: 'home-help-list', who: 'stina', open: async (page) => { await go(page, '#/round'); await seen(page, 'round-summary'); } },
  { name: 'home-help-person', who: 'stina', open: (page, house) => personOf(page, house.stina, 'Tolvar Nilsson') },
  { name: 'observe', who: 'stina', open: (page, house) => observe(page, house.stina, 'Tolvar Nilsson') },
  {
    name: 'observe-degree', who: 'stina',
    open: async (page, house) => { await observe(page, house.stina, 'Tolvar Nilsson'); await tap(page, 'observe-sleep'); await seen(page, 'degree-worse'); },
  },
  {
    name: 'observe-words', who: 'stina',
    open: async (page, house) => {
      await observe(page, house.stina, 'Tolvar Nilsson');
      await tap(page, 'observe-sleep');
      await tap(page, 'degree-much_worse');
      await seen(page, 'observe-done');
    },
  },
  {
    name: 'observe-kept', who: 'stina',
    open: async (page, house) => {
      await observe(page, house.stina, 'Elsa Bergström');
      await tap(page, 'observe-mood');
      await tap(page, 'degree-worse');
      await tap(page, 'observe-done');
      await seen(page, 'observation-kept');
    },
  },

  {
    name: 'observe-not-told', who: 'stina',
    open: async (page, house) => {
      await observe(page, house.stina, 'Mirko Petrović');
      await tap(page, 'observe-fall');
      await tap(page, 'degree-much_worse');
      await tap(page, 'observe-done');
      await seen(page, 'telling-grave');
    },
  },
  {
    name: 'observe-tell', who: 'stina',
    open: async (page, house) => {
      await observe(page, house.stina, 'Mirko Petrović');
      await tap(page, 'tell');
      await seen(page, 'tell-sheet');
    },
  },
  {
    name: 'observe-end-telling', who: 'stina',
    open: async (page, house) => {
      await observe(page, house.stina, 'Tolvar Nilsson');
      await tap(page, 'end-telling');
      await seen(page, 'end-telling-sheet');
    },
  },

  { name: 'doctor', who: 'anna', open: async (page) => { await go(page, '#/doctor'); await seen(page, 'inbox-item'); } },
  {
    name: 'reading', who: 'anna',
    open: async (page, house) => {
      const { id } = await house.anna.person('Ingegerd Sandell');
      await go(page, `#/reading/${id}`);
      await seen(page, 'answer-input');
    },
  },
  { name: 'doctor-visit', who: 'anna', open: (page, house) => visitOf(page, house.anna, 'Ingegerd Sandell') },

  { name: 'assessor-search', who: 'lena', open: async (page) => { await go(page, '#/search'); await at(page, 'search-input').fill('Nilsson'); await seen(page, 'search-hit'); } },
  { name: 'assessor-person', who: 'lena', open: (page, house) => personOf(page, house.lena, 'Tolvar Nilsson') },

  {
    name: 'hand-out', who: 'eva',
    open: async (page, house) => { await personOf(page, house.eva, 'Tolvar Nilsson'); await tap(page, 'hand-out'); await seen(page, 'hand-out-to'); },
  },
  {
    name: 'copy', who: 'eva',
    open: async (page, house) => {
      await personOf(page, house.eva, 'Karin Strand');
      await tap(page, 'hand-out');
      await at(page, 'hand-out-to').fill('Karin Strand själv');
      await tap(page, 'hand-out-do');
      await seen(page, 'handed-out');
    },
  },
  { name: 'access', who: 'eva', open: (page, house) => pageOf(page, house.eva, 'access', 'Tolvar Nilsson') },
  { name: 'access-none', who: 'eva', open: (page, house) => pageOf(page, house.eva, 'access', 'Sigrid Öberg') },
  { name: 'access-home-help', who: 'stina', open: (page, house) => pageOf(page, house.stina, 'access', 'Tolvar Nilsson') },
  {
    name: 'set-block', who: 'eva',
    open: async (page, house) => {
      await pageOf(page, house.eva, 'access', 'Sigrid Öberg');
      await tap(page, 'set-block');
      await seen(page, 'set-block-sheet');
    },
  },
  {
    name: 'lift-block', who: 'eva',
    open: async (page, house) => {
      await pageOf(page, house.eva, 'access', 'Tolvar Nilsson');
      await tap(page, 'lift-block');
      await seen(page, 'lift-block-sheet');
    },
  },
  { name: 'consent-inform', who: 'eva', open: (page, house) => pageOf(page, house.eva, 'consent', 'Sigrid Öberg') },
  {
    name: 'consent-yes', who: 'eva',
    open: async (page, house) => {
      await pageOf(page, house.eva, 'consent', 'Tolvar Nilsson');
      await at(page, 'talk-answers').locator('input[value="self"]').check();
      await seen(page, 'talk-keep');
      await at(page, 'talk-until').locator('input[value="6"]').check();
      await seen(page, 'talk-last-day');
    },
  },
  {
    name: 'consent-cannot', who: 'eva',
    open: async (page, house) => {
      await pageOf(page, house.eva, 'consent', 'Tolvar Nilsson');
      await at(page, 'talk-answers').locator('input[value="cannot"]').check();
      await seen(page, 'talk-explored');
    },
  },
  { name: 'looked', who: 'eva', open: (page, house) => pageOf(page, house.eva, 'looked', 'Tolvar Nilsson') },
  { name: 'sheet', who: 'eva', open: (page, house) => pageOf(page, house.eva, 'sheet', 'Tolvar Nilsson') },
  { name: 'elsewhere', who: 'eva', open: (page, house) => pageOf(page, house.eva, 'elsewhere', 'Tolvar Nilsson') },
  { name: 'elsewhere-exists', who: 'eva', open: async (page, house) => { await elsewhere(page, house.eva, 'Sigrid Öberg'); await seen(page, 'elsewhere-exists'); } },
  { name: 'elsewhere-found', who: 'eva', open: async (page, house) => { await elsewhere(page, house.eva, 'Tolvar Nilsson'); await seen(page, 'elsewhere-open'); } },
  {
    name: 'elsewhere-reading', who: 'eva',
    open: async (page, house) => {
      await elsewhere(page, house.eva, 'Tolvar Nilsson');
      await tap(page, 'elsewhere-open');
      await seen(page, 'elsewhere-part');
    },
  },
  {
    name: 'elsewhere-danger', who: 'eva',
    open: async (page, house) => {
      await elsewhere(page, house.eva, 'Bertil Hägg');
      await at(page, 'elsewhere-danger-words').fill('Medvetslös, okända läkemedel');
      await tap(page, 'elsewhere-danger-show');
      await seen(page, 'elsewhere-choice');
    },
  },
  {
    name: 'relation', who: 'maja',
    open: async (page, house) => {
      const { id } = await house.maja.person('Karin Strand');
      await go(page, `#/person/${id}`);
      await seen(page, 'relation-question');
    },
  },
  {
    name: 'add-visit-asked', who: 'maja',
    open: async (page) => {
      await go(page, '#/round');
      await tap(page, 'add-visit');
      await at(page, 'search-input').fill('Karin Strand');
      await tap(page, 'search-hit');
      await at(page, 'visit-reason').fill('Gångträning');
      await tap(page, 'visit-add');
      await seen(page, 'relation-question');
    },
  },
  { name: 'person-blocked', who: 'maja', open: (page, house) => personOf(page, house.maja, 'Elsa Bergström') },
  { name: 'access-blocked', who: 'maja', open: (page, house) => pageOf(page, house.maja, 'access', 'Elsa Bergström') },
  {
    name: 'emergency', who: 'maja',
    open: async (page, house) => {
      await pageOf(page, house.maja, 'emergency', 'Elsa Bergström');
      await at(page, 'emergency-danger').fill('Medvetslös, okända läkemedel');
      await tap(page, 'emergency-units');
      await seen(page, 'emergency-open');
    },
  },
  {
    name: 'person-emergency', who: 'maja',
    open: async (page, house) => { await personOf(page, house.maja, 'Mirko Petrović'); await seen(page, 'emergency-mark'); },
  },

  { name: 'enrol', who: 'box', open: (page) => seen(page, 'enrol-form') },
  {
    name: 'enrol-refused', who: 'box',
    open: async (page, house) => {
      await at(page, 'enrol-server').fill(house.world.server.url);
      await at(page, 'enrol-code').fill('AAAA-BBBB');
      await at(page, 'enrol-tablet').fill('Väst 9');
      await at(page, 'enrol-pin').fill(PIN);
      await at(page, 'enrol-pin-again').fill(PIN);
      await tap(page, 'enrol-submit');
      await seen(page, 'enrol-failure');
    },
  },
  {
    name: 'cannot-open', who: 'box', plain: true,
    open: async (page) => {
      // What the companion answers when the tablet's key cannot be read.
      await page.route('**/api/call', (route) => route.fulfill({
        status: 422, json: { code: 'key.unreadable', params: {}, message: 'Surfplattans nyckel går inte att läsa. Inget är borttaget.' },
      }));
      await page.reload();
      await expect(page.getByRole('heading', { name: 'Hemrond' })).toBeVisible();
      await expect(page.getByRole('button')).toBeVisible();
    },
  },
];

/** Wears a look: set through the page itself, as the settings page does, and read anew. */
export async function wear(page: Page, look: Settings): Promise<void> {
  // A handler under way ends first: it would answer a request that the page asks anew.
  await page.unrouteAll({ behavior: 'wait' });
  await keep(page, look);
  await page.reload();
  await expect(page.locator(`html[lang="${look.language}"][data-theme="${look.theme}"]`)).toBeAttached();
  await page.evaluate(async () => { await document.fonts.ready; });
}

/** Wears another look without reading the page anew: it asks how things stand, as it does when the tablet wakes. */
export async function change(page: Page, look: Settings): Promise<void> {
  // Kept, not put on the page alone: each news about the state brings what is kept back.
  await keep(page, look);
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect(page.locator(`html[lang="${look.language}"][data-theme="${look.theme}"]`)).toBeAttached();
}

async function keep(page: Page, look: Settings): Promise<void> {
  const ok = await page.evaluate(async (args) => {
    const response = await fetch('/api/call', {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ command: 'set_settings', args }),
    });
    return response.ok;
  }, look);
  expect(ok, 'the look is kept').toBe(true);
}

export const LANGUAGES = ['sv', 'en'] as const;
export const THEMES = ['light', 'dark', 'sun'] as const;
