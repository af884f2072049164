// The companion in the same process, behind the app's window.

import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Transport } from './index';

export function inWindow(): boolean {
  return '__TAURI_INTERNALS__' in window;
}

export const tauriWindow: Transport = {
  call: (command, args) => invoke('call', { command, args }),
  listen(heard) {
    const stop = listen<unknown>('hemrond', (event) => heard(event.payload));
    return () => void stop.then((unlisten) => unlisten());
  },
};
