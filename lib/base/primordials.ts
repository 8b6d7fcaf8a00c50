// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * What asynctb uses of the language, as it was when asynctb was loaded. A program may replace
 * `Map.prototype.get`, freeze `Error`, or take `WeakRef` away; none of that may run its code in a
 * capture, or stop one. So lib/ names no built-in but here: `npm run lint` sees to it.
 *
 * Names follow Node's own primordials: `MapPrototypeGet(map, key)` is `map.get(key)`.
 *
 * What makes an array out of another one is written as a loop, since the built-in asks the array's
 * `constructor` what to make. Loops by `for … of` go over arrays only: the build compiles them to
 * loops over indices, which ask for no iterator.
 */

type Method = (this: never, ...args: never[]) => unknown;

const { apply, defineProperty, deleteProperty, ownKeys, set } = Reflect;
const { bind, call } = Function.prototype;

/** `uncurry(method)(receiver, ...args)` calls `method`; nothing is looked up then. */
const uncurry: <This, Args extends unknown[], Result>(
  method: (this: This, ...args: Args) => Result,
) => (receiver: This, ...args: Args) => Result = bind.bind(call) as never;

/** What a getter of a prototype gives. */
function getterOf<This, Value>(
  prototype: object,
  name: string,
): (receiver: This) => Value {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  return uncurry(get as (this: This) => Value);
}

// Functions by themselves, and constructors.
export const GlobalAggregateError = AggregateError;
export const GlobalArray = Array;
export const GlobalBoolean = Boolean;
export const GlobalDate = Date;
export const GlobalError = Error;
export const GlobalInt32Array = Int32Array;
export const GlobalMap = Map;
export const GlobalNumber = Number;
export const GlobalPromise = Promise;
export const GlobalRangeError = RangeError;
export const GlobalRegExp = RegExp;
export const GlobalSet = Set;
export const GlobalString = String;
export const GlobalSymbol = Symbol;
export const GlobalTypeError = TypeError;
export const GlobalWeakMap = WeakMap;
export const GlobalWeakRef = WeakRef;
export const GlobalWeakSet = WeakSet;

export const ArrayIsArray = Array.isArray;
export const ArrayBufferIsView = ArrayBuffer.isView;
const ofV8 = Error as { captureStackTrace?: unknown };
export const ErrorCaptureStackTrace = ofV8.captureStackTrace as (
  holder: object,
  above: unknown,
) => void;
export const JSONParse = JSON.parse;
export const { ceil: MathCeil, floor: MathFloor, max: MathMax } = Math;
export const { min: MathMin, round: MathRound } = Math;
export const {
  isInteger: NumberIsInteger,
  isSafeInteger: NumberIsSafeInteger,
  parseInt: NumberParseInt,
} = Number;
export const NumberMIN_SAFE_INTEGER = Number.MIN_SAFE_INTEGER;
export const NumberPOSITIVE_INFINITY = Number.POSITIVE_INFINITY;
export const {
  assign: ObjectAssign,
  create: ObjectCreate,
  entries: ObjectEntries,
  freeze: ObjectFreeze,
  getOwnPropertyDescriptor: ObjectGetOwnPropertyDescriptor,
  getOwnPropertyNames: ObjectGetOwnPropertyNames,
  getOwnPropertySymbols: ObjectGetOwnPropertySymbols,
  getPrototypeOf: ObjectGetPrototypeOf,
  hasOwn: ObjectHasOwn,
  is: ObjectIs,
  keys: ObjectKeys,
} = Object;
export const FunctionPrototype = Function.prototype;
export const MapPrototype = Map.prototype;
export const ObjectPrototype = Object.prototype;
export const PromisePrototype = Promise.prototype;
export const SetPrototype = Set.prototype;
export const WeakMapPrototype = WeakMap.prototype;
export const ReflectApply = apply;
export const ReflectDeleteProperty = deleteProperty;
export const ReflectOwnKeys = ownKeys;
export const ReflectSet = set;
export const SymbolFor = Symbol.for;
export const SymbolIterator = Symbol.iterator;
export const SymbolToStringTag = Symbol.toStringTag;
const symbols = Symbol as { dispose?: symbol; asyncDispose?: symbol };
/** Undefined where the runtime has no `using`. */
export const SymbolDispose = symbols.dispose;
export const SymbolAsyncDispose = symbols.asyncDispose;

