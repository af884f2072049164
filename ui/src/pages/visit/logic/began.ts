// The text that each draft of a running text began from. It outlives the screen, as the draft itself does while it is not kept.

const texts = new Map<string, string>();

export const began = {
  /** Notes where a draft begins; one that waits since an earlier screen keeps its beginning. */
  from(name: string, text: string, waiting: boolean): void {
    if (!waiting || !texts.has(name)) texts.set(name, text);
  },
  at(name: string): string {
    return texts.get(name) ?? '';
  },
};
