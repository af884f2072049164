// Which of the tree's questions to show. The tree itself is the companion's: it says which way it took and what it lacks.

import type { CfsComputed } from '../../../lib/api';

/** Which answer each step of the way was taken by; the others follow from these. */
const ASKED_AT: [RegExp, string][] = [
  [/^(not_)?terminal$/, 'terminal'],
  [/badl/, 'badl'],
  [/iadl/, 'iadl'],
  [/^chronic/, 'chronic'],
  [/^srh/, 'srh'],
  [/^effort/, 'effort'],
  [/^(not_)?active$/, 'active'],
];

/** "terminal" from "cfs.terminal", "cfs.step.terminal" or "terminal". */
export function bare(key: string): string {
  return key.replace(/^cfs\./, '').replace(/^step\./, '').replace(/^tree\./, '');
}

/** The questions that the way has passed, in its order, each once. */
export function passed(path: string[]): string[] {
  const questions: string[] = [];
  for (const step of path.map(bare)) {
    // "terminal_badl_0_2" is an answer to the second question, not to the first.
    const question = ASKED_AT.find(([pattern]) => pattern.test(step))?.[1];
    if (question && !questions.includes(question)) questions.push(question);
  }
  return questions;
}

/** The questions to show: those that the way has passed, then the one that it waits for. */
export function questions(cfs: Pick<CfsComputed, 'path' | 'incomplete'>, answered: (question: string) => boolean): string[] {
  const shown = passed(cfs.path);
  const waiting = cfs.incomplete[0];
  if (waiting !== undefined) {
    // While the way is not done, the companion may leave it out: then what is answered comes before what is asked.
    for (const question of ORDER) {
      if (question === bare(waiting)) break;
      if (answered(question) && !shown.includes(question)) shown.push(question);
    }
    if (!shown.includes(bare(waiting))) shown.push(bare(waiting));
  }
  return shown.length > 0 ? shown : ['terminal'];
}

const ORDER = ['terminal', 'badl', 'iadl', 'chronic', 'srh', 'effort', 'active'];