/** Of a descriptor only its own properties count: `Object.prototype.get` may exist by then. */
export function ObjectDefineProperty<Target extends object>(
  target: Target,
  key: PropertyKey,
  descriptor: PropertyDescriptor,
): Target {
  const own = { __proto__: null, ...descriptor } as PropertyDescriptor;
  if (!defineProperty(target, key, own)) {
    throw new GlobalTypeError('the property cannot be defined');
  }
  return target;
}

// Methods that neither make an object of their receiver's kind nor call what it inherits.
export const ArrayPrototypeIncludes = uncurry(
  Array.prototype.includes as (
    this: readonly unknown[],
    item: unknown,
  ) => boolean,
);
export const ArrayPrototypeIndexOf = uncurry(
  Array.prototype.indexOf as (
    this: readonly unknown[],
    item: unknown,
  ) => number,
);
export const ArrayPrototypeJoin = uncurry(
  Array.prototype.join as (
    this: readonly string[],
    separator: string,
  ) => string,
);
const reverse = uncurry(Array.prototype.reverse);
const sort = uncurry(
  Array.prototype.sort as (this: unknown[], compare?: unknown) => unknown[],
);
const pop = uncurry(Array.prototype.pop);
export const DatePrototypeToISOString = uncurry(Date.prototype.toISOString);
export const FunctionPrototypeBind = uncurry(
  bind as (this: unknown, receiver: unknown) => never,
);
export const FunctionPrototypeCall = uncurry(
  call as (this: unknown, receiver: unknown, ...args: unknown[]) => unknown,
);
/** Whether `value` inherits from `type`, whatever `type` says of it by `Symbol.hasInstance`. */
export const FunctionPrototypeSymbolHasInstance = uncurry(
  FunctionPrototype[Symbol.hasInstance] as (
    this: unknown,
    value: unknown,
  ) => boolean,
);
export const NumberPrototypeToFixed = uncurry(Number.prototype.toFixed);
export const NumberPrototypeToString = uncurry(Number.prototype.toString);
const execute = uncurry(RegExp.prototype.exec);
export const StringPrototypeCharCodeAt = uncurry(String.prototype.charCodeAt);
export const StringPrototypeCodePointAt = uncurry(String.prototype.codePointAt);
export const StringPrototypeEndsWith = uncurry(String.prototype.endsWith);
export const StringPrototypeIncludes = uncurry(String.prototype.includes);
export const StringPrototypeIndexOf = uncurry(String.prototype.indexOf);
export const StringPrototypeLastIndexOf = uncurry(String.prototype.lastIndexOf);
export const StringPrototypePadEnd = uncurry(String.prototype.padEnd);
export const StringPrototypePadStart = uncurry(String.prototype.padStart);
export const StringPrototypeRepeat = uncurry(String.prototype.repeat);
export const StringPrototypeSlice = uncurry(String.prototype.slice);
export const StringPrototypeStartsWith = uncurry(String.prototype.startsWith);
export const StringPrototypeToLowerCase = uncurry(String.prototype.toLowerCase);
export const StringPrototypeToUpperCase = uncurry(String.prototype.toUpperCase);
export const StringPrototypeTrim = uncurry(String.prototype.trim);
export const StringPrototypeTrimEnd = uncurry(String.prototype.trimEnd);
export const StringPrototypeTrimStart = uncurry(String.prototype.trimStart);
export const StringFromCharCode = String.fromCharCode;
const TypedArrayPrototype = ObjectGetPrototypeOf(
  Int32Array.prototype,
) as object;
export const TypedArrayPrototypeGetLength = getterOf<Int32Array, number>(
  TypedArrayPrototype,
  'length',
);

