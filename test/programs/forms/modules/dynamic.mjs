// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

export async function load(name) {
  const found = /*@load*/await import(name);
  return found;
}

export const eager = /*@eager*/await import('./child.mjs');
