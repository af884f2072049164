// What the whole interface knows: the status line's content and the user's settings.

import type { DoorView, Failure, Settings, Status } from './api';
import { asFailure, call } from './call';
import { onEvent } from './events';
import { speaker } from './i18n.svelte';
import { replace } from './router.svelte';
import { announce, undo } from './undo.svelte';
import { whose } from './whose.svelte';

class App {
  /** Who is on this tablet, and whether it is open. */
  door = $state.raw<DoorView | null>(null);
  /** The newest status, whosever it is. */
  private heard = $state.raw<Status | null>(null);
  /** The status that is shown: none before it is known who is on this tablet, and nobody's while it is locked, for an
   * answer may have been asked before that. */
  readonly status = $derived.by(() => {
    if (this.door === null || this.heard === null) return null;
    return this.door.open === null ? { ...this.heard, user: null } : this.heard;
  });
  /** Set while the companion itself does not answer. */
  failure = $state.raw<Failure | null>(null);

  /** Whether the user has chosen to stay offline, as far as this window knows. */
  staysOffline = $state(false);

  get today(): string {
    return this.status?.today ?? '';
  }

  /** Shows a status, and lets language, theme and text size follow it. */
  show(status: Status): void {
    this.heard = status;
    this.failure = null;
    wear(status.settings);
  }

  /** How many statuses came as news. */
  private told = 0;

  /** How many doors came as news, or as an act's answer. */
  private turned = 0;

  /** Shows a status that came as news. */
  tell(status: Status): void {
    this.told += 1;
    this.show(status);
  }

  /** Takes in who is on this tablet, as news or an act's answer say it. What was on the screen of one who locked, or whose
   * time without contact is over, goes at once, before anything is asked; whoever opened is shown together with their
   * status, and nobody's page comes between. */
  async heed(door: DoorView): Promise<void> {
    this.turned += 1;
    if (door.open === null || door.open === this.door?.open) this.stand(door);
    await this.refresh();
  }

  /** Who was in last, in this window. */
  private last: string | null = null;

  /** Shows a door. Whoever comes in after somebody else finds nothing of theirs: no page, no act to be undone. */
  private stand(door: DoorView): void {
    const { open } = door;
    if (open !== null && this.last !== null && open !== this.last) {
      replace('');
      undo.putAway();
      announce('');
      this.staysOffline = false;
    }
    this.last = open ?? this.last;
    whose.id = open;
    this.door = door;
  }

  async refresh(): Promise<void> {
    try {
      const [turned, told] = [this.turned, this.told];
      const door = await call('door', {});
      const status = await call('status', {});
      // News overtook an answer, and which of the two is older nobody knows: ask again.
      if (this.turned !== turned) return await this.refresh();
      this.stand(door);
      if (this.told !== told) return await this.refresh();
      this.show(status);
    } catch (cause) {
      this.failure = asFailure(cause);
    }
  }

  /** Keeps the settings; shows them at once. */
  async keep(settings: Settings): Promise<void> {
    wear(settings);
    this.show(await call('set_settings', settings));
  }
}

export const app = new App();

/** How often the tablet is told that somebody is there. */
const TOUCH_MS = 20_000;

/** Tells the tablet that a person touches or types, so that it does not lock; returns what stops that. */
export function tellOfTouches(): () => void {
  let told = 0;
  const touched = () => {
    if (!app.door?.open || Date.now() - told < TOUCH_MS) return;
    told = Date.now();
    void call('door_touch', {}).catch(() => undefined);
  };
  for (const kind of ['pointerdown', 'keydown', 'wheel'] as const) document.addEventListener(kind, touched, { passive: true });
  return () => {
    for (const kind of ['pointerdown', 'keydown', 'wheel'] as const) document.removeEventListener(kind, touched);
  };
}

/** Loads the status and follows it; returns what stops that. */
export function followStatus(): () => void {
  void app.refresh();
  const stop = onEvent((event) => {
    if (event.event === 'door') void app.heed(event.door);
    else if (event.event === 'status') app.tell(event.status);
    // A change may have moved something between "waits" and "on the server".
    else void app.refresh();
  });
  // A tablet that slept over midnight has another today.
  const woke = () => {
    if (document.visibilityState === 'visible') void app.refresh();
  };
  document.addEventListener('visibilitychange', woke);
  return () => {
    stop();
    document.removeEventListener('visibilitychange', woke);
  };
}

function wear(settings: Settings): void {
  speaker.language = settings.language;
  const root = document.documentElement;
  root.lang = settings.language;
  root.dataset['theme'] = settings.theme;
  root.style.setProperty('--text-percent', String(settings.text_percent));
}
