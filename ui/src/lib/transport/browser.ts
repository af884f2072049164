// The companion behind a tablet process on this machine, over HTTP with a session cookie.

import type { Transport } from './index';

/** Browsers refuse larger bodies for requests that may outlive the page. */
const KEEPALIVE_MAX = 60_000;

export const browser: Transport = {
  async call(command, args) {
    const body = JSON.stringify({ command, args });
    const response = await fetch('/api/call', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'same-origin',
      body,
      // What was typed just before the page closed still arrives.
      keepalive: body.length < KEEPALIVE_MAX,
    });
    const answer: unknown = await response.json().catch(() => null);
    if (response.ok) return answer;
    throw answer ?? new Error(`HTTP ${response.status}`);
  },

  listen(heard) {
    const source = new EventSource('/api/events');
    let lost = false;
    source.onmessage = (message: MessageEvent<string>) => heard(JSON.parse(message.data));
    source.onerror = () => {
      lost = true;
    };
    source.onopen = () => {
      // Events sent while the stream was down are gone: ask again for everything on the screen.
      if (lost) heard({ event: 'changed', documents: [], by_others: true });
      lost = false;
    };
    return () => source.close();
  },
};
