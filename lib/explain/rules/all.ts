// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** All rules that come with asynctb, by class. A new source is a file here, and a name in this list. */

import { ArrayPrototypePush } from '../../base/lists.js';
import {
  GlobalMap,
  MapPrototypeGet,
  MapPrototypeSet,
} from '../../base/primordials.js';
import type { Rule } from '../rule.js';
import { databases } from './databases.js';
import { network } from './network.js';
import { node } from './node.js';
import { queues } from './queues.js';

const byClass = new GlobalMap<string, Rule[]>();

/** Adds rules; of several for a class that say something, the one with the highest rank speaks. */
export function addRules(rules: readonly Rule[]): void {
  for (const rule of rules) {
    for (const name of rule.classes) {
      const known = MapPrototypeGet(byClass, name);
      if (known === undefined) MapPrototypeSet(byClass, name, [rule]);
      else ArrayPrototypePush(known, rule);
    }
  }
}

for (const rules of [node, databases, network, queues]) addRules(rules);

export function rulesFor(className: string): readonly Rule[] {
  return MapPrototypeGet(byClass, className) ?? [];
}
