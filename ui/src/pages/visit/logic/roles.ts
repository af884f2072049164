// Which notes each role writes. The companion decides whether it may.

import type { NoteKind, Role } from '../../../lib/api';

export function kindsOf(role: Role | undefined): NoteKind[] {
  if (role === 'doctor') return ['note', 'order', 'answer'];
  if (role === 'nurse') return ['note', 'question'];
  return [];
}
