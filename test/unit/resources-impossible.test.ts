// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RawHolder } from '../../lib/resources/frame-resources';
import type * as Resources from '../../lib/resources/resources';
import type { Binding } from '../../lib/engine/binding';
import { stillHeld } from '../../lib/resources/leaving';
import { heldOf, sitesOf } from './capture-tables';
import { checkWhole, heldEntries } from '../../lib/resources/held';

type Holder = RawHolder;

const TEXT = `() { using a = one(); await using b = two(); await gate`;
const COMPILED = `() { const env_1 = { stack: [], error: void 0, hasError: false };
const a = __addDisposableResource(env_1, one(), false);
const b = __addDisposableResource(env_1, two(), false); await gate`;

const fail = (): never => {
  throw new RangeError('impossible');
};
/** What the addon says of a list that it could not read. */
const MISFIT = 'it does not fit';
const entryOf = (value: unknown) => ({ value, dispose() {}, async: false });

let nextOffset = 0;

function holder(text: string, more: Partial<Holder> = {}): Holder {
  // Each test stands at a place of its own, as texts are read once a place.
  const start = (nextOffset += 1_000);
  return {
    sites: sitesOf({
      ...{ scriptName: 'f.js', line: 3, scriptId: 1 },
      ...{ offset: start + text.length, functionOffset: start },
    }),
    site: 0,
    fn: fail,
    held: undefined,
    activation: {},
    scopes: undefined,
    following: { fn: undefined, nextFn: undefined, nextReceiver: undefined },
    ...more,
  };
}

function bindingOf(text: string, scopes: () => object[]): Binding {
  const seam: Partial<Binding> = {
    sourceText: () => text,
    scopes,
    closureScopes: fail,
    registerObjects: () => undefined,
  };
  return seam as Binding;
}

describe('reading what cannot be', () => {
  let frameResources: typeof Resources.frameResources;
  let warnings: string[];

  beforeEach(async () => {
    // What was warned of is forgotten with the module.
    vi.resetModules();
    ({ frameResources } = await import('../../lib/resources/resources'));
    warnings = [];
    vi.spyOn(process, 'emitWarning').mockImplementation((warning) => {
      warnings.push(String(warning));
    });
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  const values = (of: Holder, binding: Binding): unknown[] =>
    frameResources(of, binding).map(({ value }) => value);

  it('P29 a list that ends too early: what stands before', () => {
    const held = heldOf([{ value: 'one' }], MISFIT);
    const binding = bindingOf(TEXT, () => []);
    for (let time = 0; time < 2; time++) {
      expect(values(holder(TEXT, { held }), binding)).toEqual(['one']);
    }
    expect(warnings).toEqual([
      expect.stringContaining('open using blocks failed'),
    ]);
  });

  it('P29 a list that does not fit: the names of what does', () => {
    const held = heldOf([{ value: 'two', isAsync: true }], MISFIT);
    const scopes = () => [{ a: 'one', b: 'two' }];
    const of = holder(TEXT, { held });
    const found = frameResources(of, bindingOf(TEXT, scopes));
    expect(found.map(({ name, value }) => [name, value])).toEqual([
      ['b', 'two'],
    ]);
    expect(() => checkWhole(held)).toThrow('it does not fit');
  });

  it('P29 the method that runs says what its block still holds', () => {
    const receiver = {};
    const held = heldEntries(
      heldOf([
        { value: 'outside', method: fail },
        { value: receiver, method: fail, block: 1 },
        { value: 'later', method: fail, block: 1 },
        { value: 'inside', method: fail, block: 2 },
      ]),
    );
    const called = { fn: fail, receiver, name: 'fail' };
    expect(stillHeld(held, called, null)).toEqual([
      held[0],
      { ...held[1], isExiting: true },
      held[3],
    ]);
  });

  it('P29 a text that cannot be read: values without names', () => {
    const held = heldOf([{ value: 'one' }]);
    const binding = { ...bindingOf(TEXT, fail), sourceText: fail };
    const of = holder(TEXT, { held, scopes: [] });
    const [resource] = frameResources(of, binding);
    expect(resource?.value).toBe('one');
    expect(resource?.name).toBeNull();
    expect(warnings).toEqual([expect.stringContaining("function's text")]);
  });

  it('P29 scopes that cannot be read: values without names', () => {
    // Both are asynchronous, which the text contradicts: so the scopes are asked.
    const held = heldOf([
      { value: 'one', isAsync: true },
      { value: 'two', isAsync: true },
    ]);
    const [one, two] = frameResources(
      holder(TEXT, { held }),
      bindingOf(TEXT, fail),
    );
    expect([one?.value, two?.value]).toEqual(['one', 'two']);
    expect([one?.name, two?.name]).toEqual([null, null]);
  });

  it('P29 compiled blocks: what was found before, and what V8 says itself', () => {
    const scopes = () => [
      { env_1: { stack: [entryOf('one')], hasError: false } },
      // A context whose functions close over what cannot be read.
      { outer: { u() {}, a() {}, d() {} } },
    ];
    const held = heldOf([{ value: 'own' }]);
    const binding = bindingOf(COMPILED, scopes);
    for (let time = 0; time < 2; time++) {
      expect(values(holder(COMPILED, { held }), binding)).toEqual(['own']);
    }
    const reversed = bindingOf(COMPILED, () => scopes().reverse());
    expect(values(holder(COMPILED, { held }), reversed)).toEqual([
      'own',
      'one',
    ]);
    expect(warnings).toEqual([
      expect.stringContaining('compiled using blocks'),
    ]);
  });

  it('P21 the only block of a text is read without its scopes', () => {
    const env = { stack: [entryOf('one'), entryOf('two')], hasError: false };
    const binding = {
      ...bindingOf(COMPILED, fail),
      registerObjects: () => [{}, [], env],
    };
    const resources = frameResources(holder(COMPILED), binding);
    expect(resources.map(({ name, value }) => [name, value])).toEqual([
      ['a', 'one'],
      ['b', 'two'],
    ]);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['an entry of two declared', COMPILED, 1],
    ['two blocks', `${COMPILED}; const env_2 = { hasError: false };`, 2],
    ['another form', `${COMPILED}; __using(_stack, three());`, 2],
    ['a block in no variable', `${COMPILED}; f({ hasError: false });`, 2],
  ])('P21 %s: the scopes are asked', (_, text, count) => {
    const entries = [entryOf('one'), entryOf('two')].slice(0, count);
    const env = { stack: entries, hasError: false };
    const one = entries[0]?.value;
    const binding = {
      ...bindingOf(text, () => [{ env_1: env, b: one }]),
      registerObjects: () => [env],
    };
    const [first] = frameResources(holder(text), binding);
    expect([first?.name, first?.value]).toEqual(['b', 'one']);
  });

  it('P29 what can be, is read without a warning', () => {
    const held = heldOf([{ value: 'one' }, { value: 'two', isAsync: true }]);
    const resources = frameResources(
      holder(TEXT, { held }),
      bindingOf(TEXT, fail),
    );
    expect(resources.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(warnings).toEqual([]);
  });
});
