// A question whose answer stays fresh: asked again when its arguments or the documents change.

import type { Commands, Failure } from './api';
import { asFailure, call, onWrite, writesSoFar, type CommandName } from './call';
import { onEvent } from './events';

/** Several events in a row ask once. */
const SETTLE_MS = 120;

/** Whether the answer is that there is nothing to show for this user; other failures say nothing about what stands there. */
export function isGone(failure: Failure): boolean {
  return failure.code.startsWith('policy.') || failure.code.startsWith('door.') || ['visit.unknown', 'person.unknown', 'document.unknown'].includes(failure.code);
}

export class Live<A> {
  /** The latest answer; the former one stays while a new one is asked for. */
  data = $state.raw<A | null>(null);
  failure = $state.raw<Failure | null>(null);
  loading = $state(false);

  #ask: () => Promise<A>;
  #newest = 0;
  /** The asking that counts; done at once where an answer was set or forgotten since. */
  #asking: Promise<void> = Promise.resolve();

  constructor(ask: () => Promise<A>) {
    this.#ask = ask;
  }

  /** Asks anew. Done when the newest answer stands, though it be that of a later asking: who waits can go by the screen. */
  reload = (): Promise<void> => {
    this.#asking = this.#answer(++this.#newest);
    return this.#asking;
  };

  async #answer(mine: number): Promise<void> {
    this.loading = true;
    try {
      const seen = writesSoFar();
      const answer = await this.#ask();
      if (mine !== this.#newest) return await this.#asking;
      // A write was answered meanwhile: this answer may be older than what the screen already shows.
      if (seen !== writesSoFar()) return await this.reload();
      this.data = answer;
      this.failure = null;
    } catch (cause) {
      if (mine !== this.#newest) return await this.#asking;
      this.failure = asFailure(cause);
      // What the user may no longer read, or what is no longer here, does not stay on the screen: a block counts at once.
      if (isGone(this.failure)) this.data = null;
    } finally {
      if (mine === this.#newest) this.loading = false;
    }
  }

  /** Shows an answer that another command gave, such as the page that a signature returns. */
  set(answer: A): void {
    this.#newest += 1;
    this.#asking = Promise.resolve();
    this.data = answer;
    this.failure = null;
    this.loading = false;
  }

  forget(): void {
    this.#newest += 1;
    this.#asking = Promise.resolve();
    this.data = null;
    this.failure = null;
  }
}

/**
 * Asks `name` with the arguments that `args` gives, again whenever they or the documents change. `null` asks nothing.
 * To be called while a component is set up.
 */
export function live<N extends CommandName>(
  name: N,
  args: () => Commands[N]['args'] | null,
): Live<Commands[N]['answer']> {
  let current: Commands[N]['args'] | null = null;
  let asked = '';
  const answer = new Live<Commands[N]['answer']>(() => call(name, current as Commands[N]['args']));

  $effect(() => {
    current = args();
    const key = JSON.stringify(current);
    if (key === asked) return;
    asked = key;
    // Another question: what stands there answers the former one.
    answer.forget();
    if (current !== null) void answer.reload();
  });

  $effect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = () => {
      if (current === null) return;
      clearTimeout(timer);
      timer = setTimeout(() => void answer.reload(), SETTLE_MS);
    };
    const stopEvents = onEvent((event) => {
      if (event.event === 'changed') again();
    });
    // Own writes show at once, also while the event stream is down.
    const stopWrites = onWrite(again);
    return () => {
      clearTimeout(timer);
      stopEvents();
      stopWrites();
    };
  });

  return answer;
}
