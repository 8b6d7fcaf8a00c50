// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What hooks have said of leaves, in the extraction that runs. */
let said = new Map<unknown, string>();
/** What was said of the leaves of a stack. It goes when the stack does. */
const notes = new WeakMap<object, ReadonlyMap<unknown, string>>();

/** Null takes back what was said. */
export function say(leaf: object, note: string | null): void {
  if (note === null) said.delete(leaf);
  else said.set(leaf, note);
}

/** The same for glue that comes with asynctb: what others have said counts more. */
export function sayUnlessSaid(leaf: object, note: string): void {
  if (!said.has(leaf)) said.set(leaf, note);
}

/** After the outermost extraction. */
export function forgetNotes(): void {
  if (said.size > 0) said = new Map();
}

/** Once a stack has its leaves. */
export function keepNotes(stack: object, leaves: readonly unknown[]): void {
  if (said.size === 0) return;
  const kept = new Map<unknown, string>();
  for (const leaf of leaves) {
    const note = said.get(leaf);
    if (note !== undefined) kept.set(leaf, note);
  }
  notes.set(stack, kept);
}

export function noteOn(stack: object, leaf: unknown): string | null {
  const said = notes.get(stack);
  return said === undefined ? null : (said.get(leaf) ?? null);
}
