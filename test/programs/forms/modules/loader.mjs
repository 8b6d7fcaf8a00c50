// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

export async function load(name) {
  return /*@loader*/await import(name);
}
