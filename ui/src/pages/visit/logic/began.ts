// The text that each draft of a running text began from. It outlives the screen, as the draft itself does while it is not kept.

import { whose } from '../../../lib/whose.svelte';

const texts = new Map<string, string>();

export const began = {
  /** Notes where a draft begins; one that waits since an earlier screen keeps its beginning. */
  from(name: string, text: string, waiting: boolean): void {
    const own = whose.own(name);
    if (!waiting || !texts.has(own)) texts.set(own, text);
  },
  at(name: string): string {
    return texts.get(whose.own(name)) ?? '';
  },
};
