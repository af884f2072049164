// Builds edits of documents, so that their wire form stands in one place.

import type { DocumentId, Edit, FieldValue, Kept, RowId, Value } from './api';
import { call } from './call';

/** Sets or clears (null) a single field. */
export function setField(field: string, value: FieldValue): Edit {
  return value === null ? { edit: 'clear', field } : { edit: 'set', field, value };
}

/** Writes a running text anew; what changed is merged with what others type meanwhile. */
export function setText(field: string, value: string): Edit {
  return { edit: 'text', field, value };
}

/** Adds a row; values that are null or empty are left out. */
export function addRow(collection: string, row: RowId, values: Record<string, FieldValue>): Edit {
  const given = Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== null && entry[1] !== '');
  return { edit: 'add_row', collection, row, values: Object.fromEntries(given) };
}

export function setRow(collection: string, row: RowId, field: string, value: FieldValue): Edit {
  return { edit: 'set_row', collection, row, field, value };
}

/** Retracts a row, or takes its retraction back with null; it stays in the history. */
export function retractRow(collection: string, row: RowId, at: Date | null): Edit {
  return setRow(collection, row, 'retracted_at', at?.toISOString() ?? null);
}

export function edit(document: DocumentId, ...edits: Edit[]): Promise<Kept> {
  return call('edit', { document, edits });
}

/** A new row's name: a random UUID, which needs no server. */
export function newRow(): RowId {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  // Version 4, variant 1, as RFC 9562 has it.
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
