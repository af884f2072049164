// Focus that is meant: after a dialog or a page has placed its own.

/** For `{@attach}`: focuses the element once everything around it stands. */
export function focusSoon(node: HTMLElement): () => void {
  const frame = requestAnimationFrame(() => node.focus());
  return () => cancelAnimationFrame(frame);
}
