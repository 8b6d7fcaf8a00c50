// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Until somebody tells, everything may be a proxy, and nothing is looked into. */
let isProxy: (value: unknown) => boolean = () => true;

/** How proxies are told: by Node's answer, and not at all where all objects are our own. */
export function tellProxies(test: (value: unknown) => boolean): void {
  isProxy = test;
}

/** An object that can be looked into: no proxy, whose traps would run. */
export function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isProxy(value);
}

/** The same of a function. */
export function isPlainFunction(value: unknown): value is object {
  return typeof value === 'function' && !isProxy(value);
}
