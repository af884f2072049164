// The one way to the companion: a command by name, its arguments, its answer or a Failure.

import type { Commands, Failure } from './api';
import { transport } from './transport';

export type CommandName = keyof Commands;

/** Commands that only look; everything else writes. */
const READS: ReadonlySet<CommandName> = new Set<CommandName>([
  'status', 'door', 'door_touch', 'round', 'search', 'check_identity', 'person', 'visit', 'inbox', 'sync_page', 'history', 'who_looked',
  'access_state', 'print_sheet', 'elsewhere', 'elsewhere_open',
]);

let written = 0;
const wrote = new Set<() => void>();

/** Calls `heard` after each write from this window, until the returned function is called. */
export function onWrite(heard: () => void): () => void {
  wrote.add(heard);
  return () => wrote.delete(heard);
}

/** How many writes have been answered; an answer to an older read may lack them. */
export function writesSoFar(): number {
  return written;
}

/** Thrown by `call` when a command was not done. */
export class CallFailed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'CallFailed';
    this.failure = failure;
  }
}

export async function call<N extends CommandName>(name: N, args: Commands[N]['args']): Promise<Commands[N]['answer']> {
  try {
    return (await transport().call(name, args)) as Commands[N]['answer'];
  } catch (cause) {
    throw new CallFailed(asFailure(cause));
  } finally {
    if (!READS.has(name)) {
      written += 1;
      for (const heard of [...wrote]) heard();
    }
  }
}

/** Whatever was thrown, as something that can be shown to a person. */
export function asFailure(cause: unknown): Failure {
  if (cause instanceof CallFailed) return cause.failure;
  if (isFailure(cause)) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return { code: 'ui.unreachable', params: {}, message };
}

function isFailure(value: unknown): value is Failure {
  return (
    typeof value === 'object' && value !== null &&
    typeof (value as Failure).code === 'string' && typeof (value as Failure).message === 'string'
  );
}
