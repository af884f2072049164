// Chooses between the app's own window and a browser that a tablet process serves.

import { browser } from './browser';
import { inWindow, tauriWindow } from './tauri';

export interface Transport {
  /** Resolves with the answer, rejects with a Failure. */
  call(command: string, args: unknown): Promise<unknown>;
  /** Calls `heard` with each event until the returned function is called. */
  listen(heard: (event: unknown) => void): () => void;
}

let chosen: Transport | null = null;

export function transport(): Transport {
  chosen ??= inWindow() ? tauriWindow : browser;
  return chosen;
}

/** For tests. */
export function useTransport(other: Transport): void {
  chosen = other;
}
