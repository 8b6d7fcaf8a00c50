// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * A copy of what an object has itself, which inherits nothing: a program may have put `timeoutMs` into
 * `Object.prototype`, and what it left out would seem to be there.
 */
export function ownProperties<Given extends object>(given: Given): Given {
  return { __proto__: null, ...given };
}
