// What a document is called on the sync page, and where it is seen.

import type { DocumentKind, PersonBrief, VisitId } from '../../lib/api';
import { t } from '../../lib/i18n.svelte';
import { href } from '../../lib/router.svelte';
import { personName } from '../../lib/words';

interface Item {
  kind: DocumentKind | null;
  person: PersonBrief | null;
  visit: VisitId | null;
}

/** "Besök, Astrid Svensson". */
export function itemName(item: Item): string {
  const kind = item.kind ? t(`document.${item.kind}`) : t('document.other');
  return item.person ? `${kind}, ${personName(item.person)}` : kind;
}

export function itemHref(item: Item): string | null {
  if (item.visit) return href('visit', item.visit);
  if (item.person) return href('person', item.person.id);
  return item.kind === 'round' ? href('round') : null;
}
