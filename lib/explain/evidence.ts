// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The evidence of a capture as things that refer to each other, each made when it is asked for. */

import { ArrayPrototypePush } from '../base/lists.js';
import { RegExpTest } from '../base/patterns.js';
import {
  ArrayPrototypeIncludes,
  GlobalMap,
  GlobalString,
  MapPrototypeGet,
  MapPrototypeSet,
} from '../base/primordials.js';
import type { Captured } from '../base/capture.js';
import {
  EvidenceKind,
  EvidenceMark,
  FieldType,
} from '../base/capture-schema.js';
import type { Site } from '../model/site.js';
import type { Hold, Leaf, LinkKind, Thing } from './thing.js';
import { WakerRows } from './waker-rows.js';

const KINDS: readonly (keyof typeof EvidenceKind)[] = [
  'promise',
  'object',
  'function',
  'activation',
  'global',
];
const LINKS: readonly LinkKind[] = [
  'some',
  'property',
  'element',
  'entry',
  'variable',
  'handler',
  'receiver',
];

/** What is looked with holds some of what is looked at. */
const OWN_SCRIPT =
  /[\\/]dist[\\/]chunk-(?:awaiters|core|dumps|engine|format|inspector|maps|reasons|resources|running|threads)\.js$/;

function isOwn({ scriptName, generated }: Site): boolean {
  return RegExpTest(OWN_SCRIPT, generated?.scriptName ?? scriptName);
}

/** @param siteOf the place of a capture's site */
export class Evidence {
  readonly #raw: Captured<'evidence'>;
  readonly #siteOf: (index: number) => Site | null;
  readonly #edges = new GlobalMap<number, number[]>();
  readonly #things = new GlobalMap<number, Thing>();
  /** Node's time, in milliseconds, in which timers count; 0: unknown. */
  readonly now: number;
  /** Not all was found. */
  readonly isCut: boolean;
  readonly wakers: WakerRows;

