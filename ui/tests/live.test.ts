import { beforeEach, expect, it } from 'vitest';
import { call } from '../src/lib/call';
import { Live } from '../src/lib/live.svelte';
import { useTransport } from '../src/lib/transport';

let answers: ((value: unknown) => void)[] = [];

beforeEach(() => {
  answers = [];
  useTransport({
    call: (command) => (command === 'edit' ? Promise.resolve({ whereabouts: { is: 'unchanged' } }) : new Promise((answer) => answers.push(answer))),
    listen: () => () => undefined,
  });
});

const settle = () => new Promise((done) => setTimeout(done, 0));

it('an answer that is older than a write is asked for again, so that what was typed never flickers back', async () => {
  const page = new Live(() => call('person', { person: 'p' }));
  void page.reload();
  await call('edit', { document: 'd', edits: [] });
  answers[0]?.('old');
  await settle();
  expect(page.data).toBeNull();
  answers[1]?.('new');
  await settle();
  expect(page.data).toBe('new');
});

it('only the newest of several questions counts', async () => {
  const page = new Live(() => call('person', { person: 'p' }));
  void page.reload();
  void page.reload();
  answers[1]?.('second');
  await settle();
  answers[0]?.('first');
  await settle();
  expect(page.data).toBe('second');
});

it('who waits for an answer waits for the newest one, and can go by the screen then', async () => {
  const page = new Live(() => call('person', { person: 'p' }));
  let on = false;
  void page.reload().then(() => (on = (page.data as unknown) === 'second'));
  void page.reload();
  answers[0]?.('first');
  await settle();
  expect(on).toBe(false);
  answers[1]?.('second');
  await settle();
  expect(on).toBe(true);
});

it('who waits is let go when the answer is set or forgotten', async () => {
  const page = new Live(() => call('person', { person: 'p' }));
  const first = page.reload();
  page.set('shown' as never);
  answers[0]?.('late');
  await first;
  expect(page.data).toBe('shown');
  const second = page.reload();
  page.forget();
  answers[1]?.('late');
  await second;
  expect(page.data).toBeNull();
});

it('a failure keeps the former answer on the screen', async () => {
  const page = new Live(() => call('person', { person: 'p' }));
  page.set('shown' as never);
  useTransport({ call: () => Promise.reject({ code: 'store.io', params: {}, message: 'no' }), listen: () => () => undefined });
  await page.reload();
  expect(page.data).toBe('shown');
  expect(page.failure?.code).toBe('store.io');
});

it.each(['policy.blocked', 'policy.relation_needed', 'visit.unknown', 'door.lease_over'])('what the user may not read any more leaves the screen: %s', async (code) => {
  const page = new Live(() => call('visit', { visit: 'v' }));
  page.set('shown' as never);
  useTransport({ call: () => Promise.reject({ code, params: {}, message: 'no' }), listen: () => () => undefined });
  await page.reload();
  expect(page.data).toBeNull();
  expect(page.failure?.code).toBe(code);
});
