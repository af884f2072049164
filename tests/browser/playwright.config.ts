import { defineConfig } from '@playwright/test';
import { BROWSER } from './harness/browser';

export default defineConfig({
  testDir: 'stories',
  outputDir: '../../target/browser-tests',
  globalSetup: './harness/setup.ts',
  reporter: [
    ['list'],
    // `cargo xtask acceptance` reads it.
    ['json', { outputFile: process.env['HEMROND_REPORT'] ?? '../../target/browser.json' }],
    ['./harness/closing-line.ts'],
  ],
  // A story that fails once has failed.
  retries: 0,
  workers: 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 120_000,
  expect: { timeout: 15_000 },
  use: BROWSER,
});
