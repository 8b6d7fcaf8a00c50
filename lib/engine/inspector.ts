// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayConcat,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
} from '../base/lists.js';
import {
  GlobalError,
  GlobalMap,
  GlobalNumber,
  MapPrototypeGet,
  MapPrototypeSet,
  ObjectAssign,
  ObjectCreate,
  ObjectGetOwnPropertyDescriptor,
  ObjectHasOwn,
  ReflectOwnKeys,
  RegExpPrototypeExec,
  StringPrototypeStartsWith,
} from '../base/primordials.js';
import { isNativeError, isProxy } from '../base/node-types.js';
import type { Runtime, Session } from 'node:inspector';
import type { AnyFunction } from '../model/frame.js';
import { AsynctbError } from '../base/errors.js';
import { type PlaceText, readPlace, splitLines } from './place-text.js';

/**
 * What V8's inspector says of single objects of this thread: the way to read generators where the
 * addon does not load. All of it is synchronous.
 */

export interface InspectedPlace extends PlaceText {
  scriptName: string;
  /** 1-based. */
  lineNumber: number;
  /** 1-based. */
  columnNumber: number;
  /** V8's number of the script if it names a source map, else 0. */
  script: number;
  sourceMapUrl: string;
}

export interface InspectedGenerator {
  state: 'not-started' | 'suspended' | 'running' | 'closed';
  /** Where it is suspended, else where its function begins. */
  place: InspectedPlace;
  function: AnyFunction | null;
  receiver: unknown;
  /** Innermost first, as V8 made them; null unless asked for, or when it runs. */
  scopes: object[] | null;
}

type RemoteObject = Runtime.RemoteObject;

interface Location {
  scriptId: string;
  /** 0-based. */
  lineNumber: number;
  /** 0-based. */
  columnNumber: number;
}

interface Script {
  url: string;
  startLine: number;
  startColumn: number;
  sourceMapUrl: string;
}

/** The globals of the context that values are passed through. */
interface Handover {
  /** What the inspector shall look at. */
  given: unknown;
  take(values: readonly unknown[]): void;
}

// Ids are never used again within a process, so what was once found out stays true. The source
// itself is not kept.
const scripts = new GlobalMap<string, Script>();
const places = new GlobalMap<string, InspectedPlace>();

/**
 * One session. It is to be closed, and then nothing of it is left: objects go through a `vm`
 * context that is made for this and dropped, so that neither the program's global object nor
 * any object of the program's is touched.
 */
export class Inspection {
  readonly #session: Session;
  readonly #handover: Handover;
  readonly #contextId: number;
  #taken: readonly unknown[] = [];
  #debugger = false;

