// One thing that is being done: busy until it is answered, and why it was not done.

import type { Failure } from './api';
import { asFailure } from './call';

export class Doing {
  busy = $state(false);
  failure = $state.raw<Failure | null>(null);

  /** Does it once, however often it is tapped; answers null where it was not done. */
  async run<A>(work: () => Promise<A>): Promise<A | null> {
    if (this.busy) return null;
    this.busy = true;
    try {
      const answer = await work();
      this.failure = null;
      return answer;
    } catch (cause) {
      this.failure = asFailure(cause);
      return null;
    } finally {
      this.busy = false;
    }
  }
}
