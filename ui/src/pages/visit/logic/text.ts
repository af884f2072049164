// Two people in one text. The companion merges whole texts against what it holds, so the words of a colleague that came
// while this user was typing must be in the text that is sent; else sending would take them away.

interface Splice { start: number; end: number; words: string }

/** The one place where `after` differs from `before`. */
function splice(before: string, after: string): Splice {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  return { start, end: before.length - tail, words: after.slice(start, after.length - tail) };
}

/**
 * What `mine` becomes when `base`, which it began from, has become `theirs` meanwhile. Where both changed the same place
 * both stay: nobody's words are taken away by a machine.
 */
export function mergeText(base: string, mine: string, theirs: string): string {
  if (base === theirs || mine === theirs) return mine;
  if (base === mine) return theirs;
  const me = splice(base, mine);
  const they = splice(base, theirs);
  const moved = they.words.length - (they.end - they.start);
  if (me.end <= they.start) return theirs.slice(0, me.start) + me.words + theirs.slice(me.end);
  if (me.start >= they.end) return theirs.slice(0, me.start + moved) + me.words + theirs.slice(me.end + moved);
  const after = they.start + they.words.length;
  return theirs.slice(0, after) + glue(theirs.slice(0, after), me.words) + theirs.slice(after);
}

function glue(before: string, words: string): string {
  return words === '' || before === '' || /\s$/.test(before) || /^\s/.test(words) ? words : ` ${words}`;
}
