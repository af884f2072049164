// Photographs every screen of a running tablet and checks each with axe.
// node tools/shoot.mjs ADDRESS FOLDER [full|few] [--role=doctor]
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const [address, folder = '/tmp/shots', extent = 'full', only = ''] = process.argv.slice(2);
if (!address) throw new Error('node tools/shoot.mjs ADDRESS FOLDER [full|few] [PAGE]');
mkdirSync(folder, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const SIZES = { portrait: { width: 800, height: 1280 }, landscape: { width: 1280, height: 800 } };
const LOOKS = extent === 'few'
  ? [['sv', 'light', 100]]
  : [['sv', 'light', 100], ['sv', 'dark', 100], ['sv', 'sun', 100], ['en', 'light', 100], ['sv', 'light', 200], ['en', 'sun', 200]];

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const context = await browser.newContext({ bypassCSP: true, locale: 'sv-SE', timezoneId: 'Europe/Stockholm', reducedMotion: 'reduce' });
const page = await context.newPage();
const errors = [];
page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
page.on('pageerror', (error) => errors.push(String(error)));
await page.goto(address);
await page.waitForSelector('[data-testid]');

const call = (command, args) => page.evaluate(async ([command, args]) => {
  const response = await fetch('/api/call', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ command, args }) });
  return response.json();
}, [command, args]);

const { user } = await call('status', {});
const round = user ? await call('round', { day: null }).catch(() => null) : null;
const row = round?.rows?.[0];
const helper = user?.role === 'hemtjanst';
/** Name, address, and what to tap there before the photograph. */
const PLACES = !user ? [['enrol', '#/']] : [
  ['round', '#/round'],
  ...(row ? [
    ['row', `#/round/${round.day}/${row.row}`],
    ['person', `#/person/${row.person.id}`],
    ...(helper ? [] : [['visit', `#/visit/${row.visit}`]]),
    ['observe', `#/observe/${row.person.id}`],
  ] : []),
  ['search', '#/search', async () => { await page.fill('[data-testid=search-input]', 'a'); await page.waitForTimeout(500); }],
  ['sync', '#/sync'], ['settings', '#/settings'],
  ...(helper ? [] : [['todo', '#/todo'], ['new', '#/person/new'], ['doctor', '#/doctor'],
    ['add', '#/round', async () => { await page.click('[data-testid=add-visit]'); }],
    ['day', '#/round', async () => { await page.click('[data-testid=day-picker]'); }]]),
];

let problems = 0;
for (const [language, theme, text_percent] of LOOKS) {
  if (user) await call('set_settings', { language, theme, text_percent });
  for (const [orientation, size] of Object.entries(SIZES)) {
    await page.setViewportSize(size);
    await page.reload();
    for (const [name, hash, then] of PLACES) {
      if (only && name !== only) continue;
      await page.evaluate((to) => { location.hash = to; }, hash === '#/' ? '' : hash);
      await page.waitForTimeout(450);
      if (then) await then().catch((error) => console.log(`${name}: ${error.message.split('\n')[0]}`));
      await page.waitForTimeout(150);
      const label = [name, orientation, theme, language, text_percent].join('-');
      await page.screenshot({ path: `${folder}/${label}.png` });
      const wide = await page.evaluate(() => [document.documentElement, ...document.querySelectorAll('main, main > *, .list, .detail')]
        .filter((element) => element.scrollWidth > element.clientWidth + 1).map((element) => element.className || element.tagName));
      await page.evaluate(axe);
      const result = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }));
      for (const violation of result.violations) {
        problems += 1;
        console.log(`${label}: ${violation.id}: ${violation.nodes.slice(0, 3).map((node) => node.target.join(' ') + ' ' + (node.any[0]?.message ?? '')).join(' | ')}`);
      }
      if (wide.length > 0) { problems += 1; console.log(`${label}: wider than the screen: ${wide.join(', ')}`); }
      if (then) { await page.keyboard.press('Escape'); await page.waitForTimeout(50); }
    }
  }
}
for (const error of new Set(errors)) { problems += 1; console.log(`console: ${error}`); }
if (user) await call('set_settings', { language: 'sv', theme: 'light', text_percent: 100 });
await browser.close();
console.log(problems === 0 ? 'no problems' : `${problems} problems`);
process.exitCode = problems === 0 ? 0 : 1;
