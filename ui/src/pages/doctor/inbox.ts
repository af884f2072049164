// What waits, in words. An observation comes as "what:degree,what:degree|words".

import type { InboxItem } from '../../lib/api';
import { has, t } from '../../lib/i18n.svelte';

export function inboxText(item: Pick<InboxItem, 'why' | 'text'>): string {
  if (item.why !== 'observation') return item.text;
  const bar = item.text.indexOf('|');
  const tiles = bar < 0 ? item.text : item.text.slice(0, bar);
  const words = bar < 0 ? '' : item.text.slice(bar + 1);
  const said = tiles.split(',').map((tile) => {
    const [what = '', degree = ''] = tile.split(':');
    const known = has(`observe.what.${what}`) && has(`observe.degree.${degree}`);
    return known ? `${t(`observe.what.${what}`)}: ${t(`observe.degree.${degree}`).toLowerCase()}` : tile;
  });
  return [said.join(', '), words].filter(Boolean).join('. ');
}
