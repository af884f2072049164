// The one line at the top that says the whole: connection, what waits, what someone must look at.

import type { Status } from './api';
import { formatInstant } from './format';
import { speaker, t, tn } from './i18n.svelte';

/** Which shape stands before the words. */
export type StatusShape = 'online' | 'offline' | 'syncing' | 'attention' | 'unknown';

export function statusShape(status: Status): StatusShape {
  if (status.connection === 'rejected' || status.storage_full) return 'attention';
  if (status.refused > 0 || status.disagreements > 0) return 'attention';
  return status.connection;
}

/** "Offline · 7 ändringar väntar sedan 09:12 · 1 nekad". */
export function statusWords(status: Status): string {
  const words = [t(`connection.${status.connection}`)];
  if (status.progress && status.progress.left > 0) words.push(tn('status.left', status.progress.left));
  if (status.waiting > 0) {
    const since = status.waiting_since;
    words.push(
      since
        ? tn('status.waiting_since', status.waiting, { time: formatInstant(since, speaker.language, status.today) })
        : tn('status.waiting', status.waiting),
    );
  } else if (status.connection === 'online' && status.refused === 0 && status.laid_aside === 0) words.push(t('status.all_sent'));
  else if (status.connection === 'online' || status.connection === 'offline') words.push(t('status.nothing_waits'));
  if (status.refused > 0) words.push(tn('status.refused', status.refused));
  if (status.disagreements > 0) words.push(tn('status.disagreements', status.disagreements));
  if (status.storage_full) words.push(t('status.storage_full'));
  return words.join(' · ');
}
