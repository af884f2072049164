// Documents as files: one each, with the whole document as a Yjs update.

import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How many documents are worked at a time, so that thousands do not take all open files and all memory. */
const AT_ONCE = 100;

/**
 * The file of a document.
 * @param {string} folder
 * @param {string} id
 */
export function fileOf(folder, id) {
  return join(folder, `${encodeURIComponent(id)}.yjs`);
}

/**
 * What a file holds, or null where there is none.
 * @param {string} file
 * @returns {Promise<Uint8Array | null>}
 */
export async function load(file) {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return null;
    }
    throw error;
  }
}

/**
 * Replaces what a file holds, as a whole or not at all if this program falls over in between.
 * @param {string} file
 * @param {Uint8Array} bytes
 */
export async function replace(file, bytes) {
  await writeFile(`${file}.new`, bytes);
  await rename(`${file}.new`, file);
}

/** Lets only so much of the work that it is given run at a time, in the order in which it came. */
export function gate() {
  /** @type {(() => void)[]} */
  const queue = [];
  let free = AT_ONCE;

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  return async work => {
    if (free > 0) {
      free -= 1;
    } else {
      await new Promise(resolve => queue.push(() => resolve(undefined)));
    }
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) {
        next();
      } else {
        free += 1;
      }
    }
  };
}
