// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What reading source maps needs of a machine: the addon gives it, in Node and in the watcher's isolate. */
export interface MapHost {
  /**
   * Null for what is not an ordinary file below the folder `root` ('': anywhere) once links are followed, is
   * longer than `longest` bytes, or does not fit into the heap.
   */
  readText(path: string, root: string, longest: number): string | null;
  /** Whether so many bytes more would fit into the heap. */
  hasRoom(bytes: number): boolean;
  /** The UTF-8 text that is encoded; null when it does not fit into the heap. */
  textOfBase64(encoded: string): string | null;
  /** The parsed map of a script as it was when that was loaded, if Node has kept it. */
  keptMap?(scriptName: string): unknown;
}
