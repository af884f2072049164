// Addresses within the app: `#/round/2026-11-22/ROW` is page "round" with parts ["2026-11-22", "ROW"].

export interface Place {
  page: string;
  parts: string[];
  query: URLSearchParams;
}

export function parsePlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [page = '', ...parts] = path.split('/').filter(Boolean).map(decode);
  return { page, parts, query: new URLSearchParams(query) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a page: `href('person', id)` is "#/person/ID". Parts that are missing are left out. */
export function href(page: string, ...parts: (string | null | undefined)[]): string {
  return `#/${[page, ...parts].filter((part) => part).map((part) => encodeURIComponent(part ?? '')).join('/')}`;
}
