// Two people in one text. The companion merges whole texts against what it holds, so the words of a colleague that came
// while this user was typing must be in the text that is sent; else sending would take them away.

/** What became of a text: which of its words stay, and what was put before each of them and at the end. */
interface Changed { stays: boolean[]; before: string[][] }

/** Comparing takes as many steps as the product of two lengths; beyond this a text counts as written anew. */
const COMPARE_MAX = 4_000_000;

/**
 * What `mine` becomes when `base`, which it began from, has become `theirs` meanwhile. What either took away is away;
 * what either wrote stays, where both wrote in the same place one after the other.
 */
export function mergeText(base: string, mine: string, theirs: string): string {
  if (base === theirs || mine === theirs) return mine;
  if (base === mine) return theirs;
  const words = split(base);
  const me = compare(words, split(mine));
  const they = compare(words, split(theirs));
  const merged: string[] = [];
  for (let place = 0; place <= words.length; place += 1) {
    const written = they.before[place] ?? [];
    const own = me.before[place] ?? [];
    merged.push(...written);
    if (own.join('') !== written.join('')) {
      if (written.length > 0 && own.length > 0 && !/\s$/.test(merged.at(-1) ?? '') && !/^\s/.test(own[0] ?? '')) merged.push(' ');
      merged.push(...own);
    }
    if (place < words.length && me.stays[place] && they.stays[place]) merged.push(words[place] ?? '');
  }
  return merged.join('');
}

/** Words and the spaces between them. */
function split(text: string): string[] {
  return text.split(/(\s+)/).filter((word) => word !== '');
}

function compare(from: string[], to: string[]): Changed {
  const stays = from.map(() => false);
  const before: string[][] = Array.from({ length: from.length + 1 }, () => []);
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && from[start] === to[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail += 1;
  for (let at = 0; at < from.length; at += 1) stays[at] = at < start || at >= from.length - tail;
  middle(from, to, start, from.length - tail, to.length - tail, stays, before);
  return { stays, before };
}

/** The longest common row of words between the equal ends, from `start` to the two ends. */
function middle(from: string[], to: string[], start: number, fromEnd: number, toEnd: number, stays: boolean[], before: string[][]): void {
  const rows = fromEnd - start;
  const columns = toEnd - start;
  if (rows * columns > COMPARE_MAX) {
    before[start]?.push(...to.slice(start, toEnd));
    return;
  }
  const longest = Array.from({ length: rows + 1 }, () => new Uint32Array(columns + 1));
  const at = (row: number, column: number) => longest[row]?.[column] ?? 0;
  for (let row = rows - 1; row >= 0; row -= 1) {
    const line = longest[row];
    if (!line) continue;
    for (let column = columns - 1; column >= 0; column -= 1) {
      line[column] = from[start + row] === to[start + column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  let row = 0;
  let column = 0;
  while (row < rows || column < columns) {
    if (row < rows && column < columns && from[start + row] === to[start + column]) {
      stays[start + row] = true;
      row += 1;
      column += 1;
    } else if (column < columns && (row >= rows || at(row, column + 1) >= at(row + 1, column))) {
      before[start + row]?.push(to[start + column] ?? '');
      column += 1;
    } else {
      row += 1;
    }
  }
}
