import { describe, expect, it } from 'vitest';
import type { VisitPage } from '../../../lib/api';
import { TEXTS } from '../../../lib/i18n.svelte';
import { canTake, CHECKLIST, completeness, DOWNTON, sectionOf, sinceLast, stillUnchanged } from './sections';

describe('sections', () => {
  it('find the section of every field', () => {
    expect(sectionOf('note')).toBe('note');
    expect(sectionOf('cfs.level')).toBe('cfs');
    expect(sectionOf('falls.gait')).toBe('falls');
    expect(sectionOf('med.storage.note')).toBe('medication');
    expect(sectionOf('drugs/4a/dose')).toBe('medication');
    expect(sectionOf('weight_kg')).toBe('plan');
  });

  it('have words for the twenty items of the checklist and the eleven of Downton, in both languages', () => {
    expect(CHECKLIST).toHaveLength(20);
    expect(DOWNTON).toHaveLength(11);
    for (const texts of Object.values(TEXTS)) {
      for (const [item, words] of CHECKLIST) {
        expect(texts[`med.check.${words}`], words).toBeDefined();
        expect(texts[`field.med.${item}`], item).toBeDefined();
      }
      for (const item of DOWNTON) {
        expect(texts[`downton.item.${item}`], item).toBeDefined();
        expect(texts[`field.falls.${item}`], item).toBeDefined();
      }
    }
  });

  it('are empty, begun or done', () => {
    const section = (answered: number, of: number) => completeness({ name: 'falls', answered, of, unchanged_since: null, last: null });
    expect(section(0, 11)).toBe('empty');
    expect(section(3, 11)).toBe('begun');
    expect(section(11, 11)).toBe('done');
    expect(section(0, 0)).toBe('empty');
  });
});

describe('canTake', () => {
  const page = (fields: VisitPage['fields'], previous: VisitPage['fields'], disagreements: string[] = []) =>
    ({
      fields, previous: { visit: 'v', on: '2026-11-03', fields: previous, texts: {}, can_take: ['cfs', 'falls'] }, drugs: [],
      disagreements: disagreements.map((field) => ({ field })),
    }) as unknown as VisitPage;

  it('offers what is not answered', () => {
    expect(canTake('cfs', page({}, { 'cfs.level': 5 }))).toBe(true);
    expect(canTake('falls', page({ 'falls.vision': true }, { 'falls.vision': true, 'falls.gait': 'unsafe' }))).toBe(true);
  });

  it('never offers to replace another answer, nor what is disagreed upon, nor nothing', () => {
    expect(canTake('cfs', page({ 'cfs.level': 6 }, { 'cfs.level': 5, 'cfs.basis': 'proxy' }))).toBe(false);
    expect(canTake('falls', page({}, { 'falls.gait': 'unsafe' }, ['falls.gait']))).toBe(false);
    expect(canTake('cfs', page({ 'cfs.level': 5 }, { 'cfs.level': 5, 'cfs.comment': 'Trött' }))).toBe(false);
    expect(canTake('medication', page({}, { 'med.use': 'ok' }))).toBe(false);
  });
});

describe('stillUnchanged', () => {
  const page = (fields: VisitPage['fields'], previous: VisitPage['fields']) =>
    ({ fields, previous: { visit: 'v', on: '2026-11-03', fields: previous, texts: {}, can_take: [] } }) as unknown as VisitPage;

  it('ends with the first answer that is changed or taken away', () => {
    expect(stillUnchanged('cfs', page({ 'cfs.level': 5, 'cfs.assessed_on': '2026-11-22' }, { 'cfs.level': 5, 'cfs.assessed_on': '2026-11-03' }))).toBe(true);
    expect(stillUnchanged('cfs', page({ 'cfs.level': 6 }, { 'cfs.level': 5 }))).toBe(false);
    expect(stillUnchanged('cfs', page({}, { 'cfs.level': 5 }))).toBe(false);
  });
});

describe('sinceLast', () => {
  const page = (fields: VisitPage['fields'], previous: VisitPage['fields'] | null) =>
    ({
      fields, previous: previous && { visit: 'v', on: '2026-11-03', fields: previous, texts: {}, can_take: [] },
      sections: [{ name: 'falls', answered: 11, of: 11, unchanged_since: null, last: { value: 2, on: '2026-11-03', visit: 'v' } }],
      falls: { score: 3 }, medication: { drug_count: 0 }, drugs: [],
    }) as unknown as VisitPage;

  it('says nothing without a visit before', () => {
    expect(sinceLast(page({ 'cfs.level': 5 }, null))).toEqual([]);
  });

  it('compares what both visits answer, and only what differs', () => {
    expect(sinceLast(page({ 'cfs.level': 6, 'falls.vision': true, 'falls.gait': 'unsafe' }, { 'cfs.level': 5, 'falls.vision': true }))).toEqual([
      { field: 'cfs.level', before: 5, after: 6 },
      { field: 'falls.score', before: 2, after: 3 },
    ]);
  });
});
