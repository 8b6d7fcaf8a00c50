// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Built-in glue: promises at which the engine's knowledge ends, handed to who may know more. */

import { SetFrom } from '../base/lists.js';
import {
  ArrayPrototypeIncludes,
  SetPrototypeHas,
  StringPrototypeStartsWith,
} from '../base/primordials.js';
import { itemEntry, items } from '../hooks/registry.js';
import { warnOnce } from '../hooks/warn.js';
import { sayUnlessSaid } from '../model/notes.js';
import type { WaitReason } from '../model/wait-reason.js';
import type { Holder } from './holders.js';
import { isOpenEnd, settlersOf } from './open-promises.js';
import { reasonByAddedRules, reasonsByEvidence } from './by-evidence.js';
import { events } from './events.js';
import { streams } from './streams.js';
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
        const wait = reasonsByEvidence(promise).all;
        if (wait !== null) sayUnlessSaid(promise, wait);
        return undefined;
      }
      if ('items' in knowledge) return knowledge.items;
      sayUnlessSaid(promise, reasonByAddedRules(promise) ?? knowledge.wait);
      return undefined;
    }),
  );
}

/** Of these, only what they wait for within Node is known. */
const OF_NODE: readonly PromiseGlue[] = [events, streams, timers];
const OF_LIBRARIES = SetFrom(['request', 'pool', 'queue', 'lock']);
/** What a library reads from, where a listener brings what is read. */
const READ = SetFrom([
  'Channel',
  'ClientHttp2Stream',
  'ConfirmChannel',
  'IncomingMessage',
  'ResolvingCall',
  'WebSocket',
]);

/** Whether a reason names what is waited for, and not only what brings the news. */
function namesResource({ kind, text, resource }: WaitReason): boolean {
  if (StringPrototypeStartsWith(text, 'event ')) return false;
  if (StringPrototypeStartsWith(text, 'a connection of ')) return true;
  if (kind === 'process') return true;
  if (kind === 'io') return resource !== null && resource.type !== 'Socket';
  if (kind === 'message' || kind === 'stream')
    return resource !== null && SetPrototypeHas(READ, resource.type);
  return SetPrototypeHas(OF_LIBRARIES, kind);
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
      if (ArrayPrototypeIncludes(OF_NODE, each)) {
        const { all } = reasonsByEvidence(promise);
        if (all !== null && namesResource(all)) return { wait: all };
      }
      if ('items' in knowledge || each === timers) return knowledge;
      const { wait } = knowledge;
      return { wait: { ...wait, text: wait.text + limitOf(settlers) } };
    } catch (error) {
      warnOnce(each, `the glue for ${each.library}`, error);
    }
  }
  return undefined;
}
