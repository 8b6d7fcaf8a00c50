// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { capabilities, extract, type Frame } from 'asynctb';
import { compileFunction } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { runFormatters } from '../support/assert-stack';
import { runForJson } from '../support/child';
import { loadProgram } from '../support/forms';
import { held, slow } from '../support/resources';

interface Deferred {
  promise: Promise<unknown>;
  resolve(value?: unknown): void;
}

const { deferred, parked } = loadProgram<{
  deferred(): Deferred;
  parked(): Promise<void>;
}>('deferred.cjs');

const SIZE = 1_200;

function each(line: (index: number) => string): string {
  return Array.from({ length: SIZE }, (_, index) => line(index)).join('\n');
}

const blocks = Array.from({ length: 100 }, (_, index) => index);

/** Functions so large that V8 needs wide operands, and what they hold. */
const wide: Record<string, [body: string, expected: string[]]> = {
  'P24 more than 1,000 constants': [
    `using a = held('a');
     let sum = 0;
     ${each((i) => `sum += ('constant ${i}' + ${i}.5 + sum).length;`)}
     await using b = held('b');
     { using c = held('c'); await gate; }`,
    [
      'using a -> a 2',
      `await using b -> b ${SIZE + 4}`,
      `using c -> c ${SIZE + 5}`,
    ],
  ],
  'P24 more than 1,000 registers': [
    `using a = held('a');
     ${each((i) => `let v${i} = gate === ${i};`)}
     using b = held('b');
     { await using c = held('c'); await gate; }
     return [${each((i) => `v${i},`)}];`,
    [
      'using a -> a 2',
      `using b -> b ${SIZE + 3}`,
      `await using c -> c ${SIZE + 4}`,
    ],
  ],
  'P24 more than 1,000 resources in a block': [
    `${each((i) => `using r${i} = held('r${i}');`)}
     await gate;`,
    Array.from({ length: SIZE }, (_, i) => `using r${i} -> r${i} ${i + 2}`),
  ],
  // V8 itself cannot compile a thousand.
  'P24 a hundred blocks': [
    `${blocks.map((i) => `{ using n${i} = held('n${i}');`).join('\n')}
     await gate;
     ${'}'.repeat(blocks.length)}`,
    blocks.map((i) => `using n${i} -> n${i} ${i + 2}`),
  ],
  'P24 on the way out, among more than 1,000 registers': [
    `await using a = held('a');
     await using b = slow('b', gate);
     ${each((i) => `let v${i} = gate === ${i};`)}
     using c = held('c');
     return [${each((i) => `v${i},`)}];`,
    ['await using a -> a 2', 'await using b -> b 3 exiting'],
  ],
};

function describeResources(frame: Frame | undefined): string[] {
  return (frame?.resources ?? []).map(
    ({ value, isAsync, isExiting, name, lineNumber }) =>
      `${isAsync ? 'await ' : ''}using ${name} -> ${(value as { label: string }).label} ${lineNumber}${isExiting ? ' exiting' : ''}`,
  );
}

// A question to V8: without the syntax nothing of this even compiles.
describe.runIf(capabilities().resources.available)('using, elsewhere', () => {
  it.each(Object.entries(wide))('%s', async (_, [body, expected]) => {
    const make = compileFunction(
      `return async (gate) => {\n${body}\n}`,
      ['held', 'slow'],
      { filename: 'wide.js' },
    ) as (...makers: unknown[]) => (gate: Promise<unknown>) => Promise<unknown>;
    const gate = deferred();
    const target = make(held, slow)(gate.promise);
    await parked();
    const stack = extract(target);
    expect(() => runFormatters(stack)).not.toThrow();
    expect(describeResources(stack.frames[0])).toEqual(expected);
    gate.resolve();
    await target;
    expect(extract(target).frames).toEqual([]);
  });

  it('P24 the top level of a module', async () => {
    const outer = [
      'using first -> first 11',
      'await using second -> second 12',
    ];
    const last = ['await using third -> third 18', 'using fourth -> fourth 19'];
    expect(await runForJson('../resources/module-run.mjs')).toEqual({
      found: {
        'in a block': [...outer, 'using inner -> inner 14'],
        'in a loop': [...outer, 'using each -> each 17'],
        'at the end': [...outer, ...last],
        'on the way out': [...outer, 'await using third -> third 18 exiting'],
      },
      label: 'fourth',
    });
  });
});
