// Tells the app's window that a page stands on the screen, for measurements of the start.

import { invoke } from '@tauri-apps/api/core';
import { inWindow } from './transport/tauri';

const told = new Set<string>();

/** After the frame that shows the content; once for each page, and only in the app's window. */
export function painted(page: 'lock' | 'round'): void {
  if (told.has(page) || !inWindow()) return;
  told.add(page);
  requestAnimationFrame(() => setTimeout(() => void invoke('painted', { page }).catch(() => undefined)));
}
