// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** All rules that come with asynctb, by class. A new source is a file here, and a name in this list. */

import {
  ArrayConcat,
  ArrayPrototypeMap,
  ArrayPrototypePush,
} from '../../base/lists.js';
import {
  GlobalMap,
  JSONParse,
  MapPrototypeGet,
  MapPrototypeSet,
} from '../../base/primordials.js';
import { addedRules } from '../added-rules.js';
import { addedRuleOf, type DataRule, type Rule } from '../rule.js';
import { remoteCalls } from './calls.js';
import { databases } from './databases.js';
import { http } from './http.js';
import { messages } from './messages.js';
import { network } from './network.js';
import { node } from './node.js';
import { queues } from './queues.js';
import { stores } from './stores.js';
import { undici } from './undici.js';

type RulesByClass = Map<string, Rule[]>;

const builtIn: RulesByClass = new GlobalMap<string, Rule[]>();
/** What programs have added; its rules go before ours. */
let added: RulesByClass | null = null;
let addedVersion = 0;

function enter(rules: readonly Rule[], byClass: RulesByClass): void {
  for (const rule of rules) {
    for (const name of rule.classes) {
      const known = MapPrototypeGet(byClass, name);
      if (known === undefined) MapPrototypeSet(byClass, name, [rule]);
      else ArrayPrototypePush(known, rule);
    }
  }
}

for (const rules of [
  node,
  databases,
  http,
  messages,
  network,
  queues,
  remoteCalls,
  stores,
  undici,
])
  enter(rules, builtIn);

/** From now on what programs have added by now counts too. Before reasons are looked for. */
export function takeAddedRules(): void {
  const source = addedRules();
  const version = source?.rulesVersion() ?? 0;
  if (source === null || version === addedVersion) return;
  const all = JSONParse(source.rules()) as DataRule[][];
  const byClass: RulesByClass = new GlobalMap<string, Rule[]>();
  for (const rules of all)
    enter(ArrayPrototypeMap(rules, addedRuleOf), byClass);
  added = byClass;
  addedVersion = version;
}

/** Of several that say something, the one with the highest rank speaks; those that were added come first. */
export function rulesFor(className: string): readonly Rule[] {
  const ours = MapPrototypeGet(builtIn, className) ?? [];
  const others = added === null ? undefined : MapPrototypeGet(added, className);
  return others === undefined ? ours : ArrayConcat(others, ours);
}
