// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * What asynctb uses of the language, as it was when asynctb was loaded. A program may replace
 * `Map.prototype.get`, freeze `Error`, or take `WeakRef` away; none of that may run its code in a
 * capture, or stop one. So the rest of lib/ names no built-in: `npm run lint` sees to it.
 *
 * Names follow Node's own primordials: `MapPrototypeGet(map, key)` is `map.get(key)`.
 *
 * Loops by `for … of` go over arrays only. The build compiles them to loops over indices, which ask
 * for no iterator.
 */

const { apply, defineProperty, deleteProperty, ownKeys, set } = Reflect;
const { bind, call } = Function.prototype;

/** `uncurry(method)(receiver, ...args)` calls `method`; nothing is looked up then. */
export const uncurry: <This, Args extends unknown[], Result>(
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

// Functions by themselves, and constructors. `@internal`: younger than the oldest `lib` that the types are for.
/** @internal */
export const GlobalAggregateError = AggregateError;
export const GlobalArray = Array;
export const GlobalBoolean = Boolean;
export const GlobalDate = Date;
export const GlobalError = Error;
export const GlobalInt32Array = Int32Array;
/** As it is written, an empty one is of whatever type is asked of it, and not of `any`. */
export const GlobalMap = Map as new <Key, Value>() => Map<Key, Value>;
export const GlobalNumber = Number;
export const GlobalPromise = Promise;
export const GlobalRangeError = RangeError;
export const GlobalRegExp = RegExp;
export const GlobalSet = Set;
export const GlobalString = String;
export const GlobalSymbol = Symbol;
export const GlobalTypeError = TypeError;
export const GlobalWeakMap = WeakMap;
/**
 * A program may have taken it away before: then nothing is referred to.
 * @internal
 */
export const GlobalWeakRef: typeof WeakRef =
  typeof WeakRef === 'function'
    ? WeakRef
    : (class {
        deref(): undefined {}
      } as never);
export const GlobalWeakSet = WeakSet;
export const GlobalDecodeURIComponent = decodeURIComponent;
export const GlobalEncodeURIComponent = encodeURIComponent;

export const ArrayIsArray = Array.isArray;
export const ArrayBufferIsView = ArrayBuffer.isView;
const ofV8 = Error as { captureStackTrace?: unknown };
export const ErrorCaptureStackTrace = ofV8.captureStackTrace as (
  holder: object,
  above: unknown,
) => void;
export const JSONParse = JSON.parse;
/** Calls `toJSON` of what it is given: see `json.ts` for plain data. */
export const JSONStringifyAny = JSON.stringify;
export const { ceil: MathCeil, floor: MathFloor, max: MathMax } = Math;
export const { min: MathMin, round: MathRound } = Math;
export const { now: DateNow } = Date;
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
  getOwnPropertySymbols: ObjectGetOwnPropertySymbols,
  getPrototypeOf: ObjectGetPrototypeOf,
  hasOwn: ObjectHasOwn,
  is: ObjectIs,
  isExtensible: ObjectIsExtensible,
  keys: ObjectKeys,
} = Object;
export const ObjectPrototypePropertyIsEnumerable = uncurry(
  Object.prototype.propertyIsEnumerable,
);
export const PromisePrototype = Promise.prototype;
export const ReflectApply = apply;
export const ReflectDeleteProperty = deleteProperty;
export const ReflectOwnKeys = ownKeys;
export const ReflectSet = set;
export const SymbolFor = Symbol.for;
export const SymbolIterator: typeof Symbol.iterator = Symbol.iterator;
/** How `console.log` and `util.inspect` ask an object for its text. */
export const SymbolInspect: unique symbol = Symbol.for(
  'nodejs.util.inspect.custom',
);
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
export const ArrayPrototypeSymbolIterator = uncurry(
  Array.prototype[Symbol.iterator] as (
    this: readonly unknown[],
  ) => IterableIterator<never>,
) as <Item>(items: readonly Item[]) => IterableIterator<Item>;
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
export const ArrayPrototypePop = uncurry(Array.prototype.pop) as <Item>(
  items: Item[],
) => Item | undefined;
/** In place. */
export const ArrayPrototypeReverse = uncurry(Array.prototype.reverse) as <Item>(
  items: Item[],
) => Item[];
/** In place. */
export const ArrayPrototypeSort = uncurry(
  Array.prototype.sort as (this: unknown[], compare?: unknown) => unknown[],
) as <Item>(items: Item[], compare?: (a: Item, b: Item) => number) => Item[];
export const DatePrototypeToISOString = uncurry(Date.prototype.toISOString);
/** The source text of a function. */
export const FunctionPrototypeToString = uncurry(Function.prototype.toString);
export const FunctionPrototypeBind = uncurry(
  bind as (this: unknown, bound: unknown) => never,
);
/** Whether `value` inherits from `type`, whatever `type` says of it by `Symbol.hasInstance`. */
export const FunctionPrototypeSymbolHasInstance = uncurry(
  Function.prototype[Symbol.hasInstance] as (
    this: unknown,
    value: unknown,
  ) => boolean,
);
export const NumberPrototypeToFixed = uncurry(Number.prototype.toFixed);
export const NumberPrototypeToString = uncurry(Number.prototype.toString);
export const RegExpPrototypeExec = uncurry(RegExp.prototype.exec);
export const RegExpPrototypeGetGlobal = getterOf<RegExp, boolean>(
  RegExp.prototype,
  'global',
);
export const StringPrototypeCharAt = uncurry(String.prototype.charAt);
export const StringPrototypeCharCodeAt = uncurry(String.prototype.charCodeAt);
export const StringPrototypeCodePointAt = uncurry(String.prototype.codePointAt);
export const StringPrototypeEndsWith = uncurry(String.prototype.endsWith);
export const StringPrototypeIncludes = uncurry(String.prototype.includes);
export const StringPrototypeIndexOf = uncurry(String.prototype.indexOf);
export const StringPrototypeLastIndexOf = uncurry(String.prototype.lastIndexOf);
export const StringPrototypePadStart = uncurry(String.prototype.padStart);
export const StringPrototypeRepeat = uncurry(String.prototype.repeat);
export const StringPrototypeSlice = uncurry(String.prototype.slice);
export const StringPrototypeStartsWith = uncurry(String.prototype.startsWith);
export const StringPrototypeToLowerCase = uncurry(String.prototype.toLowerCase);
export const StringPrototypeTrim = uncurry(String.prototype.trim);
export const StringPrototypeTrimEnd = uncurry(String.prototype.trimEnd);
export const StringPrototypeTrimStart = uncurry(String.prototype.trimStart);
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
export const MapPrototypeClear = uncurry(Map.prototype.clear) as <Key, Value>(
  map: Map<Key, Value>,
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
/** @internal */
export const WeakRefPrototypeDeref = uncurry(GlobalWeakRef.prototype.deref) as <
  Target extends WeakKey,
>(
  reference: WeakRef<Target>,
) => Target | undefined;
