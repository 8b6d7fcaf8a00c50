// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Built-in glue: promises at which the engine's knowledge ends, handed to who may know more. */

import { itemEntry, items } from '../hooks/registry.js';
import { warnOnce } from '../hooks/warn.js';
import { sayUnlessSaid } from '../model/notes.js';
import type { WaitReason } from '../model/wait-reason.js';
import { type Holder, isOpenEnd, settlersOf } from './holders.js';
import { reasonByAddedRules, reasonByEvidence } from './by-evidence.js';
import { limitOf, timers } from './timers.js';

/** What glue knows: where the stack goes on, or in words what is waited for. */
export type Knowledge =
  { readonly items: readonly unknown[] } | { readonly wait: WaitReason };

export interface PromiseGlue {
  readonly library: string;
  /** Runs nothing of the program's. Undefined: somebody else's promise. */
  explain(
    settlers: readonly Holder[],
    promise: Promise<unknown>,
  ): Knowledge | undefined;
}

export function installOpenEnds(glue: readonly PromiseGlue[]): void {
  items.builtIn.register(
    { when: isOpenEnd },
    itemEntry((item) => {
      const promise = item as Promise<unknown>;
      const knowledge = ask(glue, promise);
      if (knowledge === undefined) {
        const wait = reasonByEvidence(promise);
        if (wait !== null) sayUnlessSaid(promise, wait);
        return undefined;
      }
      if ('items' in knowledge) return knowledge.items;
      sayUnlessSaid(promise, reasonByAddedRules(promise) ?? knowledge.wait);
      return undefined;
    }),
  );
}

function ask(
  glue: readonly PromiseGlue[],
  promise: Promise<unknown>,
): Knowledge | undefined {
  const settlers = settlersOf(promise);
  if (settlers.length === 0) return undefined;
  for (const each of glue) {
    try {
      const knowledge = each.explain(settlers, promise);
      if (knowledge === undefined) continue;
      if ('items' in knowledge || each === timers) return knowledge;
      const { wait } = knowledge;
      return { wait: { ...wait, text: wait.text + limitOf(settlers) } };
    } catch (error) {
      warnOnce(each, `the glue for ${each.library}`, error);
    }
  }
  return undefined;
}
