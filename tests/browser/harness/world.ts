// A server and the tablets of people who work with it: real programs, real databases, nothing in between.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Commands, Failure, PersonBrief, Settings } from './api';
import { runFolder, UI } from './places';
import { run, Running } from './program';

/** Those of the sample data who get a one-time code. */
export type Login = 'eva' | 'omar' | 'anna' | 'stina' | 'lena';

/** Everybody's PIN. */
export const PIN = '407306';

export class CallFailed extends Error {
  constructor(command: string, readonly failure: Failure) {
    super(`${command}: ${failure.code}: ${failure.message}`);
  }
}

export class Server {
  private running: Running | null = null;
  private address = '127.0.0.1:0';

  /** May be told more than where its database is. */
  constructor(private readonly database: string, private readonly more: string[] = []) {}

  get url(): string {
    return `http://${this.address}`;
  }

  /** Starts it; again after `stop`, at the same address. */
  async start(): Promise<void> {
    this.running = new Running('hemrond-server', [
      '--database', `sqlite:${this.database}`, 'serve', '--listen', this.address, '--admin-listen', '127.0.0.1:0', ...this.more,
    ]);
    const [, address] = await this.running.says(/listening on http:\/\/(\S+)/);
    this.address = address ?? this.address;
  }

  async stop(): Promise<void> {
    await this.running?.end('SIGTERM');
    this.running = null;
  }

  async end(): Promise<void> {
    await this.running?.end();
  }

  /** Does one of the administrator's commands, and answers what it prints. */
  async administer(...args: string[]): Promise<string> {
    return (await run('hemrond-server', ['--database', `sqlite:${this.database}`, ...args])).trim();
  }
}

/** One tablet: its folder stays when its program is killed. */
export class Tablet {
  private running: Running | null = null;
  /** Where its interface is. */
  origin = '';
  cookie = { name: '', value: '' };

  constructor(readonly folder: string) {}