const mapGet = uncurry(Map.prototype.get);
const mapSet = uncurry(Map.prototype.set);
const mapForEach = uncurry(Map.prototype.forEach);
const setForEach = uncurry(Set.prototype.forEach);
const weakGet = uncurry(WeakMap.prototype.get);
const weakSet = uncurry(WeakMap.prototype.set);
export const MapPrototypeGet = mapGet as <Key, Value>(
  map: ReadonlyMap<Key, Value>,
  key: Key,
) => Value | undefined;
export const MapPrototypeSet = mapSet as <Key, Value>(
  map: Map<Key, Value>,
  key: Key,
  value: Value,
) => Map<Key, Value>;
export const MapPrototypeHas = uncurry(Map.prototype.has) as <Key>(
  map: ReadonlyMap<Key, unknown>,
  key: Key,
) => boolean;
export const MapPrototypeDelete = uncurry(Map.prototype.delete) as <Key>(
  map: Map<Key, unknown>,
  key: Key,
) => boolean;
export const MapPrototypeClear = uncurry(Map.prototype.clear) as (
  map: Map<never, never>,
) => void;
export const MapPrototypeForEach = mapForEach as <Key, Value>(
  map: ReadonlyMap<Key, Value>,
  visit: (value: Value, key: Key) => void,
) => void;
export const MapPrototypeGetSize = getterOf<
  ReadonlyMap<unknown, unknown>,
  number
>(Map.prototype, 'size');
export const SetPrototypeAdd = uncurry(Set.prototype.add) as <Item>(
  items: Set<Item>,
  item: Item,
) => Set<Item>;
export const SetPrototypeHas = uncurry(Set.prototype.has) as <Item>(
  items: ReadonlySet<Item>,
  item: Item,
) => boolean;
export const SetPrototypeDelete = uncurry(Set.prototype.delete) as <Item>(
  items: Set<Item>,
  item: Item,
) => boolean;
export const SetPrototypeClear = uncurry(Set.prototype.clear) as (
  items: Set<never>,
) => void;
export const SetPrototypeForEach = setForEach as <Item>(
  items: ReadonlySet<Item>,
  visit: (item: Item) => void,
) => void;
export const SetPrototypeGetSize = getterOf<ReadonlySet<unknown>, number>(
  Set.prototype,
  'size',
);
export const WeakMapPrototypeGet = weakGet as <Key extends WeakKey, Value>(
  map: WeakMap<Key, Value>,
  key: Key,
) => Value | undefined;
export const WeakMapPrototypeSet = weakSet as <Key extends WeakKey, Value>(
  map: WeakMap<Key, Value>,
  key: Key,
  value: Value,
) => WeakMap<Key, Value>;
export const WeakMapPrototypeHas = uncurry(WeakMap.prototype.has) as (
  map: WeakMap<never, unknown>,
  key: unknown,
) => boolean;
export const WeakSetPrototypeAdd = uncurry(WeakSet.prototype.add) as <
  Item extends WeakKey,
>(
  items: WeakSet<Item>,
  item: Item,
) => WeakSet<Item>;
export const WeakSetPrototypeHas = uncurry(WeakSet.prototype.has) as <
  Item extends WeakKey,
>(
  items: WeakSet<Item>,
  item: Item,
) => boolean;
const deref = uncurry(WeakRef.prototype.deref);
export const WeakRefPrototypeDeref = deref as <Target extends WeakKey>(
  reference: WeakRef<Target>,
) => Target | undefined;

// Loops. A method of arrays would do the same, if nobody had changed what it asks for.

export function ArrayPrototypeAt<Item>(
  items: readonly Item[],
  index: number,
): Item | undefined {
  return items[index < 0 ? items.length + index : index];
}

/** `items` itself is longer then. By definition and not by assignment: no setter is asked. */
export function ArrayPrototypePush<Item>(items: Item[], item: Item): number {
  items[items.length] = item;
  return items.length;
}

/** `items.push(...more)`, for any number of them. */
export function ArrayPrototypePushAll<Item>(
  items: Item[],
  more: readonly Item[],
): void {
  for (let index = 0, end = more.length; index < end; index++) {
    items[items.length] = more[index] as Item;
  }
}

export const ArrayPrototypePop = pop as <Item>(
  items: Item[],
) => Item | undefined;
/** In place. */
export const ArrayPrototypeReverse = reverse as <Item>(items: Item[]) => Item[];
/** In place. */
export const ArrayPrototypeSort = sort as <Item>(
  items: Item[],
  compare?: (a: Item, b: Item) => number,
) => Item[];

