// What a screen measures, as seen by eyes and thumbs.
import type { Page } from '@playwright/test';

/** Everything that goes beyond the right edge, or must be scrolled sideways, save for rows made to be swiped. */
export function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    // The visit's sections and nothing else: a row of jumps, whose page below holds the same in one scroll.
    const swiped = (element: Element) => element.closest('nav')?.querySelector('[data-testid^="jump-"]') !== null && element.closest('nav') !== null;
    const named = (element: Element) =>
      `${element.tagName.toLowerCase()}${element.className && typeof element.className === 'string' ? `.${element.className.trim().split(/\s+/)[0]}` : ''}` +
      `${element.getAttribute('data-testid') ? `[${element.getAttribute('data-testid')}]` : ''} "${(element.textContent ?? '').trim().slice(0, 30)}"`;
    const found: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>('*')) {
      if (swiped(element)) continue;
      const style = getComputedStyle(element);
      if (style.display === 'none' || style.visibility === 'hidden' || element.closest('.hidden-words')) continue;
      if (['auto', 'scroll'].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1) found.push(`scrolls sideways: ${named(element)}`);
      const box = element.getBoundingClientRect();
      if (box.width > 0 && box.height > 0 && box.right > innerWidth + 1 && element.tagName !== 'HTML') found.push(`beyond the edge: ${named(element)}`);
    }
    if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
    return [...new Set(found)].slice(0, 12);
  });
}

export interface Target {
  what: string;
  width: number;
  height: number;
  /** The things most often pressed: buttons, fields, choices, tiles, navigation. */
  main: boolean;
}

/** The size of everything that can be pressed and is in sight on the page, as a thumb meets it. */
export function targets(page: Page): Promise<Target[]> {
  return page.evaluate(() => {
    const pressed = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=switch], [role=button]';
    const top = document.querySelector('dialog[open]') ?? document;
    const found: { what: string; width: number; height: number; main: boolean }[] = [];
    for (const element of top.querySelectorAll<HTMLElement>(pressed)) {
      // A control in its label is as large as the label.
      const choice = element.matches('input[type=radio], input[type=checkbox]') ? element.closest('label') : null;
      const shown = choice ?? element;
      const style = getComputedStyle(shown);
      let box: { width: number; height: number; left: number; top: number } = shown.getBoundingClientRect();
      if (box.width === 0 || box.height === 0 || style.visibility === 'hidden' || element.matches('.skip')) continue;
      if (element.closest('details:not([open])') && element.tagName !== 'SUMMARY') continue;
      // A link whose shade covers a card is as large as the card.
      const shade = getComputedStyle(element, '::after');
      if (shade.content !== 'none' && shade.position === 'absolute' && shade.inset.startsWith('0px')) {
        let card: Element | null = element;
        while (card && getComputedStyle(card).position === 'static') card = card.parentElement;
        if (card) box = card.getBoundingClientRect();
      }
      found.push({
        what: `${element.tagName.toLowerCase()}${element.dataset['testid'] ? `[${element.dataset['testid']}]` : ''} "${(element.getAttribute('aria-label') ?? shown.textContent ?? '').trim().slice(0, 40)}"`,
        width: Math.round(box.width * 10) / 10, height: Math.round(box.height * 10) / 10,
        main: shown.matches('.button, .input, nav a, nav button, label, .tile, .hit, [role=switch]'),
      });
    }
    return found;
  });
}

/**
 * What a person who goes through the page with keys, or scrolls to a control, finds hidden under something that stays:
 * each control is brought into sight by its focus, and must then be what is met at some place of it.
 */
export function covered(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const top = document.querySelector('dialog[open]') ?? document;
    const controls = top.querySelectorAll<HTMLElement>('a[href], button:not(:disabled), input, select, textarea, summary');
    for (const control of controls) {
      if (control.matches('.skip') || (control.closest('details:not([open])') && control.tagName !== 'SUMMARY')) continue;
      const shown = control.matches('input[type=radio], input[type=checkbox]') ? (control.closest('label') ?? control) : control;
      if (shown.getBoundingClientRect().width === 0) continue;
      control.focus();
      const box = shown.getBoundingClientRect();
      const places = [[0.5, 0.5], [0.1, 0.15], [0.9, 0.15], [0.1, 0.85], [0.9, 0.85]].map(([x = 0, y = 0]) => {
        const met = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
        return met !== null && (shown.contains(met) || met.contains(shown));
      });
      if (!places.some(Boolean)) {
        found.push(`${control.tagName.toLowerCase()}${control.dataset['testid'] ? `[${control.dataset['testid']}]` : ''} "${(control.textContent ?? '').trim().slice(0, 30)}" at ${Math.round(box.top)} of ${innerHeight}`);
      }
    }
    (document.activeElement as HTMLElement | null)?.blur();
    return found;
  });
}

/** How much of the height is left for what scrolls, between all that stays. */
export function roomLeft(page: Page): Promise<number> {
  return page.evaluate(() => {
    const main = document.querySelector('main');
    if (!main) return innerHeight;
    main.scrollTop = main.scrollHeight / 2;
    const area = main.getBoundingClientRect();
    let stays = 0;
    for (const element of main.querySelectorAll<HTMLElement>('*')) {
      if (getComputedStyle(element).position === 'sticky') {
        const box = element.getBoundingClientRect();
        stays += Math.max(0, Math.min(box.bottom, area.bottom) - Math.max(box.top, area.top));
      }
    }
    main.scrollTop = 0;
    return area.height - stays;
  });
}
