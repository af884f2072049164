// Why nothing can be opened in an emergency here, as the key of a sentence.

import type { AccessState } from '../../lib/api';

/** Where something is blocked off, it is the role that does not allow it. */
export function whyNotOpen(access: AccessState): string {
  return access.blocked_elsewhere ? 'emergency.may_not_role' : 'emergency.may_not_nothing';
}