export function ArrayPrototypeMap<Item, Result>(
  items: readonly Item[],
  convert: (item: Item, index: number) => Result,
): Result[] {
  const result: Result[] = [];
  for (let index = 0; index < items.length; index++) {
    result[index] = convert(items[index] as Item, index);
  }
  return result;
}

export function ArrayPrototypeForEach<Item>(
  items: readonly Item[],
  visit: (item: Item, index: number) => void,
): void {
  for (let index = 0; index < items.length; index++) {
    visit(items[index] as Item, index);
  }
}

export function ArrayPrototypeFilter<Item, Kept extends Item>(
  items: readonly Item[],
  keep: (item: Item, index: number) => item is Kept,
): Kept[];
export function ArrayPrototypeFilter<Item>(
  items: readonly Item[],
  keep: (item: Item, index: number) => unknown,
): Item[];
export function ArrayPrototypeFilter<Item>(
  items: readonly Item[],
  keep: (item: Item, index: number) => unknown,
): Item[] {
  const result: Item[] = [];
  for (let index = 0; index < items.length; index++) {
    const item = items[index] as Item;
    if (keep(item, index)) result[result.length] = item;
  }
  return result;
}

export function ArrayPrototypeFind<Item, Found extends Item>(
  items: readonly Item[],
  isIt: (item: Item, index: number) => item is Found,
): Found | undefined;
export function ArrayPrototypeFind<Item>(
  items: readonly Item[],
  isIt: (item: Item, index: number) => unknown,
): Item | undefined;
export function ArrayPrototypeFind<Item>(
  items: readonly Item[],
  isIt: (item: Item, index: number) => unknown,
): Item | undefined {
  return items[ArrayPrototypeFindIndex(items, isIt)];
}

export function ArrayPrototypeFindIndex<Item>(
  items: readonly Item[],
  isIt: (item: Item, index: number) => unknown,
): number {
  for (let index = 0; index < items.length; index++) {
    if (isIt(items[index] as Item, index)) return index;
  }
  return -1;
}

export function ArrayPrototypeSome<Item>(
  items: readonly Item[],
  test: (item: Item, index: number) => unknown,
): boolean {
  return ArrayPrototypeFindIndex(items, test) >= 0;
}

export function ArrayPrototypeEvery<Item, Kept extends Item>(
  items: readonly Item[],
  test: (item: Item, index: number) => item is Kept,
): items is readonly Kept[];
export function ArrayPrototypeEvery<Item>(
  items: readonly Item[],
  test: (item: Item, index: number) => unknown,
): boolean;
export function ArrayPrototypeEvery<Item>(
  items: readonly Item[],
  test: (item: Item, index: number) => unknown,
): boolean {
  return !ArrayPrototypeSome(items, (item, index) => !test(item, index));
}

export function ArrayPrototypeReduce<Item, Result>(
  items: readonly Item[],
  combine: (result: Result, item: Item) => Result,
  start: Result,
): Result {
  let result = start;
  for (let index = 0; index < items.length; index++) {
    result = combine(result, items[index] as Item);
  }
  return result;
}

/** Begin and end may be negative, which counts from the end of the array. */
export function ArrayPrototypeSlice<Item>(
  items: readonly Item[],
  begin = 0,
  end = items.length,
): Item[] {
  const { length } = items;
  const last = end < 0 ? length + end : MathMin(end, length);
  const result: Item[] = [];
  for (
    let index = begin < 0 ? MathMax(length + begin, 0) : begin;
    index < last;
    index++
  ) {
    result[result.length] = items[index] as Item;
  }
  return result;
}

/** `[...items]`. */
export function ArrayCopy<Item>(items: readonly Item[]): Item[] {
  return ArrayPrototypeSlice(items);
}

/** `[...first, ...second]`, and so on. */
export function ArrayConcat<Lists extends readonly (readonly unknown[])[]>(
  ...lists: Lists
): Lists[number][number][] {
  const result: unknown[] = [];
  for (let index = 0; index < lists.length; index++) {
    ArrayPrototypePushAll(result, lists[index] as readonly unknown[]);
  }
  return result;
}

/** One level of arrays among the items is opened. */
export function ArrayPrototypeFlat<Item>(
  items: readonly (Item | readonly Item[])[],
): Item[] {
  return ArrayPrototypeFlatMap(items, (item) => item);
}

