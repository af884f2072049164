import AxeBuilder from '@axe-core/playwright';
import { SCREENS, wear } from '../harness/screens';
import { test } from '../harness/stories';
test('time', async ({ house, pageOf }) => {
  for (const name of ['round', 'visit', 'reading', 'settings']) {
    const screen = SCREENS.find((s) => s.name === name)!;
    const page = await pageOf(house[screen.who]);
    let t = Date.now(); const lap = (w: string) => { console.log(name, w, Date.now() - t); t = Date.now(); };
    await wear(page, { language: 'sv', theme: 'dark', text_percent: 100 }); lap('wear');
    await screen.open(page, house); lap('open');
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];
    await new AxeBuilder({ page }).setLegacyMode(true).withTags(tags).analyze(); lap('axe all');
    await new AxeBuilder({ page }).setLegacyMode(true).options({resultTypes:['violations']}).withTags(tags).analyze(); lap('axe all violations');
    await new AxeBuilder({ page }).setLegacyMode(true).withRules(['color-contrast']).analyze(); lap('axe contrast');
    await new AxeBuilder({ page }).setLegacyMode(true).withTags(tags).disableRules(['color-contrast']).analyze(); lap('axe other');
    await page.evaluate(async () => { await fetch('/api/call', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ command: 'set_settings', args: { language: 'sv', theme: 'sun', text_percent: 100 } }) }); }); 
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'sun', null, { timeout: 3000 }).catch(() => console.log('no push')); lap('push');
  }
});