  /** Enrols it and fetches everything, without a screen. */
  async enrol(server: string, code: string, name: string): Promise<void> {
    const lines = [{ command: 'enrol', args: { server, code, tablet: name, pin: PIN } }, { command: 'sync_now' }];
    const printed = await run('hemrond-tablet', ['stdio', '--folder', this.folder], lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    for (const line of printed.trim().split('\n')) {
      const answer = JSON.parse(line) as { error?: Failure };
      if (answer.error) throw new CallFailed('enrol', answer.error);
    }
  }

  /** Starts the interface, and takes the one session that its address is good for. */
  async start(): Promise<void> {
    const open = await this.startUnopened();
    const answer = await fetch(open, { redirect: 'manual' });
    const [pair = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
    const [name = '', value = ''] = pair.split('=');
    if (!value) throw new Error(`the address of ${this.folder} gave no session: ${answer.status}`);
    this.cookie = { name, value };
    await this.unlock();
  }

  /** Its only user picks it up, and types the PIN where it is locked; a tablet out of its box has none. */
  async unlock(): Promise<void> {
    // Touched and not only looked at: one that has lain for its minutes would lock in the next moment.
    const { users, open } = await this.call('door_touch', {});
    const [user] = users;
    if (user && open === null) await this.call('unlock', { user: user.id, pin: PIN });
  }

  /** Starts the interface and answers the address to open, token and all. */
  async startUnopened(): Promise<string> {
    this.running = new Running('hemrond-tablet', ['web', '--folder', this.folder, '--ui', UI]);
    const [line] = await this.running.says(/^\{.*\}$/m);
    const { listening, open } = JSON.parse(line) as { listening: string; open: string };
    this.origin = listening;
    return open;
  }

  /** The battery falls out. */
  async kill(): Promise<void> {
    await this.running?.end('SIGKILL');
    this.running = null;
  }

  async call<N extends keyof Commands>(command: N, args: Commands[N]['args']): Promise<Commands[N]['answer']> {
    const response = await fetch(`${this.origin}/api/call`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: `${this.cookie.name}=${this.cookie.value}` },
      body: JSON.stringify({ command, args }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new CallFailed(command, answer as Failure);
    return answer as Commands[N]['answer'];
  }

  look(settings: Partial<Settings>): Promise<Commands['set_settings']['answer']> {
    return this.call('set_settings', { ...PLAIN, ...settings });
  }

  /** Sends and fetches until nothing waits. */
  async sync(): Promise<void> {
    const status = await this.call('sync_now', {});
    if (status.connection !== 'online') throw new Error(`${this.folder} did not reach the server: ${status.connection}`);
  }

  /** The row of today's round for a person, by name. */
  async row(name: string) {
    const round = await this.call('round', { day: null });
    const row = round.rows.find((one) => one.person.name === name);
    if (!row) throw new Error(`${name} is not in the round: ${round.rows.map((one) => one.person.name).join(', ')}`);
    return { ...row, day: round.day };
  }

  /** A person, by name. A list shows no more than the first letters of a protected one's. */
  async person(name: string) {
    const { people } = await this.call('search', { text: name });
    const letters = name.split(' ').map((word) => `${word[0]}.`).join(' ');
    const person = people.find((one) => one.name === (one.protected === 'none' ? name : letters));
    if (!person) throw new Error(`${name} was not found`);
    return person;
  }
}

export const PLAIN: Settings = { language: 'sv', theme: 'light', text_percent: 100, unsigned_hours: 24, lock_minutes: 30 };

/** A server with sample data of its own, and the tablets asked for. */
export class World {
  private readonly opened: Tablet[] = [];

  private constructor(private readonly folder: string, readonly server: Server, private readonly codes: Record<Login, string>) {}

  static async start(...more: string[]): Promise<World> {
    const folder = mkdtempSync(join(runFolder(), 'world-'));
    const database = join(folder, 'server.sqlite');
    copyFileSync(join(runFolder(), 'seed.sqlite'), database);
    const codes = JSON.parse(readFileSync(join(runFolder(), 'codes.json'), 'utf8')) as Record<Login, string>;
    const server = new Server(database, more);
    await server.start();
    return new World(folder, server, codes);
  }

  /** A person's tablet, enrolled and with everything on it. */
  async tablet(login: Login, name: string): Promise<Tablet> {
    const tablet = this.emptyTablet(login);
    await tablet.enrol(this.server.url, this.codes[login], name);
    await tablet.start();
    return tablet;
  }

  /** The tablet of a nurse whom the administrator adds, in a unit of her own. */
  async newcomer(name: string, unit: string, tablet: string): Promise<Tablet> {
    await this.server.administer('units', 'add', '--name', unit, '--kind', 'other', '--phone', '08-46500440');
    await this.server.administer('users', 'add', '--name', name, '--role', 'nurse', '--unit', unit);
    const code = await this.server.administer('enrol', '--user', name);
    const hers = this.emptyTablet(tablet);
    await hers.enrol(this.server.url, code, tablet);
    await hers.start();
    return hers;
  }

  /**
   * A doctor's tablet at another organisation on the same server. She knows these people by their numbers, has informed them of
   * sharing, and has seen each of them. From then on the administrator's commands must say whose unit they mean.
   */
  async neighbour(people: PersonBrief[]): Promise<Tablet> {
    const region = ['--organisation', 'Region Hemrond'];
    await this.server.administer('organisations', 'add', '--name', 'Region Hemrond');
    const analysis = ['--analysis', 'BRA-R-1', '--decided-by', 'Ulf Wall', '--decided-on', '2026-10-01'];
    await this.server.administer('roles', 'analyse', '--role', 'doctor', ...analysis, ...region);
    await this.server.administer('units', 'add', '--name', 'Närakuten', '--kind', 'mobile_team', ...region);
    await this.server.administer('users', 'add', '--name', 'Ingrid Sand', '--role', 'doctor', '--unit', 'Närakuten');
    const code = await this.server.administer('enrol', '--user', 'Ingrid Sand');
    const ingrid = this.emptyTablet('ingrid');
    await ingrid.enrol(this.server.url, code, 'Närakuten 1');
    await ingrid.start();
    for (const { name, identity } of people) {
      const [given = '', ...family] = name.split(' ');
      const { person } = await ingrid.call('add_person', {
        given_name: given, family_name: family.join(' '), identity, protected: 'none',
        street: null, postcode: null, city: null, entry: null, phone: null, despite_duplicates: false,
      });
      await ingrid.call('inform', { person, what: 'sharing', told: 'person' });
      const plan = { person, day: null, start: null, minutes: null, reason: 'Feber och hosta', acute: false, called_by: null, staff: null };
      const { visit } = await ingrid.call('plan_visit', plan);
      await ingrid.call('set_visit_state', { visit, state: 'under_way', reason: null });
      const { document } = await ingrid.call('visit', { visit });
      const edits = [
        { edit: 'text', field: 'note', value: 'Lunginflammation. Antibiotika i sju dagar, ny bedömning om tre.' },
        { edit: 'set', field: 'weight_kg', value: 61.5 },
      ] as const;
      await ingrid.call('edit', { document, edits: [...edits] });
      await ingrid.call('set_visit_state', { visit, state: 'done', reason: null });
      await ingrid.call('sign', { visit });
      await ingrid.call('add_note', { visit, kind: 'note', text: 'Dottern ringde och undrade. Informerad.' });
    }
    await ingrid.sync();
    return ingrid;
  }

  /** A tablet out of its box. */
  emptyTablet(folder = 'box'): Tablet {
    const path = join(this.folder, folder);
    mkdirSync(path);
    const tablet = new Tablet(path);
    this.opened.push(tablet);
    return tablet;
  }

  code(login: Login): string {
    return this.codes[login];
  }

  async end(): Promise<void> {
    await Promise.all([...this.opened.map((tablet) => tablet.kill()), this.server.end()]);
  }
}
