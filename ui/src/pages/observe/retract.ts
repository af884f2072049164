// Taking an observation back. It stays readable; a retraction says who took it back and when.

import type { Observation } from '../../lib/api';
import { asFailure, CallFailed } from '../../lib/call';
import { transport } from '../../lib/transport';

export async function retract(observation: Observation): Promise<void> {
  try {
    // Sent by name: the command is younger than the generated list of commands.
    await transport().call('retract_observation', { person: observation.person, row: observation.row });
  } catch (cause) {
    const failure = asFailure(cause);
    const unknown = failure.code === 'command.unreadable';
    throw new CallFailed(unknown ? { code: 'observe.cannot_undo', params: {}, message: failure.message } : failure);
  }
}
