// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { extract, type Resource } from 'asynctb';
import { describe, expect, it } from 'vitest';
import { runFormatters } from '../support/assert-stack';
import { compilers, exitsSource, runCompiled } from '../support/compilers';
import { loadProgram } from '../support/forms';
import { held, slow } from '../support/resources';

interface Makers {
  quick(label: string): object;
  slow(label: string): object;
}

type Exits = Record<string, (makers: Makers) => Promise<unknown>>;

interface Deferred {
  promise: Promise<unknown>;
  resolve(value?: unknown): void;
}

const { deferred, parked } = loadProgram<{
  deferred(): Deferred;
  parked(): Promise<void>;
}>('deferred.cjs');

/** In a few words; a line must be that of the declaration. */
function summarize(resource: Resource, code: string): string {
  const { value, isAsync, isExiting, name, lineNumber } = resource;
  const line = code.split('\n')[(lineNumber ?? 0) - 1] ?? '';
  expect(lineNumber === null).toBe(name === null);
  if (name !== null) expect(line).toMatch(new RegExp(`\\b${name} ?= ?\\S`));
  const { label } = value as { label: string };
  const keyword = isAsync ? 'await using' : 'using';
  return `${keyword} ${name} -> ${label}${isExiting ? ' exiting' : ''}`;
}

describe.each(Object.entries(compilers))(
  '%s, on its way out',
  (name, compile) => {
    const code = compile(exitsSource);
    const compiled = runCompiled<Exits>(code, `${name} exits.js`);

    it.each([
      [
        'P23 fall through',
        'falling',
        ['using a -> a', 'await using b -> b exiting'],
      ],
      [
        'P23 return',
        'returning',
        ['await using a -> a', 'await using b -> b exiting'],
      ],
      ['P23 throw', 'throwing', ['await using a -> a exiting']],
      ['P23 break', 'breaking', ['await using each -> a exiting']],
      ['P23 continue', 'continuing', ['await using each -> b exiting']],
      ['P24 in finally', 'inFinally', ['await using a -> a exiting']],
      ['P23 after another one', 'outermost', ['await using a? -> a exiting']],
      ['P23 beside what is null', 'nothing', ['await using b? -> b exiting']],
      ['P23 an async generator', 'generator', ['await using a -> a exiting']],
    ])('%s', async (_, form, expected) => {
      const gate = deferred();
      const target = (compiled[form] as Exits[string])({
        quick: held,
        slow: (label) => slow(label, gate.promise),
      });
      await parked();
      const stack = extract(target);
      expect(() => runFormatters(stack)).not.toThrow();
      const [first] = stack.frames;
      const found = first?.resources.map((each) => summarize(each, code));
      // A name with a question mark can be told of the output of some compilers only.
      expect(found).toEqual(
        expected.map((each, index) =>
          found?.[index]?.includes(' null ->')
            ? each.replace(/\w\? /, 'null ')
            : each.replace('? ', ' '),
        ),
      );
      // P22: the exit method is what follows, below the compiler's helper.
      expect(stack.frames.at(-1)?.functionName).toMatch(/asyncDispose\]$/);
      gate.resolve();
      await target;
      expect(extract(target).frames).toEqual([]);
    });
  },
);
