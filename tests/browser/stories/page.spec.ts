// The page keeps to itself: it comes from the tablet, speaks to the tablet, and opens for one browser.
import { choose } from '../harness/keys';
import { go, wear } from '../harness/screens';
import { expect, test } from '../harness/stories';
import { PIN } from '../harness/world';

test('the page comes with a policy that allows only itself', async ({ house }) => {
  const { eva } = house;
  for (const path of ['/', '/index.html', '/nowhere']) {
    const answer = await fetch(`${eva.origin}${path}`, { headers: { cookie: `${eva.cookie.name}=${eva.cookie.value}` } });
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy, path).toContain("default-src 'self'");
    expect(policy, path).toContain("frame-ancestors 'none'");
    for (const directive of ["base-uri 'none'", "object-src 'none'", "frame-src 'none'", "require-trusted-types-for 'script'"]) {
      expect(policy, path).toContain(directive);
    }
    // Scripts fall to default-src: nothing inline, nothing evaluated, nothing from elsewhere.
    expect(policy, path).not.toMatch(/script-src|unsafe-eval|https?:|\*/);
    expect(answer.headers.get('x-content-type-options'), path).toBe('nosniff');
    expect(answer.headers.get('referrer-policy'), path).toBe('no-referrer');
  }
});

test('the browser holds the page to it: no foreign address, no script of others', async ({ house, pageOf, watch }) => {
  watch.expects(/Content Security [Pp]olicy|violates the following|requires 'Trusted|will not be executed/);
  const page = await pageOf(house.eva);
  await wear(page, { language: 'sv', theme: 'light', text_percent: 100, lock_minutes: 30 });
  const refused = await page.evaluate(async () => {
    const directives: string[] = [];
    const both = new Promise<void>((told) => {
      document.addEventListener('securitypolicyviolation', (event) => {
        directives.push(event.effectiveDirective);
        if (directives.length === 2) told();
      });
    });
    const left = await fetch('http://127.0.0.1:9/').then(() => 'left', () => 'stayed');
    const script = document.createElement('script');
    script.append('document.documentElement.dataset.foreign = "ran"');
    document.body.append(script);
    await both;
    const ran = document.documentElement.dataset['foreign'] ?? 'did not run';
    let markup = 'taken';
    try {
      document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="document.documentElement.dataset.foreign = 1">');
    } catch (error) {
      markup = error instanceof Error ? error.name : 'refused';
    }
    return { left, ran, markup, directives: directives.slice(0, 2) };
  });
  expect(refused).toEqual({
    left: 'stayed',
    ran: 'did not run',
    markup: 'TypeError',
    directives: ['connect-src', 'require-trusted-types-for'],
  });
});

test('a whole visit asks nobody but the tablet', async ({ world, pageOf, watch }) => {
  const eva = await world.tablet('eva', 'Väst 3');
  const page = await pageOf(eva);
  await page.getByTestId('round-row').filter({ hasText: 'Elsa Bergström' }).getByTestId('open-visit').click();
  await page.getByTestId('visit-note').fill('Lugn natt, smärtan är under kontroll.');
  await choose(page, page.getByTestId('falls-gait'), 'unsafe');
  await page.getByTestId('sign').click();
  await page.getByTestId('sign-confirm').click();
  await expect(page.getByTestId('signature')).toBeVisible();
  for (const hash of ['#/todo', '#/search', '#/sync', '#/settings', '#/round']) {
    await go(page, hash);
    await expect(page.locator('main h1')).toBeVisible();
  }
  const origins = new Set(watch.asked.filter((url) => !url.startsWith('data:')).map((url) => new URL(url).origin));
  expect([...origins]).toEqual([eva.origin]);
  expect(watch.asked.filter((url) => url.endsWith('/api/call')).length, 'requests that were seen at all').toBeGreaterThan(5);
});

test('the address is good for one browser; without its session nothing is told', async ({ world, browser }) => {
  const eva = await world.tablet('eva', 'Väst 3');
  await eva.kill();
  const open = await eva.startUnopened();
  const hers = await (await browser.newContext()).newPage();
  await hers.goto(open);
  await hers.getByTestId('lock-pin').fill(PIN);
  await hers.getByTestId('lock-submit').click();
  await expect(hers.getByTestId('status-line')).toBeVisible();
  expect(new URL(hers.url()).search, 'the token does not stay in the address').toBe('');
  const [cookie] = await hers.context().cookies();
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });

  const strangers = await (await browser.newContext()).newPage();
  expect((await strangers.goto(open))?.status()).toBe(403);
  expect((await strangers.goto(eva.origin))?.status()).toBe(403);
  const asked = await fetch(`${eva.origin}/api/call`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ command: 'round', args: { day: null } }),
  });
  expect(asked.status).toBe(403);
  // A page of another place that uses her browser's session.
  const lured = await fetch(`${eva.origin}/api/call`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'http://elsewhere.example', cookie: `${cookie?.name}=${cookie?.value}` },
    body: JSON.stringify({ command: 'round', args: { day: null } }),
  });
  expect(lured.status).toBe(403);
  await hers.context().close();
  await strangers.context().close();
});
