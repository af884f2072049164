// What the whole interface knows, while a tablet is locked and opened.
import { beforeEach, expect, it } from 'vitest';
import type { DoorView, Status } from '../src/lib/api';
import { app } from '../src/lib/app.svelte';
import { useTransport } from '../src/lib/transport';
import { undo } from '../src/lib/undo.svelte';

const settings = { language: 'sv', theme: 'light', text_percent: 100, unsigned_hours: 24, lock_minutes: 5 } as const;

const evas: Status = {
  user: { name: 'Eva Lind' } as Status['user'], tablet: 'Väst 3', server: null, today: '2026-11-30', connection: 'online', waiting: 0,
  waiting_since: null, refused: 0, laid_aside: 0, disagreements: 0, storage_full: false, last_contact: null, progress: null,
  key_kept_in: 'file', version: '0.1.0', settings, may: { rounds: true, health: true, observe: true, add_person: true },
};
const nobodys: Status = { ...evas, user: null };

const open: DoorView = {
  users: [], open: 'eva', without_pin: null, key_kept_in: 'file', lease_until: null, lease_over: false, settings,
};
const locked: DoorView = { ...open, open: null };

/** The questions that wait for an answer, oldest first. */
let asked: { command: string; answer: (value: unknown) => void }[] = [];

beforeEach(() => {
  asked = [];
  app.door = open;
  app.show(evas);
  useTransport({
    call: (command) => new Promise((answer) => asked.push({ command, answer })),
    listen: () => () => undefined,
  });
});

const settle = () => new Promise((done) => setTimeout(done, 0));

async function answer(command: string, value: unknown): Promise<void> {
  const at = asked.findIndex((one) => one.command === command);
  expect(at, `${command} is asked`).toBeGreaterThanOrEqual(0);
  asked.splice(at, 1)[0]?.answer(value);
  await settle();
}

it('locking takes the day from the screen before anything is asked', () => {
  void app.heed(locked);
  expect(app.status?.user).toBeNull();
});

it('the end of the time without contact takes the page away before anything is asked', () => {
  void app.heed({ ...open, lease_over: true });
  expect(app.door?.lease_over).toBe(true);
});

it('answers from before the lock do not bring the day back, nor take away the PIN that is being typed', async () => {
  void app.refresh();
  void app.heed(locked);
  await answer('door', open);
  await answer('status', evas);
  expect(app.door?.open).toBeNull();
  expect(app.status?.user).toBeNull();
});

it('news from before the lock show nobody', () => {
  void app.heed(locked);
  app.tell(evas);
  expect(app.status?.user).toBeNull();
});

it('who opens is shown with their status at once, and no page of nobody comes between', async () => {
  app.door = locked;
  app.show(nobodys);
  void app.heed(open);
  await answer('door', open);
  expect(app.door.open).toBeNull();
  await answer('status', evas);
  expect(app.door.open).toBe('eva');
  expect(app.status?.user).not.toBeNull();
});

it('whoever comes in after somebody else finds nothing of theirs', async () => {
  void app.refresh();
  await answer('door', open);
  await answer('status', evas);
  location.hash = '#/visit/v';
  undo.offer('Elsa flyttades', () => Promise.resolve());
  void app.heed(locked);
  await answer('door', locked);
  await answer('status', nobodys);
  expect(location.hash).toBe('#/visit/v');
  void app.heed({ ...open, open: 'omar' });
  await answer('door', { ...open, open: 'omar' });
  await answer('status', evas);
  expect(app.door?.open).toBe('omar');
  expect(location.hash).not.toContain('visit');
  expect(undo.last).toBeNull();
});

it('a first sync that tells of each step keeps nobody before the lock page', async () => {
  app.door = locked;
  app.show(nobodys);
  void app.heed(open);
  await answer('door', open);
  app.tell(evas);
  await answer('status', nobodys);
  expect(app.status?.user).not.toBeNull();
});
