// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  elaborateResource,
  extract,
  localResource,
  PRUNE,
  type Resource,
  unwrapResource,
} from 'asynctb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runFormatters } from '../support/assert-stack';
import { loadProgram } from '../support/forms';
import { registering } from '../support/hooks';

interface Lock {
  name: string;
  owner: string | null;
}
type Waits = (gate: Promise<unknown>, lock?: Lock) => Promise<unknown>;

const require = createRequire(import.meta.url);
const { Lock, generator, ...functions } =
  require('../programs/resources/locals.cjs') as {
    Lock: new (name: string) => Lock;
    generator(): Generator<Lock>;
  } & Record<
    | 'two'
    | 'shared'
    | 'unpacked'
    | 'borrows'
    | 'later'
    | 'blocks'
    | 'wrapped'
    | 'mixed',
    Waits
  >;

const { deferred, parked } = loadProgram<{
  deferred(): { promise: Promise<unknown>; resolve(value?: unknown): void };
  parked(): Promise<void>;
}>('deferred.cjs');

const register = registering();

const inWords = (resources: readonly Resource[] | undefined): string[] =>
  (resources ?? []).map(
    ({ name, value, lineNumber }) =>
      `${name} -> ${(value as Lock).name}${lineNumber === null ? '' : ` (${sourceLine(lineNumber)})`}`,
  );

const source = readFileSync(
  require.resolve('../programs/resources/locals.cjs'),
  'utf8',
).split('\n');
const sourceLine = (line: number): string =>
  /^\s*(\w+ \w+) =/.exec(source[line - 1] ?? '')?.[1] ?? '?';

async function held(
  waits: Waits,
  lock?: Lock,
  options = {},
): Promise<string[]> {
  const gate = deferred();
  const target = waits(gate.promise, lock);
  await parked();
  const stack = extract(target, options);
  runFormatters(stack);
  gate.resolve();
  await target;
  return inWords(stack.frames[0]?.resources);
}

describe('variables of a class that was registered', () => {
  it('P30 none without a registration, nor after it was taken back', async () => {
    expect(await held(functions.two)).toEqual([]);
    localResource.register(Lock)();
    expect(await held(functions.two)).toEqual([]);
  });

  describe('registered', () => {
    beforeEach(() => {
      register(localResource.register(Lock));
    });

    const both = [
      'first -> first (const first)',
      'second -> second (let second)',
    ];

    it('P30 each value once, by its first name, with its line', async () => {
      expect(await held(functions.two)).toEqual(both);
    });

    it('P30 the same when locals are asked for; none when resources are not', async () => {
      expect(await held(functions.two, undefined, { locals: true })).toEqual(
        both,
      );
      const without = { resources: false };
      expect(await held(functions.two, undefined, without)).toEqual([]);
    });

    it('P30 one that a closure shares', async () => {
      expect(await held(functions.shared)).toEqual([
        'lock -> shared (const lock)',
      ]);
    });

    it('P30 without a line where it is not declared by itself', async () => {
      expect(await held(functions.unpacked)).toEqual(['lock -> unpacked']);
    });

    it('P30 neither what is declared later nor what was left', async () => {
      expect(await held(functions.later)).toEqual([]);
      expect(await held(functions.blocks)).toEqual([
        'inside -> inside (const inside)',
      ]);
    });

    it('P30 between what comes from using, in the order of the text', async () => {
      expect(await held(functions.mixed)).toEqual([
        'before -> before (const before)',
        'used -> used (const used)',
        'after -> after (const after)',
      ]);
    });

    it('P30 of a generator', () => {
      const target = generator();
      target.next();
      expect(inWords(extract(target).frames[0]?.resources)).toEqual([
        'lock -> generator (const lock)',
      ]);
    });

    it('P30 no trap of a proxy runs for it', async () => {
      const gate = deferred();
      const target = functions.wrapped(gate.promise);
      await parked();
      const stack = extract(target);
      expect(stack.frames[0]?.resources).toEqual([]);
      expect(stack.error).toBeNull();
      gate.resolve();
    });

    it('P30 hooks describe it, and say that it is only borrowed', async () => {
      register(
        elaborateResource.register(Lock, (lock, resource) => {
          resource.description = `lock ${lock.name}`;
        }),
      );
      register(
        unwrapResource.register(Lock, (lock) =>
          lock.owner === 'me' ? undefined : PRUNE,
        ),
      );
      const gate = deferred();
      const lock = new Lock('accounts');
      const target = functions.borrows(gate.promise, lock);
      await parked();
      expect(extract(target).format()).not.toContain('lock accounts');
      lock.owner = 'me';
      expect(extract(target).format()).toContain('lock accounts');
      gate.resolve();
    });
  });

  describe('by a predicate', () => {
    afterEach(() => {
      vi.restoreAllMocks();
    });

    it('P30 is asked about each object, and one that fails harms nothing', async () => {
      const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
      register(
        localResource.register((value: unknown) => {
          if (value instanceof Promise) throw new Error('on purpose');
          return value instanceof Lock;
        }),
      );
      expect(await held(functions.shared)).toEqual([
        'lock -> shared (const lock)',
      ]);
      expect(warn).toHaveBeenCalledOnce();
    });
  });

  it('P30 wrong arguments throw at once', () => {
    for (const type of [undefined, null, 1, {}, 'Lock']) {
      expect(() => localResource.register(type as never)).toThrow(
        expect.objectContaining({ code: 'ERR_ASYNCTB_INVALID_ARG' }),
      );
    }
  });
});
