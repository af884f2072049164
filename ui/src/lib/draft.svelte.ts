// Autosave for one field. What is typed is kept 400 ms after the last key, on blur, and when the page is hidden or left.
// A save that fails keeps the words on the screen, and in memory when the screen is left, until they are kept.

import type { Failure, Whereabouts } from './api';
import { asFailure } from './call';
import { whose } from './whose.svelte';

export const SAVE_AFTER_MS = 400;

/** Failures after which a colleague may have answered meanwhile: nothing is kept over that without a person. */
const STALE: ReadonlySet<string> = new Set(['door.locked', 'edit.in_conflict']);

/** Where the words are: `shown` as loaded, `typing` not kept yet, then the companion's word for it. */
export type DraftState = 'shown' | 'typing' | 'saving' | 'kept' | 'failed';

export interface DraftOf {
  /** Names the field over the whole app, such as "DOCUMENT/phone": a draft that could not be kept is found again by it. */
  key: string;
  /** What the field is called, for "could not be kept". */
  label: () => string;
  /** Keeps the words; answers where the record is now. */
  save: (words: string) => Promise<Whereabouts | null>;
  /** Keeps only when the field is left or the page hidden: for what is not valid while it is typed, such as a phone number. */
  whole?: boolean;
}

export class Draft {
  words = $state('');
  state = $state<DraftState>('shown');
  failure = $state.raw<Failure | null>(null);
  whereabouts = $state.raw<Whereabouts | null>(null);

  readonly key: string;
  /** Who types. Nobody else's tablet keeps the words: they would have another author. */
  readonly #owner = whose.id;
  #of: DraftOf;
  /** What the record held when last heard. */
  #record = '';
  #pending: string | null = null;
  #focused = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> | null = null;

  constructor(of: DraftOf, record: string) {
    this.key = whose.own(of.key);
    this.#of = of;
    this.#record = record;
    this.words = record;
  }

  get label(): string {
    return this.#of.label();
  }

  /** Whether it is kept only when the field is left. */
  get whole(): boolean {
    return this.#of.whole ?? false;
  }

  /** Whether they are the words of whoever is in now. */
  get own(): boolean {
    return this.#owner === whose.id;
  }

  /** Whether there are words that are not kept. */
  get unkept(): boolean {
    return this.state === 'typing' || this.state === 'saving' || this.state === 'failed';
  }

  /** Whether the record may have gone on without these words, so that a person decides whether they still hold. */
  get stale(): boolean {
    return this.state === 'failed' && STALE.has(this.failure?.code ?? '');
  }

  /** Another component shows the same field now. */
  adopt(of: DraftOf): void {
    this.#of = of;
  }

  type(words: string): void {
    this.words = words;
    this.state = 'typing';
    clearTimeout(this.#timer);
    if (!this.#of.whole) this.#timer = setTimeout(() => void this.flush(), SAVE_AFTER_MS);
    unkept.add(this);
  }

  focus(): void {
    this.#focused = true;
  }

  blur(): Promise<void> {
    this.#focused = false;
    if (this.unkept) return this.flush();
    this.#takeIn();
    return Promise.resolve();
  }

  /** What the record holds now. It reaches the screen unless the user is at it. */
  incoming(record: string): void {
    this.#pending = record;
    this.#takeIn();
  }

  /** Keeps the words now. Saves of one field follow each other, so that an older one never lands last. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#saving) {
      await this.#saving;
      if (this.state !== 'typing') return;
    }
    if (!this.unkept) return;
    this.#saving = this.#save(this.words).finally(() => {
      this.#saving = null;
    });
    await this.#saving;
  }

  async #save(words: string): Promise<void> {
    if (words === this.#record && this.state !== 'failed') {
      this.#done(words);
      return;
    }
    if (!this.own) {
      // Locked in the midst of typing: the words wait for whose they are.
      this.failure = { code: 'door.locked', params: {}, message: '' };
      this.state = 'failed';
      unkept.note();
      return;
    }
    this.state = 'saving';
    try {
      this.whereabouts = await this.#of.save(words);
      this.#record = words;
      this.#pending = null;
      this.failure = null;
      this.#done(words);
    } catch (cause) {
      this.failure = asFailure(cause);
      // More may have been typed meanwhile; that is tried by its own timer.
      if (this.words === words) this.state = 'failed';
      unkept.note();
    }
  }

  #done(words: string): void {
    if (this.words !== words) {
      this.state = 'typing';
      return;
    }
    this.state = 'kept';
    unkept.remove(this);
    this.#takeIn();
  }

  #takeIn(): void {
    if (this.#pending === null || this.#focused || this.unkept) return;
    if (this.#pending !== this.#record) {
      this.#record = this.#pending;
      this.words = this.#pending;
      this.state = 'shown';
    }
    this.#pending = null;
  }
}

/** All drafts with words that are not kept, in the whole app. */
class Unkept {
  /** Counts up whenever something failed or was kept, for those who show it. */
  #version = $state(0);
  #drafts = new Map<string, Draft>();

  add(draft: Draft): void {
    this.#drafts.set(draft.key, draft);
  }

  remove(draft: Draft): void {
    if (this.#drafts.get(draft.key) === draft) this.#drafts.delete(draft.key);
    this.note();
  }

  note(): void {
    this.#version += 1;
  }

  find(key: string): Draft | undefined {
    return this.#drafts.get(whose.own(key));
  }

  /** Those of one document that are not kept. */
  within(document: string): Draft[] {
    const start = whose.own(`${document}/`);
    return [...this.#drafts.values()].filter((draft) => draft.key.startsWith(start) && draft.unkept);
  }

  get failed(): Draft[] {
    void this.#version;
    return [...this.#drafts.values()].filter((draft) => draft.own && draft.state === 'failed');
  }

  /** Keeps all that can be kept by itself. */
  async flush(): Promise<void> {
    await this.#flush((draft) => !draft.stale);
  }

  /** Keeps all, because a person said so. */
  async retry(): Promise<void> {
    await this.#flush(() => true);
  }

  async #flush(which: (draft: Draft) => boolean): Promise<void> {
    const own = [...this.#drafts.values()].filter((draft) => draft.own && which(draft));
    await Promise.all(own.map((draft) => draft.flush()));
  }
}

export const unkept = new Unkept();

/** The draft of a field: the one with words that were not kept, if there is one, else a fresh one. */
export function draft(of: DraftOf, record: string): Draft {
  const left = unkept.find(of.key);
  if (!left) return new Draft(of, record);
  left.adopt(of);
  return left;
}

/** Keeps everything when the page is hidden or closed: a tablet may never come back from that. */
export function keepWhenHidden(): () => void {
  const hidden = () => {
    if (document.visibilityState === 'hidden') void unkept.flush();
  };
  const leaving = () => void unkept.flush();
  document.addEventListener('visibilitychange', hidden);
  addEventListener('pagehide', leaving);
  return () => {
    document.removeEventListener('visibilitychange', hidden);
    removeEventListener('pagehide', leaving);
  };
}
