// The machine's own Chromium: none is ever downloaded.
import { existsSync } from 'node:fs';
import type { PlaywrightTestOptions, PlaywrightWorkerOptions } from '@playwright/test';

export const PORTRAIT = { width: 800, height: 1280 };
export const LANDSCAPE = { width: 1280, height: 800 };

const executablePath = process.env['HEMROND_CHROMIUM'] ?? '/usr/bin/chromium';
if (!existsSync(executablePath)) {
  throw new Error(`${executablePath} is not there: install Debian's chromium, or say in HEMROND_CHROMIUM where a Chromium is`);
}

/** The zone that `BROWSER` names, as a program reads it without the machine's table of zones. */
export const SWEDISH_TIME = 'CET-1CEST,M3.5.0,M10.5.0/3';

export const BROWSER: Partial<PlaywrightTestOptions & PlaywrightWorkerOptions> = {
  browserName: 'chromium',
  headless: true,
  viewport: LANDSCAPE,
  locale: 'sv-SE',
  timezoneId: 'Europe/Stockholm',
  trace: 'off',
  screenshot: 'only-on-failure',
  // A page that waits longer than this for an answer from its own machine is broken.
  actionTimeout: 15_000,
  navigationTimeout: 15_000,
  contextOptions: { reducedMotion: 'reduce' },
  launchOptions: {
    executablePath,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
    ],
  },
};
