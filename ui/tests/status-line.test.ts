import { beforeEach, expect, it } from 'vitest';
import type { Status } from '../src/lib/api';
import { speaker } from '../src/lib/i18n.svelte';
import { statusShape, statusWords } from '../src/lib/status-line';

const quiet: Status = {
  user: null, tablet: null, server: null, today: '2026-11-22', connection: 'online', waiting: 0, waiting_since: null, refused: 0,
  laid_aside: 0, disagreements: 0, storage_full: false, last_contact: null, progress: null, key_kept_in: 'file', version: '0.1.0',
  settings: { language: 'sv', theme: 'light', text_percent: 100, unsigned_hours: 24, lock_minutes: 5 },
  may: { rounds: true, health: true, observe: true, add_person: true },
};

beforeEach(() => {
  speaker.language = 'sv';
});

it('says the whole in one line', () => {
  const status: Status = { ...quiet, connection: 'offline', waiting: 7, waiting_since: '2026-11-22T08:12:00Z' };
  expect(statusWords(status)).toBe('Offline · 7 ändringar väntar sedan 09:12');
  speaker.language = 'en';
  expect(statusWords(status)).toBe('Offline · 7 changes wait since 09:12');
});

it('counts one as one', () => {
  expect(statusWords({ ...quiet, waiting: 1, waiting_since: '2026-11-22T08:12:00Z' })).toContain('1 ändring väntar sedan 09:12');
});

it('claims that all is on the server only when it was reached', () => {
  expect(statusWords(quiet)).toBe('Ansluten · Allt är på servern');
  expect(statusWords({ ...quiet, connection: 'unknown' })).not.toContain('servern');
  expect(statusWords({ ...quiet, connection: 'offline' })).not.toContain('servern');
  expect(statusWords({ ...quiet, refused: 1 })).toBe('Ansluten · Inget väntar · 1 nekad av servern');
});

it('asks for attention when something was refused or has two answers', () => {
  expect(statusShape({ ...quiet, refused: 1 })).toBe('attention');
  expect(statusShape({ ...quiet, disagreements: 1 })).toBe('attention');
  expect(statusShape({ ...quiet, connection: 'offline', waiting: 3 })).toBe('offline');
});

it('asks nobody for anything about what was laid aside, and does not claim that it is on the server', () => {
  const aside: Status = { ...quiet, laid_aside: 1 };
  expect(statusShape(aside)).toBe('online');
  expect(statusWords(aside)).toBe('Ansluten · Inget väntar');
});

it('shows how much of a first sync is left', () => {
  expect(statusWords({ ...quiet, connection: 'syncing', progress: { done: 80, left: 120 } })).toBe('Skickar och hämtar · 120 kvar');
});

it('says that the tablet is full, which somebody must look at', () => {
  const full: Status = { ...quiet, storage_full: true };
  expect(statusShape(full)).toBe('attention');
  expect(statusWords(full)).toBe('Ansluten · Allt är på servern · Surfplattan är full');
});
