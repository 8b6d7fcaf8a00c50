// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { dump, extract, type Frame } from 'asynctb';
import { describe, expect, it } from 'vitest';
import { runFormatters } from '../support/assert-stack';
import { loadProgram } from '../support/forms';

interface Account {
  balance: number;
}

interface Locals {
  generators: Record<string, () => Generator>;
  account(): Promise<{
    account: Account;
    gate: { resolve(value: unknown): void };
    transfers: AsyncGenerator;
    pay: Promise<number>;
    later: Promise<number>;
    detached: Promise<string>;
  }>;
  shadowing(gate: Promise<unknown>): Promise<string[]>;
}

const programs = loadProgram<Locals>('locals.cjs');
const closure: unknown = expect.any(Function);

const expected: Record<string, Record<string, unknown>> = {
  parameters: { a: 1, b: 2, c: 3, rest: { d: 4 }, others: [5, 6] },
  // Their initialisers have run, the body has not.
  notStarted: { a: 1, b: 2, c: undefined, rest: {}, others: [] },
  // A variable before its declaration has no value yet.
  declarations: { hoisted: 1, mutable: 3, constant: 3, later: undefined },
  blocks: { name: 'innermost first', item: 'first' },
  caught: { error: 'thrown', noted: true },
  captured: { count: 2, increment: closure },
  functions: { declared: closure, Local: closure },
};

function onlyFrame(target: object): Frame {
  const stack = extract(target, { locals: true });
  expect(() => runFormatters(stack)).not.toThrow();
  const [frame] = stack.frames;
  if (frame === undefined) throw new Error(`no frame in ${String(stack)}`);
  return frame;
}

describe('locals', () => {
  it.each(Object.entries(expected))('of %s', (name, locals) => {
    const generator = programs.generators[name]?.() as Generator;
    expect({ ...onlyFrame(generator).locals }).toEqual(locals);
  });

  it('before its declaration has run, a variable that closures share has no value', async () => {
    let open: ((value: unknown) => void) | undefined;
    const gate = new Promise((resolve) => {
      open = resolve;
    });
    const early = async (): Promise<number> => {
      const read = (): number => later;
      await gate;
      const later = 4;
      return read();
    };
    const target = early();
    // Some V8s have a word for it.
    const NO_VALUE = /^(?:undefined|<uninitialized>)$/;
    expect(String(onlyFrame(target).locals?.later)).toMatch(NO_VALUE);
    const frames = dump({ locals: true }).threads.flatMap(({ groups }) =>
      groups.flatMap(({ stack }) => stack.frames),
    );
    const dumped = frames.find(({ functionName }) => functionName === 'early');
    expect(String(dumped?.locals?.later)).toMatch(NO_VALUE);
    expect(String(dumped?.locals?.read)).toBe('[Function: read]');
    open?.(null);
    expect(await target).toBe(4);
  });

  it('of a function that uses `arguments`', () => {
    const generator = programs.generators.usesArguments?.() as Generator;
    const { arguments: found } = onlyFrame(generator).locals ?? {};
    expect([...(found as Iterable<number>)]).toEqual([1, 2]);
  });

  it('leave out the object of a with statement, whose properties may be getters', () => {
    const generator = programs.generators.sloppy?.() as Generator;
    expect(onlyFrame(generator).locals).toEqual({ inWith: 2 });
  });

  it('contain what a sloppy eval has declared', () => {
    const generator = programs.generators.sloppyEval?.() as Generator;
    expect(onlyFrame(generator).locals).toMatchObject({
      fromEval: 3,
      own: 4,
    });
  });

  it('are the objects themselves, innermost first where names are shadowed', async () => {
    let open: ((value: unknown) => void) | undefined;
    const target = programs.shadowing(
      new Promise((resolve) => {
        open = resolve;
      }),
    );
    const [outer, inner] = extract(target, { locals: true }).frames;
    expect(outer?.locals?.x).toBe('loop');
    expect(inner?.locals?.x).toBe('catch');
    const results = outer?.locals?.results;
    open?.(null);
    expect(await target).toBe(results);
    expect(results).toEqual([
      'loop',
      'catch',
      'block',
      'parameter',
      'function',
    ]);
  });

  it('are null unless asked for, and in text and JSON only when asked for there too', () => {
    const generator = programs.generators.declarations?.() as Generator;
    expect(extract(generator).frames[0]?.locals).toBeNull();
    const stack = extract(generator, { locals: true });
    expect(stack.format()).not.toContain('constant = 3');
    expect(stack.format({ locals: true })).toContain('constant = 3');
    expect(JSON.stringify(stack)).not.toContain('"locals"');
    expect(stack.toJSON({ locals: true }).frames[0]?.locals).toEqual({
      hoisted: '1',
      mutable: '3',
      constant: '3',
      later: 'undefined',
    });
  });

  it('cannot be changed through what is handed out', () => {
    const generator = programs.generators.captured?.() as Generator;
    const { locals } = onlyFrame(generator);
    if (locals !== null) locals.count = 100;
    const { value } = generator.next() as { value: unknown };
    expect(value).toBe('of the module');
    expect(
      onlyFrame(programs.generators.captured?.() as object).locals?.count,
    ).toBe(2);
  });
});

describe('function and receiver', () => {
  it('of async functions, arrow functions and async generators', async () => {
    const { account, gate, transfers, pay, later, detached } =
      await programs.account();
    const frames = [transfers, pay, later, detached].map(onlyFrame);
    expect(frames.map((frame) => frame.receiver)).toEqual([
      account,
      account,
      // An arrow function takes `this` from around it.
      undefined,
      // The value itself, as strict functions see it.
      'a string',
    ]);
    const { prototype } = account.constructor as unknown as {
      prototype: Record<string, unknown>;
    };
    expect(frames[0]?.function).toBe(prototype.transfers);
    expect(frames[1]?.function).toBe(prototype.pay);
    expect(frames[2]?.locals).toEqual({});
    gate.resolve(1);
    expect(await pay).toBe(3);
    expect(await later).toBe(3);
    expect(await detached).toBe('string');
    expect(await transfers.next()).toEqual({ done: true, value: undefined });
  });

  it('origin is the innermost object that scripts can hold', async () => {
    const { gate, transfers, pay } = await programs.account();
    expect(onlyFrame(transfers).origin).toBe(transfers);
    expect(onlyFrame(pay).origin).toBe(pay);
    gate.resolve(1);
    await pay;
  });
});