  /** @param knowsWaiters whether who waits for a promise is known, or may be one of those that have it */
  constructor(
    raw: Captured<'evidence'>,
    siteOf: (index: number) => Site | null,
    readonly knowsWaiters = true,
  ) {
    this.#raw = raw;
    this.#siteOf = siteOf;
    this.now = raw.now;
    this.isCut = raw.isCut;
    this.wakers = new WakerRows(raw, this);
    const { edges } = raw;
    for (let edge = 0; edge < edges.length; edge++) {
      const held = edges.held[edge] ?? -1;
      const known = MapPrototypeGet(this.#edges, held);
      if (known === undefined) MapPrototypeSet(this.#edges, held, [edge]);
      else ArrayPrototypePush(known, edge);
    }
  }

  /** The promises at an end of stacks of some groups: of some tasks there. */
  leavesAt(groups: readonly number[], node: number, branch: number): Leaf[] {
    const { leaves } = this.#raw;
    const found: Leaf[] = [];
    for (let row = 0; row < leaves.length; row++) {
      if (leaves.node[row] !== node || leaves.branch[row] !== branch) continue;
      if (!ArrayPrototypeIncludes(groups, leaves.group[row] ?? -1)) continue;
      ArrayPrototypePush(found, {
        promise: this.thing(leaves.thing[row] ?? 0),
        waiter: leaves.waiter[row] ?? -1,
      });
    }
    return found;
  }

  thing(id: number): Thing {
    const known = MapPrototypeGet(this.#things, id);
    if (known !== undefined) return known;
    const made = new CapturedThing(this.#raw, id, this.#siteOf, () =>
      this.#holdersOf(id),
    );
    MapPrototypeSet(this.#things, id, made);
    return made;
  }

  #holdersOf(id: number): Hold[] {
    const { edges } = this.#raw;
    const found: Hold[] = [];
    for (const edge of MapPrototypeGet(this.#edges, id) ?? []) {
      const holder = this.thing(edges.holder[edge] ?? 0);
      if (holder.site !== null && isOwn(holder.site)) continue;
      ArrayPrototypePush(found, {
        holder,
        link: LINKS[edges.link[edge] ?? 0] ?? 'some',
        name: edges.name[edge] ?? '',
        index: edges.index[edge] ?? -1,
        rejects: edges.rejects[edge] ?? false,
        isUsed: edges.isUsed[edge] ?? true,
      });
    }
    return found;
  }
}

class CapturedThing implements Thing {
  readonly #raw: Captured<'evidence'>;
  readonly #siteOf: (index: number) => Site | null;
  readonly #findHolders: () => Hold[];
  #holders: readonly Hold[] | null = null;
  readonly id: number;

  constructor(
    raw: Captured<'evidence'>,
    id: number,
    siteOf: (index: number) => Site | null,
    findHolders: () => Hold[],
  ) {
    this.#raw = raw;
    this.id = id;
    this.#siteOf = siteOf;
    this.#findHolders = findHolders;
  }

  get kind(): keyof typeof EvidenceKind {
    return KINDS[this.#raw.things.kind[this.id] ?? 0] ?? 'promise';
  }

  get className(): string {
    return this.#raw.things.className[this.id] ?? '';
  }

  get site(): Site | null {
    const index = this.#raw.things.site[this.id] ?? -1;
    return index < 0 ? null : this.#siteOf(index);
  }

  get taskId(): string | null {
    const id = this.#raw.things.task[this.id] ?? 0;
    return id === 0 ? null : GlobalString(id);
  }

  get isNative(): boolean {
    return this.#has(EvidenceMark.native);
  }

  get isNamed(): boolean {
    return this.#has(EvidenceMark.named);
  }

  get isHub(): boolean {
    return this.#has(EvidenceMark.hub);
  }

  get isCut(): boolean {
    return this.#has(EvidenceMark.cut);
  }

  get isLoose(): boolean {
    return this.#has(EvidenceMark.loose);
  }

  get holders(): readonly Hold[] {
    this.#holders ??= this.#findHolders();
    return this.#holders;
  }

  number(name: string): number | null {
    const row = this.#find(name, FieldType.number);
    return row < 0 ? null : (this.#raw.fields.number[row] ?? null);
  }

  text(name: string): string | null {
    const row = this.#find(name, FieldType.text);
    return row < 0 ? null : (this.#raw.fields.text[row] ?? null);
  }

  flag(name: string): boolean | null {
    const row = this.#find(name, FieldType.flag);
    return row < 0 ? null : this.#raw.fields.number[row] === 1;
  }

  length(name: string): number | null {
    const row = this.#find(name, FieldType.length);
    return row < 0 ? null : (this.#raw.fields.number[row] ?? null);
  }

  fields(): Readonly<Record<string, string | number | boolean>> {
    const { things, fields } = this.#raw;
    const begin = things.fieldsBegin[this.id] ?? 0;
    const count = things.fieldsCount[this.id] ?? 0;
    // Any name may be asked for.
    const found = { __proto__: null } as unknown as Record<
      string,
      string | number | boolean
    >;
    for (let row = begin; row < begin + count; row++) {
      const name = fields.name[row] ?? '';
      const type = fields.type[row];
      const number = fields.number[row] ?? 0;
      if (type === FieldType.text) found[name] = fields.text[row] ?? '';
      else if (type === FieldType.flag) found[name] = number === 1;
      else found[name] = number;
    }
    return found;
  }

  #has(mark: number): boolean {
    return ((this.#raw.things.marks[this.id] ?? 0) & mark) !== 0;
  }

  #find(name: string, type: number): number {
    const { things, fields } = this.#raw;
    const begin = things.fieldsBegin[this.id] ?? 0;
    const end = begin + (things.fieldsCount[this.id] ?? 0);
    for (let row = begin; row < end; row++) {
      if (fields.name[row] === name && fields.type[row] === type) return row;
    }
    return -1;
  }
}
