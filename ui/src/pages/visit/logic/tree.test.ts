import { describe, expect, it } from 'vitest';
import { questions } from './tree';

const none = () => false;

describe('questions', () => {
  it('begins with the first', () => {
    expect(questions({ path: [], incomplete: ['terminal'] }, none)).toEqual(['terminal']);
    expect(questions({ path: [], incomplete: [] }, none)).toEqual(['terminal']);
  });

  it('asks the next one that the tree lacks', () => {
    expect(questions({ path: ['not_terminal', 'badl_0'], incomplete: ['iadl'] }, none)).toEqual(['terminal', 'badl', 'iadl']);
  });

  it('asks nothing that the way did not need', () => {
    expect(questions({ path: ['cfs.step.not_terminal', 'cfs.step.badl_3_5'], incomplete: [] }, none)).toEqual(['terminal', 'badl']);
    expect(questions({ path: ['terminal', 'terminal_badl_0_2'], incomplete: [] }, none)).toEqual(['terminal', 'badl']);
  });

  it('follows the whole way', () => {
    const path = ['not_terminal', 'badl_0', 'iadl_0', 'chronic_under_10', 'srh_good_or_better', 'effort_not_all', 'excellent_and_rarely', 'active'];
    expect(questions({ path, incomplete: [] }, none)).toEqual(['terminal', 'badl', 'iadl', 'chronic', 'srh', 'effort', 'active']);
  });

  it('shows what is answered when the way is left out while it is not done', () => {
    const answered = (question: string) => ['terminal', 'badl', 'active'].includes(question);
    expect(questions({ path: [], incomplete: ['cfs.iadl'] }, answered)).toEqual(['terminal', 'badl', 'iadl']);
  });
});
