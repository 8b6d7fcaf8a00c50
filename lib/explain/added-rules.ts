// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Where rules come from that programs have added: the addon keeps them for all threads. */

export interface RuleSource {
  /** Another number after each change. */
  rulesVersion(): number;
  /** JSON: an array with an array of rules for each call that has added some. */
  rules(): string;
}

let source: RuleSource | null = null;

export function offerAddedRules(from: RuleSource): void {
  source = from;
}

/** Null: nobody can have added one. */
export function addedRules(): RuleSource | null {
  return source;
}
