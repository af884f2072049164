// What a machine can check of whether everybody can use a page.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import type { Settings } from './api';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];

/** What axe finds on the page, each as one line; in the sun theme also text below 7:1. */
export async function broken(page: Page, theme: Settings['theme']): Promise<string[]> {
  const sun = theme === 'sun';
  const result = await new AxeBuilder({ page })
    // The page has no frames, and may not open others.
    .setLegacyMode(true)
    .options({ rules: { 'color-contrast-enhanced': { enabled: sun } } })
    .withTags(RULES)
    .analyze();
  const contrast = sun ? 'color-contrast-enhanced' : 'color-contrast';
  const looked = [...result.passes, ...result.violations].find((rule) => rule.id === contrast)?.nodes.length ?? 0;
  expect(looked, `text that ${contrast} was measured on`).toBeGreaterThan(0);
  return result.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}: ${[...node.any, ...node.all, ...node.none].map((check) => check.message).join('; ')}`));
}