export function ArrayPrototypeFlatMap<Item, Result>(
  items: readonly Item[],
  convert: (item: Item, index: number) => Result | readonly Result[],
): Result[] {
  const result: Result[] = [];
  for (let index = 0; index < items.length; index++) {
    const made = convert(items[index] as Item, index);
    if (ArrayIsArray(made)) {
      ArrayPrototypePushAll(result, made as readonly Result[]);
    } else {
      result[result.length] = made as Result;
    }
  }
  return result;
}

/** In place; gives nothing back. */
export function ArrayPrototypeSplice<Item>(
  items: Item[],
  start: number,
  remove: number,
  ...insert: readonly Item[]
): void {
  const rest = ArrayPrototypeSlice(items, start + remove);
  items.length = start;
  ArrayPrototypePushAll(items, insert);
  ArrayPrototypePushAll(items, rest);
}

export function MapPrototypeKeys<Key>(map: ReadonlyMap<Key, unknown>): Key[] {
  const keys: Key[] = [];
  MapPrototypeForEach(map, (_value, key) => ArrayPrototypePush(keys, key));
  return keys;
}

export function MapPrototypeValues<Value>(
  map: ReadonlyMap<unknown, Value>,
): Value[] {
  const values: Value[] = [];
  MapPrototypeForEach(map, (value) => ArrayPrototypePush(values, value));
  return values;
}

/** `new Map(entries)`. */
export function MapFrom<Key, Value>(
  entries: readonly (readonly [Key, Value])[],
): Map<Key, Value> {
  const map = new GlobalMap<Key, Value>();
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index] as readonly [Key, Value];
    MapPrototypeSet(map, entry[0], entry[1]);
  }
  return map;
}

/** `new Set(items)`. */
export function SetFrom<Item>(
  items: readonly Item[] | ReadonlySet<Item>,
): Set<Item> {
  const result = new GlobalSet<Item>();
  const list = ArrayIsArray(items)
    ? (items as readonly Item[])
    : SetValues(items as ReadonlySet<Item>);
  for (let index = 0; index < list.length; index++) {
    SetPrototypeAdd(result, list[index] as Item);
  }
  return result;
}

/** `[...items]` of a set. */
export function SetValues<Item>(items: ReadonlySet<Item>): Item[] {
  const values: Item[] = [];
  SetPrototypeForEach(items, (item) => ArrayPrototypePush(values, item));
  return values;
}

export function ObjectFromEntries<Value>(
  entries: readonly (readonly [string, Value])[],
): Record<string, Value> {
  const result: Record<string, Value> = {};
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index] as readonly [string, Value];
    const descriptor = {
      value: entry[1],
      writable: true,
      enumerable: true,
      configurable: true,
    };
    ObjectDefineProperty(result, entry[0], descriptor);
  }
  return result;
}

// Regular expressions, by `exec` alone: all else asks the expression for its `exec` and its flags.

export const RegExpPrototypeExec = execute;

export function RegExpTest(pattern: RegExp, text: string): boolean {
  return execute(pattern, text) !== null;
}

/** All matches of a global pattern, from the beginning of the text. */
export function RegExpMatchAllIn(
  text: string,
  pattern: RegExp,
): RegExpExecArray[] {
  const matches: RegExpExecArray[] = [];
  pattern.lastIndex = 0;
  for (
    let match = execute(pattern, text);
    match !== null;
    match = execute(pattern, text)
  ) {
    matches[matches.length] = match;
    if (match[0] === '') pattern.lastIndex++;
  }
  return matches;
}

export const RegExpMatchIn = (
  text: string,
  pattern: RegExp,
): RegExpExecArray | null => execute(pattern, text);

export function RegExpSearchIn(text: string, pattern: RegExp): number {
  return execute(pattern, text)?.index ?? -1;
}

/**
 * Each match of a global pattern, or the first one of another, is replaced. A replacement that is a
 * string is taken as it is: `$1` means nothing in it.
 */
