// Where things lie.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../../..');
export const UI = resolve(process.env['HEMROND_UI'] ?? join(ROOT, 'ui/dist'));
export const TEXTS = join(ROOT, 'texts');

const BIN = resolve(process.env['HEMROND_BIN_DIR'] ?? join(ROOT, 'target/debug'));

/** The path of one of the project's programs. */
export function program(name: 'hemrond-server' | 'hemrond-tablet'): string {
  const path = join(BIN, name);
  if (!existsSync(path)) {
    throw new Error(`${path} is not there: run \`cargo build --workspace\` first, or say in HEMROND_BIN_DIR where the programs are`);
  }
  return path;
}

/** The folder of this run, where every database and log lies. */
export function runFolder(): string {
  const folder = process.env['HEMROND_RUN_FOLDER'];
  if (!folder) throw new Error('there is no folder for this run: start the stories with `npm test`');
  return folder;
}
