// What somebody writes and chooses in danger: it stays while they read something of the list in between.

import type { DocumentId } from '../../lib/api';

export const HOURS = ['1', '2', '8', '24'] as const;

export class Statement {
  danger = $state('');
  documents = $state<DocumentId[]>([]);
  hours = $state<(typeof HOURS)[number] | null>(null);
}
