// One event stream for the whole interface, shared by all that listen.

import type { Event } from './api';
import { transport } from './transport';

type Heard = (event: Event) => void;

const listeners = new Set<Heard>();
let stop: (() => void) | null = null;

/** Calls `heard` with each event until the returned function is called. */
export function onEvent(heard: Heard): () => void {
  listeners.add(heard);
  stop ??= transport().listen((event) => {
    for (const listener of [...listeners]) listener(event as Event);
  });
  return () => {
    listeners.delete(heard);
    if (listeners.size === 0) {
      stop?.();
      stop = null;
    }
  };
}
