// The lines of a document, each part with its heading.

import type { Line } from '../../lib/api';

type Body = Exclude<Line, { is: 'heading' }>;

export interface Part {
  heading: string;
  lines: Body[];
}

/** What comes before the first heading is a part without one. */
export function inParts(lines: Line[]): Part[] {
  const parts: Part[] = [];
  for (const line of lines) {
    if (line.is === 'heading') parts.push({ heading: line.text, lines: [] });
    else if (parts.length === 0) parts.push({ heading: '', lines: [line] });
    else parts[parts.length - 1]?.lines.push(line);
  }
  return parts;
}
