import { beforeEach, expect, it } from 'vitest';
import { flagText, speaker } from '../src/lib/i18n.svelte';
import { itemWords } from '../src/pages/todo/item-words';

beforeEach(() => {
  speaker.language = 'sv';
});

it('an observation in the inbox is said in words', () => {
  expect(itemWords({ why: 'observation', text: 'food_drink:much_worse,pain:worse|Åt inget | alls.' })).toBe(
    'Mat och dryck: mycket sämre, Smärta: sämre. Åt inget | alls.',
  );
  expect(itemWords({ why: 'observation', text: 'fall:worse' })).toBe('Fall: sämre');
});

it('other items are shown as they came', () => {
  expect(itemWords({ why: 'question', text: 'a:b|c' })).toBe('a:b|c');
});

it("a flag's parameter that names a text is said in words", () => {
  expect(flagText({ code: 'flag.worse_observation', level: 'today', params: { what: 'observation.food_drink' } })).toBe('Sämre: mat och dryck');
  expect(flagText({ code: 'flag.fall_risk_high', level: 'today', params: { score: '4' } })).toBe('Hög fallrisk (4 p)');
});
