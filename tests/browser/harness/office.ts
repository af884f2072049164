// The administrator's desk: a server with its pages, and Per Dahl who may sign in to them.
import type { Cookie, Page } from '@playwright/test';
import { createHmac } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { runFolder } from './places';
import { run, Running } from './program';

/** What `seed --print-administrator` prints. */
interface Administrator {
  login: string;
  password: string;
  /** The secret of the one-time codes, in base 32 and in groups of four letters. */
  totp: string;
}

/** Where this server's tablets are told to go. */
export const TABLETS = 'https://hemrond.example.se';

export class Office {
  private session: Cookie[] = [];

  private constructor(
    private readonly running: Running,
    readonly origin: string,
    private readonly administrator: Administrator,
    /** Where its tablets really are. */
    readonly tablets: string,
    private readonly database: string,
  ) {}

  /** With sample data, and Per who signed in before; the server may be told more. */
  static async open(...more: string[]): Promise<Office> {
    const { database, key } = place();
    const printed = await run('hemrond-server', ['--database', database, 'seed', '--print-administrator', '--sign-in-key-file', key]);
    const administrator = JSON.parse(printed) as Administrator;
    return await serve(database, key, (running, origin, tablets) => new Office(running, origin, administrator, tablets, database), more);
  }

  /** Out of its box, set up as deploy/sign-in.md says; answers Per's one-time code too. */
  static async unpack(): Promise<{ office: Office; code: string }> {
    const { database, key } = place();
    const administer = (...args: string[]) => run('hemrond-server', ['--database', database, ...args]);
    await administer('sign-in-key', '--to', key);
    await administer('organisations', 'add', '--name', 'Hemrond kommun');
    await administer('units', 'add', '--name', 'Biståndsenheten', '--kind', 'municipality_office');
    await administer(
      'roles', 'analyse', '--role', 'administrator', '--analysis', 'BRA-2026-1', '--decided-by', 'Maria Nyberg', '--decided-on', '2026-10-01',
    );
    await administer('users', 'add', '--name', 'Per Dahl', '--role', 'administrator', '--unit', 'Biståndsenheten');
    const [login = '', code = ''] = (await administer('users', 'invite', '--user', 'Per Dahl')).trim().split(/\s+/);
    const administrator = { login, password: 'fyra blå hus vid sjön', totp: '' };
    const office = await serve(database, key, (running, origin, tablets) => new Office(running, origin, administrator, tablets, database));
    return { office, code };
  }

  /** Per's first time: his code, a password, and the app for one-time codes. */
  async comeFirst(page: Page, code: string): Promise<void> {
    await this.go(page, '/first');
    await page.locator('input[name=code]').fill(code);
    await page.locator('main button[type=submit]').click();
    this.administrator.totp = await page.locator('strong.code').innerText();
    await page.locator('input[name=password]').fill(this.administrator.password);
    await page.locator('input[name=again]').fill(this.administrator.password);
    await page.locator('input[name=shown]').fill(oneTimeCode(this.administrator.totp, Date.now()));
    await page.locator('main button[type=submit]').click();
  }

  /** Does one of the administrator's commands, and answers what it prints. */
  async administer(...args: string[]): Promise<string> {
    return (await run('hemrond-server', ['--database', this.database, ...args])).trim();
  }

  /** What Per types to show that it is he. The next half minute's code is good already, and that of this one may have been used. */
  signsInWith(): { login: string; password: string; code: string } {
    const { login, password, totp } = this.administrator;
    return { login, password, code: oneTimeCode(totp, Date.now() + 30_000) };
  }

  async go(page: Page, path: string): Promise<void> {
    await page.goto(`${this.origin}/admin${path}`);
  }

  /** Per is signed in: as the page asks him to the first time, by the same session later, since no one-time code is taken twice. */
  async signIn(page: Page): Promise<void> {
    if (this.session.length > 0) {
      await page.context().addCookies(this.session);
      await this.go(page, '/users');
      return;
    }
    await this.go(page, '/sign-in');
    for (const [name, value] of Object.entries(this.signsInWith())) await page.locator(`input[name=${name}]`).fill(value);
    await page.locator('main button[type=submit]').click();
    await page.waitForURL('**/admin/users');
    this.session = await page.context().cookies();
  }

  async end(): Promise<void> {
    await this.running.end();
  }
}

/** A folder of its own for a database and the key of the pages. */
function place(): { database: string; key: string } {
  const folder = mkdtempSync(join(runFolder(), 'office-'));
  return { database: `sqlite:${join(folder, 'server.sqlite')}`, key: join(folder, 'sign-in.key') };
}

async function serve<A>(
  database: string, key: string, made: (running: Running, origin: string, tablets: string) => A, more: string[] = [],
): Promise<A> {
  // Browsers must know the address before the server does: it stands in every form.
  const listen = `127.0.0.1:${await freePort()}`;
  const origin = `http://${listen}`;
  const running = new Running('hemrond-server', [
    '--database', database, 'serve', '--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0',
    '--pages', origin, '--pages-listen', listen, '--tablets', TABLETS, '--sign-in-key-file', key, ...more,
  ]);
  const [, tablets = ''] = await running.says(/listening on (http:\/\/\S+)/);
  return made(running, origin, tablets);
}

/** A port that nobody listens on, at this moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  const address = server.address();
  await new Promise((done) => { server.close(done); });
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

/** What an app for one-time codes shows (RFC 6238): six digits of an HMAC over the half minute. */
function oneTimeCode(secret: string, now: number): string {
  const bits = [...secret.replaceAll(' ', '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const digest = createHmac('sha1', key).update(step).digest();
  const at = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
