// Photographs for people to look at: npm run shoot, to SHOTS or target/shots.
import { defineConfig } from '@playwright/test';
import { BROWSER } from './harness/browser';

export default defineConfig({
  testDir: 'shoot',
  testMatch: '*.shoot.ts',
  outputDir: '../../target/browser-tests',
  globalSetup: './harness/setup.ts',
  reporter: [['list'], ['./harness/closing-line.ts']],
  retries: 0,
  workers: 2,
  fullyParallel: true,
  timeout: 300_000,
  expect: { timeout: 15_000 },
  use: BROWSER,
});
