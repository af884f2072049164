// Who is meant by "health care": the one mobile team and the one health centre, where there is one of each.

import type { Receiver } from '../../lib/api';

/** The units that are meant when nobody says which; where none is, the only one that there is. */
export function usualReceivers(receivers: Receiver[]): Receiver[] {
  const usual = receivers.filter((one) => one.usual);
  if (usual.length > 0) return usual;
  return receivers.length === 1 ? receivers : [];
}