export function RegExpReplaceIn(
  text: string,
  pattern: RegExp,
  replacement: string | ((match: string, ...groups: string[]) => string),
): string {
  let matches: readonly RegExpExecArray[];
  if (isGlobal(pattern)) {
    matches = RegExpMatchAllIn(text, pattern);
  } else {
    const match = execute(pattern, text);
    matches = match === null ? [] : [match];
  }
  let result = '';
  let at = 0;
  for (let index = 0; index < matches.length; index++) {
    const match = matches[index] as RegExpExecArray;
    const found = match[0];
    result += StringPrototypeSlice(text, at, match.index);
    result +=
      typeof replacement === 'string'
        ? replacement
        : (apply(replacement, undefined, match as never) as string);
    at = match.index + found.length;
  }
  return result + StringPrototypeSlice(text, at);
}

const isGlobal = getterOf<RegExp, boolean>(RegExp.prototype, 'global');

/** The pieces between the matches of a global pattern. */
export function RegExpSplitIn(text: string, pattern: RegExp): string[] {
  const pieces: string[] = [];
  let at = 0;
  const matches = RegExpMatchAllIn(text, pattern);
  for (let index = 0; index < matches.length; index++) {
    const match = matches[index] as RegExpExecArray;
    ArrayPrototypePush(pieces, StringPrototypeSlice(text, at, match.index));
    at = match.index + match[0].length;
  }
  ArrayPrototypePush(pieces, StringPrototypeSlice(text, at));
  return pieces;
}

/** By a string that is not empty. */
export function StringPrototypeSplit(
  text: string,
  separator: string,
): string[] {
  const pieces: string[] = [];
  let at = 0;
  for (
    let end = StringPrototypeIndexOf(text, separator);
    end >= 0;
    end = StringPrototypeIndexOf(text, separator, at)
  ) {
    ArrayPrototypePush(pieces, StringPrototypeSlice(text, at, end));
    at = end + separator.length;
  }
  ArrayPrototypePush(pieces, StringPrototypeSlice(text, at));
  return pieces;
}

export function StringPrototypeReplaceAll(
  text: string,
  what: string,
  replacement: string,
): string {
  return ArrayPrototypeJoin(StringPrototypeSplit(text, what), replacement);
}

// Generators. A loop or `yield*` would look `next` up in their prototype.

const generatorPrototype = ObjectGetPrototypeOf(
  ObjectGetPrototypeOf((function* () {})()) as object,
) as Generator;
const next = uncurry(generatorPrototype.next as Method) as (
  generator: unknown,
  value?: unknown,
) => IteratorResult<unknown, unknown>;
export const GeneratorPrototypeNext = next as <Item, Return, Next>(
  generator: Generator<Item, Return, Next>,
  ...value: [] | [Next]
) => IteratorResult<Item, Return>;

/** A generator for `yield*`, with methods of its own. */
export function Delegate<Item, Return, Next>(
  generator: Generator<Item, Return, Next>,
): Generator<Item, Return, Next> {
  const delegate = {
    __proto__: null,
    next: (value: unknown) => next(generator, value),
    [SymbolIterator]: () => delegate,
  };
  return delegate as never;
}

/** Visits what a generator yields. */
export function GeneratorForEach<Item>(
  generator: Generator<Item>,
  visit: (item: Item) => void,
): void {
  for (
    let step = GeneratorPrototypeNext(generator);
    step.done !== true;
    step = GeneratorPrototypeNext(generator)
  ) {
    visit(step.value);
  }
}

const stringify = JSON.stringify;

/**
 * `JSON.stringify` for plain data: without the `toJSON` that a program may have given to all objects
 * or arrays. What is undefined is left out of objects.
 */
export function JSONStringify(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    return stringify(value) ?? 'null';
  }
  if (ArrayIsArray(value)) {
    const items = ArrayPrototypeMap(value as readonly unknown[], JSONStringify);
    return `[${ArrayPrototypeJoin(items, ',')}]`;
  }
  const members: string[] = [];
  for (let index = 0, keys = ObjectKeys(value); index < keys.length; index++) {
    const key = keys[index] as string;
    const member = (value as Record<string, unknown>)[key];
    if (member === undefined) continue;
    ArrayPrototypePush(members, `${stringify(key)}:${JSONStringify(member)}`);
  }
  return `{${ArrayPrototypeJoin(members, ',')}}`;
}