  constructor() {
    // Not before they are needed: importing asynctb loads nothing.
    const inspector =
      require('node:inspector') as typeof import('node:inspector');
    const vm = require('node:vm') as typeof import('node:vm');
    this.#session = new inspector.Session();
    this.#session.connect();
    try {
      let newest = -1;
      this.#session.on('Runtime.executionContextCreated', ({ params }) => {
        newest = params.context.id;
      });
      this.#post('Runtime.enable');
      this.#handover = ObjectAssign(ObjectCreate(null) as object, {
        given: undefined,
        take: (values: readonly unknown[]): void => {
          this.#taken = values;
        },
      });
      vm.createContext(this.#handover);
      this.#contextId = newest;
    } catch (error) {
      this.#session.disconnect();
      throw error;
    }
  }

  close(): void {
    this.#handover.given = undefined;
    this.#taken = [];
    // Disconnecting disables what was enabled, and releases what the inspector holds.
    this.#session.disconnect();
  }

  /**
   * `generator` is one, sync or async, and no proxy of one. The answer comes with a description
   * of its `this`, and that of an error is its `stack`: a getter that replaces `stack`, `name` or
   * `message` would run. (So would a proxy among its prototypes, up to Node 20.)
   */
  generator(generator: object, locals: boolean): InspectedGenerator {
    checkOwnValues(generator);
    const facts = this.#internalProperties(this.#given(generator));
    const state = MapPrototypeGet(facts, '[[GeneratorState]]')
      ?.value as unknown;
    const fn = MapPrototypeGet(facts, '[[GeneratorFunction]]');
    const location = locationIn(facts, '[[GeneratorLocation]]');
    if (fn === undefined || location === null) throw unknownAnswer();
    const start =
      locationIn(this.#internalProperties(fn), '[[FunctionLocation]]') ??
      location;
    const scopeList = locals ? MapPrototypeGet(facts, '[[Scopes]]') : undefined;
    const scopes = scopeList === undefined ? [] : this.#ownScopes(scopeList);
    const live = this.#live(
      ArrayConcat(
        [
          fn,
          MapPrototypeGet(facts, '[[GeneratorReceiver]]') ?? {
            type: 'undefined',
          },
        ],
        scopes,
      ),
    );
    const { 0: liveFunction, 1: receiver } = live;
    const liveScopes = ArrayPrototypeSlice(live, 2);
    const isSuspended = state === 'suspended';
    const started = isSuspended && this.#isStarted(location, start);
    return {
      state:
        state === 'running' || state === 'closed'
          ? state
          : started
            ? 'suspended'
            : 'not-started',
      place: this.#place(started ? location : start),
      function: (liveFunction as AnyFunction | undefined) ?? null,
      receiver,
      scopes:
        scopeList === undefined
          ? null
          : ArrayPrototypeMap(
              liveScopes,
              (scope) => (scope as { object: object }).object,
            ),
    };
  }

  /**
   * Whether a promise is pending. The answer comes with a description of what the promise has
   * settled to, and of an error that is its `stack`: so this is not for a program that has a hook
   * which makes those. (Getters on an error that replace `stack`, `name` or `message` would run.)
   */
  isPending(promise: object): boolean {
    if (this.#hasStackHook()) {
      throw refused('the program sets Error.prepareStackTrace');
    }
    checkOwnValues(promise);
    const facts = this.#internalProperties(this.#given(promise));
    return MapPrototypeGet(facts, '[[PromiseState]]')?.value === 'pending';
  }

  /** Newer releases come with a hook of Node's own. */
  #hasStackHook(): boolean {
    const hook = ObjectGetOwnPropertyDescriptor(
      GlobalError,
      'prepareStackTrace',
    );
    if (hook === undefined) return false;
    if (!ObjectHasOwn(hook, 'value')) return true;
    const fn: unknown = hook.value;
    if (typeof fn !== 'function' || isProxy(fn)) return fn !== undefined;
    const location = locationIn(
      this.#internalProperties(this.#given(fn)),
      '[[FunctionLocation]]',
    );
    return (
      location === null ||
      !StringPrototypeStartsWith(
        this.#place(location).scriptName,
        'node:internal/',
      )
    );
  }

  #post<Result extends object>(method: string, params: object = {}): Result {
    let failure: Error | null = null;
    let answer: object | undefined;
    this.#session.post(method, params, (error, result) => {
      failure = error;
      answer = result;
    });
    if (failure !== null || answer === undefined) {
      const { message } = (failure ?? unknownAnswer()) as { message: string };
      throw new AsynctbError(
        'ERR_ASYNCTB_UNSUPPORTED',
        `the inspector refused ${method}: ${message}`,
      );
    }
    return answer as Result;
  }

  #given(value: object): RemoteObject {
    this.#handover.given = value;
    return this.#post<Runtime.EvaluateReturnType>('Runtime.evaluate', {
      expression: 'given',
      contextId: this.#contextId,
      silent: true,
    }).result;
  }

  #internalProperties(object: RemoteObject): Map<string, RemoteObject> {
    const { internalProperties = [] } =
      this.#post<Runtime.GetPropertiesReturnType>('Runtime.getProperties', {
        objectId: object.objectId,
        ownProperties: true,
        generatePreview: false,
      });
    const found = new GlobalMap<string, RemoteObject>();
    for (const { name, value } of internalProperties) {
      if (value !== undefined) MapPrototypeSet(found, name, value);
    }
    return found;
  }

  /**
   * The scopes of the function itself, innermost first: what it closes over is not its own. Each
   * is V8's note about a scope, with the variables in its property `object`.
   */
  #ownScopes(list: RemoteObject): RemoteObject[] {
    const { result } = this.#post<Runtime.GetPropertiesReturnType>(
      'Runtime.getProperties',
      { objectId: list.objectId, ownProperties: true, generatePreview: false },
    );
    const own: RemoteObject[] = [];
    for (const { value } of result) {
      const type = RegExpPrototypeExec(
        /^(Local|Module|Block|Catch|Eval|With)\b/,
        value?.description ?? '',
      )?.[1];
      if (value === undefined || type === undefined) break;
      // The object of a `with` statement is the program's: its properties may be getters.
      if (type !== 'With') ArrayPrototypePush(own, value);
      if (type === 'Local' || type === 'Module') break;
    }
    return own;
  }

  /** The objects themselves. Runs a function of ours that is given them, and nothing else. */
  #live(objects: readonly RemoteObject[]): readonly unknown[] {
    this.#post('Runtime.callFunctionOn', {
      functionDeclaration: '(...values) => { take(values); }',
      executionContextId: this.#contextId,
      silent: true,
      arguments: ArrayPrototypeMap(
        objects,
        ({ objectId, unserializableValue, value }) =>
          objectId !== undefined
            ? { objectId }
            : unserializableValue !== undefined
              ? { unserializableValue }
              : { value: value as unknown },
      ),
    });
    return this.#taken;
  }

  /** One that has not started stands at its function's start, or where its body begins. */
  #isStarted(location: Location, start: Location): boolean {
    const atStart =
      location.lineNumber === start.lineNumber &&
      location.columnNumber === start.columnNumber;
    return !atStart && this.#place(location).construct !== 'body';
  }

  #place(location: Location): InspectedPlace {
    const { scriptId, lineNumber, columnNumber } = location;
    const key = `${scriptId}:${lineNumber}:${columnNumber}`;
    let place = MapPrototypeGet(places, key);
    if (place === undefined) {
      place = this.#readPlace(location);
      MapPrototypeSet(places, key, place);
    }
    return place;
  }

  #readPlace({ scriptId, lineNumber, columnNumber }: Location): InspectedPlace {
    this.#enableDebugger();
    const script = MapPrototypeGet(scripts, scriptId);
    const { scriptSource } = this.#post<{ scriptSource: string }>(
      'Debugger.getScriptSource',
      { scriptId },
    );
    const row = lineNumber - (script?.startLine ?? 0);
    const sourceMapUrl = script?.sourceMapUrl ?? '';
    const shift = row === 0 ? (script?.startColumn ?? 0) : 0;
    return {
      scriptName: script?.url ?? '',
      lineNumber: lineNumber + 1,
      columnNumber: columnNumber + 1,
      script: sourceMapUrl === '' ? 0 : GlobalNumber(scriptId),
      sourceMapUrl,
      ...readPlace(splitLines(scriptSource), row, columnNumber - shift),
    };
  }

  /**
   * Only V8's debugger knows the names and texts of scripts. It is on until this session is
   * closed, and only needed for the first look at a place: V8 takes its time to introduce all
   * scripts (30 to 100 ms for a hundred).
   */
  #enableDebugger(): void {
    if (this.#debugger) return;
    this.#session.on('Debugger.scriptParsed', ({ params }) => {
      const { scriptId, url, startLine, startColumn } = params;
      const { sourceMapURL: sourceMapUrl = '' } = params;
      MapPrototypeSet(scripts, scriptId, {
        url,
        startLine,
        startColumn,
        sourceMapUrl,
      });
    });
    this.#post('Debugger.enable', { maxScriptsCacheSize: 0 });
    this.#debugger = true;
  }
}

