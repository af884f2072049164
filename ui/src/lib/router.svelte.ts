// A small hash router: the place follows the address bar.

import { href, parsePlace, type Place } from './place';

export { href } from './place';

class Router {
  place = $state.raw<Place>(parsePlace(location.hash));

  constructor() {
    addEventListener('hashchange', () => {
      this.place = parsePlace(location.hash);
    });
  }
}

export const router = new Router();

export function go(page: string, ...parts: (string | null | undefined)[]): void {
  location.hash = href(page, ...parts);
}

/** Goes to a page in the place of this one, so that "back" does not come here again. */
export function replace(page: string, ...parts: (string | null | undefined)[]): void {
  history.replaceState(null, '', href(page, ...parts));
  router.place = parsePlace(location.hash);
}

/** Back to where the user came from, or to `page` where the app was opened here. */
export function back(page: string, ...parts: (string | null | undefined)[]): void {
  if (history.length > 1) history.back();
  else replace(page, ...parts);
}
