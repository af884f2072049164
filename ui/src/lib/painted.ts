// Tells the app's window that the first round stands on the screen, for measurements of the start.

import { invoke } from '@tauri-apps/api/core';
import { inWindow } from './transport/tauri';

let told = false;

/** After the frame that shows the content; once, and only in the app's window. */
export function painted(): void {
  if (told || !inWindow()) return;
  told = true;
  requestAnimationFrame(() => setTimeout(() => void invoke('painted').catch(() => undefined)));
}
