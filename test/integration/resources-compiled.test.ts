// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { extract, extractSince, type Resource, type Stack } from 'asynctb';
import { describe, expect, it } from 'vitest';
import { runFormatters } from '../support/assert-stack';
import {
  compilers,
  minifiers,
  runCompiled,
  source,
  withSourceMap,
} from '../support/compilers';
import { loadProgram } from '../support/forms';
import { held } from '../support/resources';

interface Compiled {
  nested(make: typeof held, gate: Promise<unknown>): Promise<void>;
  left(make: typeof held, gate: Promise<unknown>): Promise<void>;
  loop(make: typeof held, gate: Promise<unknown>): Promise<void>;
  generator(make: typeof held): Generator;
}

interface Deferred {
  promise: Promise<unknown>;
  resolve(value?: unknown): void;
}

const { deferred, parked } = loadProgram<{
  deferred(): Deferred;
  parked(): Promise<void>;
}>('deferred.cjs');

/** Each in a few words; a line, where there is one, must be that of the declaration. */
function summary(stack: Stack, code: string): string[] {
  expect(() => runFormatters(stack)).not.toThrow();
  return (stack.frames[0]?.resources ?? []).map((resource) =>
    summarize(resource, code),
  );
}

function summarize(resource: Resource, code: string): string {
  const { value, isAsync, isExiting, name, lineNumber } = resource;
  const line = code.split('\n')[(lineNumber ?? 0) - 1] ?? '';
  if (name !== null) expect(line).toMatch(new RegExp(`\\b${name} ?= ?\\S`));
  const { label } = value as { label: string };
  const keyword = isAsync ? 'await using' : 'using';
  return `${keyword} ${name} -> ${label}${isExiting ? ' exiting' : ''}`;
}

describe.each(Object.entries(compilers))('%s', (name, compile) => {
  const code = compile(source);
  const compiled = runCompiled<Compiled>(code, `${name}.js`);

  /** The resources of a function while it waits for its gate. */
  async function whileWaiting(
    start: (gate: Promise<unknown>) => Promise<void>,
  ): Promise<string[]> {
    const gate = deferred();
    const target = start(gate.promise);
    await parked();
    const found = summary(extract(target), code);
    // With all variables at hand, what a few registers say is found by name.
    expect(summary(extract(target, { locals: true }), code)).toEqual(found);
    gate.resolve();
    await target;
    return found;
  }

  it('P21 what is active, outermost first', async () => {
    expect(await whileWaiting((gate) => compiled.nested(held, gate))).toEqual([
      'using a -> a',
      'await using b -> b',
      'using c -> c',
      'using d -> d',
    ]);
  });

  it('P21 neither what was left, nor null, nor what was not reached', async () => {
    expect(await whileWaiting((gate) => compiled.left(held, gate))).toEqual([
      'using a -> a',
    ]);
  });

  it('P21 the head of a loop', async () => {
    const found = await whileWaiting((gate) => compiled.loop(held, gate));
    // These releases of SWC forget to enter it, and so nothing ever disposes of it.
    const isForgotten = ['SWC 1.3', 'SWC 1.4'].includes(name);
    expect(found).toEqual(isForgotten ? [] : ['using each -> b']);
  });

  it('P21 a generator', () => {
    const generator = compiled.generator(held);
    generator.next();
    expect(summary(extract(generator), code)).toEqual(['using a -> a']);
    generator.return(undefined);
    expect(extract(generator).length).toBe(0);
  });

  it('P21 of a running frame', async () => {
    const found: string[][] = [];
    const look: typeof held = (label) => {
      const stack = extractSince(compiled.nested);
      found.push(summary(stack, code));
      return held(label);
    };
    const gate = deferred();
    const target = compiled.nested(look, gate.promise);
    await parked();
    gate.resolve();
    await target;
    expect(found).toEqual([
      [],
      ['using a -> a'],
      ['using a -> a', 'await using b -> b'],
      ['using a -> a', 'await using b -> b', 'using c -> c'],
    ]);
  });

  it('P21 the description is the source text', async () => {
    const gate = deferred();
    const target = compiled.nested(held, gate.promise);
    await parked();
    const described = extract(target).frames[0]?.resources.map(
      ({ description }) => description?.replace(/"/g, "'"),
    );
    expect(described).toEqual([
      "using a = held('a')",
      "await using b = await held('b')",
      "using c = held('c')",
      "using d = held('d')",
    ]);
    gate.resolve();
    await target;
  });

  it('P20 not when resources are not asked for', async () => {
    const gate = deferred();
    const target = compiled.nested(held, gate.promise);
    await parked();
    const [frame] = extract(target, { resources: false }).frames;
    expect(frame?.resources).toEqual([]);
    gate.resolve();
    await target;
  });
});

describe.each(Object.entries(minifiers))(
  'TypeScript and esbuild: %s',
  (name, compile) => {
    it('P21 values in order, by the names that are left', async () => {
      const code = compile(source);
      const compiled = runCompiled<Compiled>(code, `${name}.js`);
      const gate = deferred();
      const target = compiled.nested(held, gate.promise);
      await parked();
      const found = summary(extract(target), code);
      gate.resolve();
      await target;
      const short = /^(?:await )?using (\w) -> (\w)$/;
      expect(found.map((each) => short.exec(each)?.[2])).toEqual([
        ...['a', 'b', 'c', 'd'],
      ]);
      expect(new Set(found.map((each) => short.exec(each)?.[1])).size).toBe(4);
    });
  },
);

describe('with a source map', () => {
  it('P21 lines are those of the source', async () => {
    const compiled = runCompiled<Compiled>(withSourceMap(), 'mapped.js');
    const gate = deferred();
    const target = compiled.nested(held, gate.promise);
    await parked();
    const [frame] = extract(target).frames;
    const lines = source.split('\n');
    expect(frame?.generated).not.toBeNull();
    expect(
      frame?.resources.map(({ lineNumber }) => lines[(lineNumber ?? 0) - 1]),
    ).toEqual([
      "  using a = held('a');",
      "  await using b = await held('b');",
      "    using c = held('c'),",
      "      d = held('d');",
    ]);
    gate.resolve();
    await target;
  });
});
