// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush } from '../base/lists.js';
import {
  GlobalMap,
  GlobalNumber,
  GlobalSymbol,
  MapPrototypeGet,
  MapPrototypeSet,
  ObjectCreate,
  ObjectDefineProperty,
  SymbolFor,
} from '../base/primordials.js';
import type { Captured, Table } from '../base/capture.js';
import { PLAIN_KINDS } from '../base/capture-schema.js';
import { isObject } from '../base/own.js';
import { truncate } from '../format/text.js';
import { Placeholder } from '../model/placeholder.js';
import type { DisposeSymbols } from './compiled-holders.js';
import type { Held } from './held.js';

export type CapturedHeld = Captured<'capturedHeld'>;

const MAX_NAME = 80;
const SYMBOLS = ['asyncDispose', 'dispose'] as const;

/**
 * The values of one frame, so that the rules for those of the own thread fit them: objects that have the
 * same identities, and what was captured of their properties. Nothing of the program is in them.
 */
export class CapturedValues {
  readonly #held: CapturedHeld;
  readonly #first: number;
  readonly #values: unknown[] = [];
  readonly #indices = new GlobalMap<unknown, number>();

  constructor(held: CapturedHeld, frame: number) {
    const { frames, values } = held;
    this.#held = held;
    this.#first = frames.valuesBegin[frame] ?? 0;
    const count = frames.valuesCount[frame] ?? 0;
    for (let index = 0; index < count; index++) {
      const value = valueOf(values, this.#first + index);
      ArrayPrototypePush(this.#values, value);
      if (isObject(value)) MapPrototypeSet(this.#indices, value, index);
    }
    this.#addProperties(frame);
  }

  at(index: number): unknown {
    return this.#values[index];
  }

  /** The row of a value in the table; undefined for what was no object. */
  #rowOf(value: unknown): number | undefined {
    const index = MapPrototypeGet(this.#indices, value);
    return index === undefined ? undefined : this.#first + index;
  }

  /** What stands for it in the answer. */
  describe(value: unknown): unknown {
    const row = this.#rowOf(value);
    return row === undefined
      ? value
      : new Placeholder(textOf(this.#held.values, row));
  }

  /** The node where the stack of a generator in it begins; -1: there is none. */
  innerStackOf(value: unknown): number {
    return this.#held.values.innerStack[this.#rowOf(value) ?? -1] ?? -1;
  }

  /** What it holds if it is a disposable stack, else null. */
  stackEntriesOf(value: unknown): Held | null {
    const row = this.#rowOf(value) ?? -1;
    const { entriesBegin, entriesCount } = this.#held.values;
    const count = entriesCount[row] ?? -1;
    return count < 0 ? null : this.entries(entriesBegin[row] ?? 0, count, true);
  }

  /** Rows of the entries, with their values. */
  entries(begin: number, count: number, isWhole: boolean): Held {
    const { entries } = this.#held;
    const value: unknown[] = [];
    const method: unknown[] = [];
    const block: number[] = [];
    const isAsync: boolean[] = [];
    const isExiting: boolean[] = [];
    const isArgument: boolean[] = [];
    for (let row = begin; row < begin + count; row++) {
      ArrayPrototypePush(value, this.at(entries.value[row] ?? -1));
      ArrayPrototypePush(method, this.at(entries.method[row] ?? -1));
      ArrayPrototypePush(block, entries.block[row] ?? 0);
      ArrayPrototypePush(isAsync, entries.isAsync[row] === 1);
      ArrayPrototypePush(isExiting, entries.isExiting[row] === 1);
      ArrayPrototypePush(isArgument, entries.isArgument[row] === 1);
    }
    const flags = { isAsync, isExiting, isArgument };
    return {
      entries: { length: count, value, method, block, ...flags },
      misfit: isWhole ? null : 'not all of it was read',
    };
  }

  #addProperties(frame: number): void {
    const { frames, properties } = this.#held;
    const begin = frames.propertiesBegin[frame] ?? 0;
    const count = frames.propertiesCount[frame] ?? 0;
    for (let row = begin; row < begin + count; row++) {
      const owner = this.at(properties.of[row] ?? -1);
      if (!isObject(owner)) continue;
      const value = this.at(properties.value[row] ?? -1);
      for (const key of keysOf(properties.key[row] ?? ''))
        define(owner, key, value);
    }
  }
}

/** `Symbol.dispose` stands for whatever has that name. */
function keysOf(key: string): (string | symbol)[] {
  for (const name of SYMBOLS) {
    if (key !== `Symbol.${name}`) continue;
    const known = (GlobalSymbol as DisposeSymbols)[name];
    return known === undefined ? [SymbolFor(key)] : [SymbolFor(key), known];
  }
  return [key];
}

function define(owner: object, key: string | symbol, value: unknown): void {
  ObjectDefineProperty(owner, key, {
    ...{ configurable: true, enumerable: true, writable: true },
    value,
  });
}

function valueOf(values: Table<'plainValue'>, row: number): unknown {
  const text = values.text[row] ?? '';
  switch (PLAIN_KINDS[values.kind[row] ?? -1]) {
    case 'undefined':
      return undefined;
    case 'null':
      return null;
    case 'boolean':
      return text === 'true';
    case 'number':
      return GlobalNumber(text);
    case 'string':
      return text;
    case 'array':
      return [];
    case 'function': {
      const fake = (): void => undefined;
      define(fake, 'name', text);
      return fake;
    }
    default:
      return ObjectCreate(null);
  }
}

/** As `describeValue` has it. */
function textOf(values: Table<'plainValue'>, row: number): string {
  const text = truncate(values.text[row] ?? '', MAX_NAME, '…');
  switch (PLAIN_KINDS[values.kind[row] ?? -1]) {
    case 'function':
      return text === '' ? '[Function (anonymous)]' : `[Function: ${text}]`;
    case 'array':
      return `Array(${text})`;
    case 'bigint':
      return `${text}n`;
    case 'proxy':
      return 'Proxy';
    default:
      return text;
  }
}
