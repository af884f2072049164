// What an item of the inbox says. Observations come as "food_drink:worse,pain:much_worse|words".

import type { InboxItem } from '../../lib/api';
import { t } from '../../lib/i18n.svelte';

export function itemWords(item: Pick<InboxItem, 'why' | 'text'>): string {
  if (item.why !== 'observation') return item.text;
  const bar = item.text.indexOf('|');
  const [tiles, words] = bar < 0 ? [item.text, ''] : [item.text.slice(0, bar), item.text.slice(bar + 1)];
  const said = tiles.split(',').map((tile) => {
    const [what, degree] = tile.split(':');
    return what && degree ? `${t(`observe.what.${what}`)}: ${t(`observe.degree.${degree}`).toLowerCase()}` : tile;
  });
  return [said.join(', '), words].filter(Boolean).join('. ');
}
