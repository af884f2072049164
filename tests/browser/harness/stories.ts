// What a story starts from: pages of tablets, and a watch that nothing leaves them and nothing breaks in them.
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';
import { House } from './house';
import { World, type Tablet } from './world';

export { expect, type Page } from '@playwright/test';

export interface PageOf {
  viewport?: { width: number; height: number };
  /** Fingers instead of a mouse. */
  touch?: boolean;
}

/** What every page of a story is watched for. */
export class Watch {
  /** Addresses that were asked for. */
  readonly asked: string[] = [];
  private readonly strayed: string[] = [];
  private readonly broken: string[] = [];
  private readonly expected: RegExp[] = [];

  /** Complaints of the page that belong to the story, such as of a tablet that was killed. */
  expects(complaint: RegExp): void {
    this.expected.push(complaint);
  }

  over(context: BrowserContext, origin: string): void {
    context.on('request', (request) => {
      const url = request.url();
      this.asked.push(url);
      if (!url.startsWith(`${origin}/`) && !url.startsWith('data:')) this.strayed.push(`${request.method()} ${url}`);
    });
    context.on('weberror', (error) => this.broken.push(String(error.error())));
    context.on('console', (message) => {
      if (message.type() === 'error') this.broken.push(message.text());
    });
  }

  done(): void {
    expect(this.strayed, 'requests that left the tablet').toEqual([]);
    expect(this.broken.filter((words) => !this.expected.some((one) => one.test(words))), 'what the page complained of').toEqual([]);
  }
}

interface Story {
  watch: Watch;
  /** A page of a tablet that has been started. */
  pageOf: (tablet: Tablet, how?: PageOf) => Promise<Page>;
  /** A server and tablets for this story alone. */
  world: World;
}

export const test = base.extend<Story, { house: House }>({
  watch: async ({}, use) => {
    const watch = new Watch();
    await use(watch);
    watch.done();
  },

  pageOf: async ({ browser, watch }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (tablet, how = {}) => {
      const context = await browser.newContext({ ...(how.viewport && { viewport: how.viewport }), ...(how.touch && { hasTouch: true }) });
      contexts.push(context);
      watch.over(context, tablet.origin);
      // The story before may have locked it.
      await tablet.unlock();
      await context.addCookies([{ ...tablet.cookie, url: tablet.origin, httpOnly: true, sameSite: 'Strict' }]);
      const page = await context.newPage();
      await page.goto(`${tablet.origin}/`);
      return page;
    });
    await Promise.all(contexts.map((context) => context.close()));
  },

  world: async ({}, use) => {
    const world = await World.start();
    await use(world);
    await world.end();
  },

  house: [
    async ({}, use) => {
      const house = await House.furnish();
      await use(house);
      await house.world.end();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
});
