// Taking an observation back. It stays readable; a retraction says who took it back and when.

import type { Observation } from '../../lib/api';
import { call } from '../../lib/call';

export async function retract(observation: Observation): Promise<void> {
  await call('retract_observation', { person: observation.person, row: observation.row });
}
