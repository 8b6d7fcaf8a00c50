// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { JSONStringify } from '../base/json.js';
import { ArrayPrototypeMap, ArrayPrototypePush } from '../base/lists.js';
import { ArrayIsArray, GlobalString, ObjectIs } from '../base/primordials.js';
import { isObject } from '../base/own.js';
import { AsynctbError, ExtractionErrors } from '../base/errors.js';
import type { ErrorJson } from '../model/json.js';
import { noteOn } from '../model/notes.js';
import { Placeholder } from '../model/placeholder.js';
import {
  isHarmlessValue,
  redactBeginning,
  redactText,
  redactValueBeginning,
} from '../redact/redact.js';
import { isSecretName, REDACTED } from '../redact/secret-names.js';
import { truncate } from './text.js';

/**
 * What the host can say of an object without touching it. Node's answers are in
 * `node-values.ts`. Without a probe (in a bare V8 context) every object is taken for a proxy and
 * left alone, except our own, which carry a brand.
 */
export interface ValueProbe {
  isProxy(value: object): boolean;
  isPromise(value: object): boolean;
  isError(value: object): boolean;
  /** The name of the class; never asked of a proxy. */
  className(value: object): string;
  /** A property's value if it is a data property of the object itself; never asked of a proxy. */
  ownData(value: object, key: string): unknown;
}

let probe: ValueProbe | null = null;

/** Set once by the entry that is loaded, for its whole environment. */
export function setValueProbe(next: ValueProbe | null): void {
  probe = next;
}

const MAX_STRING = 80;

/**
 * A value in a few words. No code of the program runs: no getter, no trap, no `toString`, not
 * even `instanceof`.
 */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quote(redactBeginning(value, MAX_STRING));
    case 'bigint':
      return truncate(`${value}n`, MAX_STRING, '…');
    case 'number':
      return ObjectIs(value, -0) ? '-0' : GlobalString(value);
    case 'undefined':
    case 'boolean':
      return GlobalString(value);
    case 'symbol':
      return truncate(
        redactBeginning(GlobalString(value), MAX_STRING),
        MAX_STRING,
        '…',
      );
    case 'function':
      return describeFunction(value);
    default:
      return isObject(value) ? describeObject(value) : 'null';
  }
}

function quote(text: string): string {
  return JSONStringify(truncate(text, MAX_STRING, '…'));
}

/** What remains after a stack's frames. A promise is one that was pending when it was looked at. */
export function describeLeaf(value: unknown, stack?: object): string {
  const description = describeValue(value);
  if (!isObject(value)) return description;
  const pending = isPromise(value) ? ' { <pending> }' : '';
  const note = stack === undefined ? null : noteOn(stack, value);
  return (
    description + pending + (note === null ? '' : ` (${redactText(note.text)})`)
  );
}

function isPromise(value: object): boolean {
  return probe !== null && !probe.isProxy(value) && probe.isPromise(value);
}

function describeObject(value: object): string {
  const own = Placeholder.describe(value);
  if (own !== null) return redactText(own);
  if (probe === null) return 'Object';
  if (probe.isProxy(value)) return 'Proxy';
  if (ArrayIsArray(value)) return `Array(${value.length})`;
  return truncate(probe.className(value), MAX_STRING, '…');
}

function describeFunction(value: object): string {
  if (probe === null) return '[Function]';
  if (probe.isProxy(value)) return 'Proxy';
  const name = probe.ownData(value, 'name');
  return typeof name === 'string' && name !== ''
    ? `[Function: ${truncate(name, MAX_STRING, '…')}]`
    : '[Function (anonymous)]';
}

/** Without `stack`: reading it may run the program's `Error.prepareStackTrace`. */
export function describeError(error: object): ErrorJson {
  const parts = partsOf(error);
  if (parts === null) return describeSingle(error);
  return {
    ...describeSingle(error),
    errors: ArrayPrototypeMap(parts, describeSingle),
  };
}

function partsOf(error: object): readonly unknown[] | null {
  if (ExtractionErrors.is(error)) return error.all;
  if (probe === null || probe.isProxy(error)) return null;
  const errors = probe.ownData(error, 'errors');
  if (!isObject(errors) || probe.isProxy(errors)) return null;
  if (!ArrayIsArray(errors) || !probe.isError(error)) return null;
  const parts: unknown[] = [];
  for (let index = 0; index < errors.length; index++) {
    ArrayPrototypePush(parts, probe.ownData(errors, GlobalString(index)));
  }
  return parts;
}

function describeSingle(error: unknown): ErrorJson {
  const summary: ErrorJson = {
    name: 'Error',
    code: null,
    message: '',
    errors: [],
  };
  if (!isObject(error)) return { ...summary, name: describeValue(error) };
  if (AsynctbError.is(error)) {
    return { ...summary, code: error.code, message: redactText(error.message) };
  }
  if (ExtractionErrors.is(error)) {
    return { ...summary, name: 'AggregateError', message: error.message };
  }
  if (probe === null || probe.isProxy(error)) {
    return { ...summary, name: describeValue(error) };
  }
  const message = probe.ownData(error, 'message');
  const code = probe.ownData(error, 'code');
  return {
    ...summary,
    name: probe.className(error),
    code: typeof code === 'string' ? code : null,
    message: typeof message === 'string' ? redactText(message) : '',
  };
}

/** As Node heads the print-out of an error: `TypeError [ERR_CODE]: message`. */
export function errorHeadline(error: ErrorJson): string {
  const code = error.code === null ? '' : ` [${error.code}]`;
  const message = error.message === '' ? '' : `: ${error.message}`;
  return error.name + code + message;
}

/** A variable's value, unless its name says that it is nobody's business. */
export function describeLocal(name: string, value: unknown): string {
  if (isSecretName(name) && !isHarmlessValue(value)) return REDACTED;
  return typeof value === 'string'
    ? quote(redactValueBeginning(name, value, MAX_STRING))
    : describeValue(value);
}
