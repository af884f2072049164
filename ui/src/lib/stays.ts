// What stays at an edge of the page while the rest scrolls under it.

/** For `{@attach}`: whatever is brought into sight, by focus or by a jump, stops clear of this element. */
export function stays(edge: 'Top' | 'Bottom'): (node: HTMLElement) => (() => void) | undefined {
  return (node) => {
    const main = node.closest('main');
    if (!main) return undefined;
    const measure = new ResizeObserver(() => {
      main.style[`scrollPadding${edge}`] = `${node.offsetHeight + 8}px`;
    });
    measure.observe(node);
    return () => {
      measure.disconnect();
      main.style[`scrollPadding${edge}`] = '';
    };
  };
}
