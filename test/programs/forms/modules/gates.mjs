// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What the other modules wait for at their top level. */
export const gates = (globalThis.gates = {});

export function gate(name) {
  return new Promise((resolve) => {
    gates[name] = resolve;
  });
}