function locationIn(
  facts: ReadonlyMap<string, RemoteObject>,
  name: string,
): Location | null {
  return (MapPrototypeGet(facts, name)?.value as Location | undefined) ?? null;
}

/**
 * The inspector describes the values of an object's properties along with it. It runs no getter
 * of the object itself, but to describe an error it reads the `stack`, and some V8s look for a
 * `length` to find out what is like an array.
 */
function checkOwnValues(object: object): void {
  for (const key of ReflectOwnKeys(object)) {
    const property = ObjectGetOwnPropertyDescriptor(object, key);
    const value: unknown = property?.value;
    if (typeof value !== 'object' || value === null || isProxy(value)) {
      continue;
    }
    const length = ObjectGetOwnPropertyDescriptor(value, 'length');
    if (isNativeError(value) || length?.get !== undefined) {
      throw refused(
        `a property of it holds ${isNativeError(value) ? 'an error' : 'an object with a getter'}`,
      );
    }
  }
}

function refused(why: string): AsynctbError {
  return new AsynctbError(
    'ERR_ASYNCTB_UNSUPPORTED',
    `${why}: looking at it through the inspector could run the program's code`,
  );
}

function unknownAnswer(): AsynctbError {
  return new AsynctbError(
    'ERR_ASYNCTB_UNSUPPORTED',
    'the inspector gave an answer that is not known',
  );
}
