// What a person is told when something was not done.
import { beforeEach, expect, it } from 'vitest';
import { failureText, speaker } from '../src/lib/i18n.svelte';

beforeEach(() => {
  speaker.language = 'sv';
});

it('a refused value names its field as the page does, and why in words', () => {
  const failure = { code: 'edit.refused', params: { field: 'weight_kg', reason: 'the number is outside what can be right', why: 'range' }, message: '' };
  expect(failureText(failure)).toBe('Det går inte att spara Vikt så: talet kan inte stämma, det är för litet eller för stort');
  speaker.language = 'en';
  expect(failureText(failure)).not.toContain('weight_kg');
});

it('two answers name their field, a row too', () => {
  const failure = { code: 'edit.in_conflict', params: { field: 'drugs/8a/dose' }, message: '' };
  expect(failureText(failure)).not.toContain('drugs');
});
