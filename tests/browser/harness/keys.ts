// Somebody who uses no mouse and no fingers.
import { expect, type Locator, type Page } from '@playwright/test';

/** More than the longest page has places to stop at. */
const MOST = 250;

/** Presses Tab until `goal` has the focus, and sees that the focus can be seen. */
export async function tabTo(page: Page, goal: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await goal.first().waitFor();
  const has = () => goal.first().evaluate((element) => element === document.activeElement);
  for (let pressed = 0; pressed <= MOST; pressed += 1) {
    if (await has()) {
      await focusShows(page);
      return;
    }
    await page.keyboard.press(key);
  }
  const at = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200));
  throw new Error(`${MOST} presses of ${key} do not reach ${goal}; the focus is at ${at}`);
}

/** The focus has a ring, on the control or on what stands for it, and is in sight. */
async function focusShows(page: Page): Promise<void> {
  const seen = await page.evaluate(() => {
    const control = document.activeElement;
    if (!(control instanceof HTMLElement)) return 'nothing has the focus';
    const shown = control.matches('input[type=radio]') ? (control.closest('label') ?? control) : control;
    const ring = getComputedStyle(shown);
    if (ring.outlineStyle === 'none' || parseFloat(ring.outlineWidth) < 2) return `no ring on ${shown.outerHTML.slice(0, 160)}`;
    const box = shown.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight ? '' : `out of sight: ${shown.outerHTML.slice(0, 160)}`;
  });
  expect(seen).toBe('');
}

/** Goes to a control and presses it. */
export async function press(page: Page, goal: Locator, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
  await tabTo(page, goal);
  await page.keyboard.press(key);
}

/**
 * Answers a question of radio buttons: Tab goes to the group, arrows within it. `wanted` is the answer's own button.
 */
export async function choose(page: Page, group: Locator, wanted: string): Promise<void> {
  const inputs = group.locator('input[type=radio]');
  const checked = group.locator('input[type=radio]:checked');
  await tabTo(page, (await checked.count()) > 0 ? checked : inputs.first());
  const values = await inputs.evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
  const steps = values.indexOf(wanted) - Math.max(0, (await checked.count()) > 0 ? values.indexOf(await checked.inputValue()) : 0);
  if (steps === 0) await page.keyboard.press('Space');
  for (let step = 0; step < Math.abs(steps); step += 1) await page.keyboard.press(steps > 0 ? 'ArrowDown' : 'ArrowUp');
  await expect(group.locator(`input[value="${wanted}"]`)).toBeChecked();
}
