import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Whereabouts } from '../src/lib/api';
import { Draft, draft, keepWhenHidden, SAVE_AFTER_MS, unkept } from '../src/lib/draft.svelte';
import { whose } from '../src/lib/whose.svelte';

const HERE: Whereabouts = { is: 'only_here', changes: 1, since: '2026-11-22T08:00:00Z' };

/** Saves that the test answers by hand. */
function saver() {
  const asked: { words: string; answer: (where: Whereabouts) => void; fail: (cause: unknown) => void }[] = [];
  const save = (words: string) => new Promise<Whereabouts>((answer, fail) => asked.push({ words, answer, fail }));
  return { asked, save };
}

function fresh(save: (words: string) => Promise<Whereabouts>, record = '', whole = false): Draft {
  return new Draft({ key: `test/${Math.random()}`, label: () => 'Telefon', save, whole }, record);
}

beforeEach(() => void vi.useFakeTimers());
afterEach(async () => {
  vi.useRealTimers();
});

describe('a draft', () => {
  it('is kept when typing stops, once', async () => {
    const save = vi.fn(async () => HERE);
    const field = fresh(save);
    field.type('A');
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS - 1);
    field.type('An');
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS - 1);
    expect(save).not.toHaveBeenCalled();
    expect(field.state).toBe('typing');
    await vi.advanceTimersByTimeAsync(1);
    expect(save).toHaveBeenCalledExactlyOnceWith('An');
    expect(field.state).toBe('kept');
    expect(field.whereabouts).toEqual(HERE);
  });

  it('is kept at once when the field is left', async () => {
    const save = vi.fn(async () => HERE);
    const field = fresh(save);
    field.focus();
    field.type('Anna');
    await field.blur();
    expect(save).toHaveBeenCalledExactlyOnceWith('Anna');
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS * 2);
    expect(save).toHaveBeenCalledOnce();
  });

  it('waits for the field to be left where half of it is not valid', async () => {
    const save = vi.fn(async () => HERE);
    const field = fresh(save, '', true);
    field.type('070');
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS * 5);
    expect(save).not.toHaveBeenCalled();
    await field.blur();
    expect(save).toHaveBeenCalledExactlyOnceWith('070');
  });

  it('is kept when the page is hidden', async () => {
    const save = vi.fn(async () => HERE);
    const stop = keepWhenHidden();
    const field = fresh(save);
    field.type('Anna');
    const hidden = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    await vi.advanceTimersByTimeAsync(0);
    expect(save).toHaveBeenCalledExactlyOnceWith('Anna');
    hidden.mockRestore();
    stop();
  });

  it('keeps what was typed during a save after it, never the older last', async () => {
    const { asked, save } = saver();
    const field = fresh(save);
    field.type('A');
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    field.type('AB');
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    expect(asked.map((one) => one.words)).toEqual(['A']);
    asked[0]?.answer(HERE);
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    expect(asked.map((one) => one.words)).toEqual(['A', 'AB']);
    expect(field.words).toBe('AB');
    asked[1]?.answer(HERE);
    await vi.advanceTimersByTimeAsync(0);
    expect(field.state).toBe('kept');
  });

  it('keeps its words when a save fails, says so, and can be tried again', async () => {
    let full = true;
    const save = vi.fn(async () => {
      if (full) throw { code: 'store.disk_full', params: {}, message: 'full' };
      return HERE;
    });
    const field = fresh(save);
    field.type('Anna');
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    expect(field.state).toBe('failed');
    expect(field.words).toBe('Anna');
    expect(field.failure?.code).toBe('store.disk_full');
    expect(unkept.failed).toContain(field);
    full = false;
    await field.flush();
    expect(field.state).toBe('kept');
    expect(unkept.failed).not.toContain(field);
  });

  it('is found again with its words after its screen was left', async () => {
    const of = { key: 'document/note', label: () => 'Anteckning', save: async () => { throw new Error('full'); } };
    const first = draft(of, '');
    first.type('Trött i dag');
    await first.blur();
    const again = draft({ ...of, save: async () => HERE }, '');
    expect(again.words).toBe('Trött i dag');
    await again.flush();
    expect(again.state).toBe('kept');
    expect(draft(of, 'annat').words).toBe('annat');
  });
});

describe('on a tablet that two share', () => {
  afterEach(() => (whose.id = null));

  it('words that Eva could not keep are neither shown to Omar nor kept in his name, and wait for her', async () => {
    whose.id = 'eva';
    const { asked, save } = saver();
    const of = { key: 'document/note', label: () => 'Anteckning', save };
    const evas = draft(of, '');
    evas.type('Trött i dag');
    whose.id = null;
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    expect(evas.state).toBe('failed');

    whose.id = 'omar';
    expect(unkept.failed).toEqual([]);
    expect(unkept.within('document')).toEqual([]);
    expect(draft(of, '').words).toBe('');
    await unkept.flush();
    expect(asked).toEqual([]);

    whose.id = 'eva';
    expect(unkept.failed).toEqual([evas]);
    expect(unkept.within('document')).toEqual([evas]);
    // Omar may have answered meanwhile: nothing is kept over that before she says so.
    await unkept.flush();
    expect(asked).toEqual([]);
    const kept = unkept.retry();
    asked[0]?.answer(HERE);
    await kept;
    expect(evas.state).toBe('kept');
  });
});

describe('what colleagues write', () => {
  it('reaches a field that nobody is at', () => {
    const field = fresh(async () => HERE, '070-1');
    field.incoming('070-2');
    expect(field.words).toBe('070-2');
    expect(field.state).toBe('shown');
  });

  it('waits while the user is at the field, and comes when they leave it untouched', async () => {
    const field = fresh(async () => HERE, '070-1');
    field.focus();
    field.incoming('070-2');
    expect(field.words).toBe('070-1');
    await field.blur();
    expect(field.words).toBe('070-2');
  });

  it('never takes the place of words that are not kept', async () => {
    const { asked, save } = saver();
    const field = fresh(save, 'a');
    field.type('mine');
    field.incoming('theirs');
    expect(field.words).toBe('mine');
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    field.incoming('theirs');
    asked[0]?.answer(HERE);
    await vi.advanceTimersByTimeAsync(0);
    expect(field.words).toBe('mine');
  });
});
