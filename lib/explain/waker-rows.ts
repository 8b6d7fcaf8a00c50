// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Who could wake whom, and what those wait for themselves, as the evidence has it. */

import { ArrayPrototypePush } from '../base/lists.js';
import {
  GlobalMap,
  GlobalSet,
  MapPrototypeGet,
  MapPrototypeSet,
  SetPrototypeAdd,
  SetPrototypeHas,
} from '../base/primordials.js';
import type { Captured } from '../base/capture.js';
import type { Thing } from './thing.js';

/** A suspended function that may wake who waits. */
export interface WakerFact {
  readonly holder: Thing;
  /** The variable by which; '' when unknown. */
  readonly name: string;
  readonly count: number;
  /** So many things like the one that it has are known; 0: that cannot be told. */
  readonly members: number;
  /** Nothing but suspended functions is known to have that. */
  readonly isAlone: boolean;
  /** It has the function that settles the promise itself. */
  readonly sure: boolean;
}

/** What a function waits for in the end. */
export interface Need {
  /** Null: nothing is known of it. */
  readonly leaf: Thing | null;
  readonly isRace: boolean;
}

/** The rows about wakers of a capture. */
export class WakerRows {
  readonly #raw: Captured<'evidence'>;
  readonly #things: { thing(id: number): Thing };
  readonly #byOwner = new GlobalMap<number, WakerFact[]>();
  readonly #needs = new GlobalMap<number, Need[]>();

  constructor(raw: Captured<'evidence'>, things: { thing(id: number): Thing }) {
    this.#raw = raw;
    this.#things = things;
    this.#readWakers();
    this.#readNeeds();
  }

  get isEmpty(): boolean {
    return this.#raw.wakers.length === 0;
  }

  of(owner: number): readonly WakerFact[] {
    return MapPrototypeGet(this.#byOwner, owner) ?? [];
  }

  needsOf(holder: number): readonly Need[] {
    return MapPrototypeGet(this.#needs, holder) ?? [];
  }

  /** All functions of which it is known what they wait for. */
  holders(): number[] {
    const { needs } = this.#raw;
    const found: number[] = [];
    const seen = new GlobalSet<number>();
    for (let row = 0; row < needs.length; row++) {
      const holder = needs.holder[row] ?? -1;
      if (SetPrototypeHas(seen, holder)) continue;
      SetPrototypeAdd(seen, holder);
      ArrayPrototypePush(found, holder);
    }
    return found;
  }

  #readWakers(): void {
    const { wakers } = this.#raw;
    for (let row = 0; row < wakers.length; row++) {
      if (wakers.isUsed[row] !== true) continue;
      add(this.#byOwner, wakers.owner[row] ?? -1, {
        holder: this.#things.thing(wakers.holder[row] ?? 0),
        name: wakers.name[row] ?? '',
        count: wakers.count[row] ?? 1,
        members: wakers.members[row] ?? 0,
        isAlone: wakers.isAlone[row] === true,
        sure: false,
      });
    }
  }

  #readNeeds(): void {
    const { needs } = this.#raw;
    for (let row = 0; row < needs.length; row++) {
      const leaf = needs.leaf[row] ?? -1;
      add(this.#needs, needs.holder[row] ?? -1, {
        leaf: leaf < 0 ? null : this.#things.thing(leaf),
        isRace: needs.isRace[row] === 1,
      });
    }
  }
}

function add<Value>(
  lists: Map<number, Value[]>,
  key: number,
  value: Value,
): void {
  const known = MapPrototypeGet(lists, key);
  if (known === undefined) MapPrototypeSet(lists, key, [value]);
  else ArrayPrototypePush(known, value);
}
