import { describe, expect, it } from 'vitest';
import { inboxText } from './inbox';

describe('inboxText', () => {
  it('leaves questions as they are', () => {
    expect(inboxText({ why: 'question', text: 'S: Andfådd | ökar' })).toBe('S: Andfådd | ökar');
  });

  it('puts observations into words', () => {
    expect(inboxText({ why: 'observation', text: 'gait:worse,food_drink:much_worse|Åt inget.' })).toBe(
      'Gång och balans: sämre, Mat och dryck: mycket sämre. Åt inget.',
    );
    expect(inboxText({ why: 'observation', text: 'gait:worse' })).toBe('Gång och balans: sämre');
  });

  it('shows what a newer version wrote', () => {
    expect(inboxText({ why: 'observation', text: 'breathing:worse' })).toBe('breathing:worse');
  });
});
