// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { execFileSync } from 'node:child_process';
import { capabilities, type Capability } from 'asynctb';
import { describe, expect, it } from 'vitest';
import { expectBlock } from '../support/assert-stack';
import { type ChildOptions, runForJson } from '../support/child';

interface Result {
  block: string;
  text: string;
  holdsFunctions: boolean[];
  groups: string[];
  awaitedBy: string[][];
  importOnly: { block: string; error: string | null };
}

/** WebAssembly frames as `url offset`, outermost first. */
type Places = string[];

interface Frames {
  listed: Places[];
  extracted: Places[];
  names: string[][];
  errors: (string | null)[];
  dumped: { count: number; wasm: Places; names: string[] }[];
  upward: { names: string[]; above: string[] };
  awaiters: string[];
  reaction: string[];
  cut: { names: string[]; code: string };
  capability: Capability;
  inThread: Places;
  fromThread: Places[];
}

const FLAG = '--experimental-wasm-jspi';
const always = Reflect.has(
  Reflect.get(globalThis, 'WebAssembly') as object,
  'promising',
);
const byFlag = process.allowedNodeEnvironmentFlags.has(FLAG);
const v8Options = execFileSync(process.execPath, ['--v8-options'], {
  encoding: 'utf8',
});
/** Node ends at a flag that it does not know. */
const isKnown = (flag: string): boolean =>
  v8Options.includes(`--${flag.replace(/^--(no-)?/, '').replace(/=.*/, '')}`);

const run = <T>(program: string, options: ChildOptions = {}): Promise<T> =>
  runForJson<T>(program, {
    ...options,
    flags: [...(always ? [] : [FLAG]), ...(options.flags ?? [])],
  });

const OFF = {
  ASYNCTB_DISABLE: 'wasmStacks',
};
const REASON =
  'the frames of suspended WebAssembly are not shown, for want of wasmStacks: switched off by ASYNCTB_DISABLE';

it.skipIf(always || byFlag)(
  'where nothing suspends it, there is a reason',
  () => {
    // Some have the types already, but not what their frames are read with.
    const { available, reason } = capabilities().wasmStacks;
    expect(available).toBe(false);
    expect(reason).toMatch(/^(this V8 suspends no WebAssembly|not in the )/);
  },
);

describe.skipIf(!always && !byFlag)(
  'WebAssembly that an asynchronous import has suspended',
  () => {
    it('P13 leads from who called the export to what the import waits for', async () => {
      const { block, text, holdsFunctions } = await run<Result>('wasm.cjs');
      const url = /wasm:\/\/wasm\/[\da-f]+/.exec(block)?.[0] ?? 'none';
      expectBlock(
        block,
        `
async-function caller @wasm-caller
wasm $r ${url}:1:40
async-function wait @wasm-import
leaf promise`,
      );
      expect(text).toContain(`\n╠ $r at ${url}:1:40\n`);
      // What resumes it is V8's own and never handed out.
      expect(holdsFunctions).toEqual([true, false, true]);
    });

    it('P13 in a dump, and upward', async () => {
      const { groups, awaitedBy } = await run<Result>('wasm.cjs');
      const url = /wasm:\/\/wasm\/[\da-f]+/.exec(groups[0] ?? '')?.[0] ?? '';
      expectBlock(
        groups.join('\n'),
        `
2: async-function caller @wasm-caller
wasm $r ${url}:1:40
async-function wait @wasm-import
leaf Promise { <pending> }`,
      );
      expect(awaitedBy).toEqual([
        [`wasm $r ${url}:1:40`],
        [`wasm $r ${url}:1:40`],
      ]);
    });

    it('P13 an import that is exported again has no frame of its own', async () => {
      const { importOnly } = await run<Result>('wasm.cjs');
      expect(importOnly).toEqual({
        block:
          'async-function direct @wasm-direct\nwasm WebAssembly.promising\nasync-function wait @wasm-import\nleaf promise',
        error: null,
      });
    });

    const compilers = [
      { name: 'the baseline compiler', flags: [], args: [] },
      { name: 'the optimizer', flags: ['--no-liftoff'], args: [] },
      {
        name: 'the optimizer, which inlines',
        flags: ['--wasm-tiering-budget=1000', '--wasm-sync-tier-up'],
        args: ['warm'],
      },
      {
        name: 'any, in collections that move everything',
        flags: ['--stress-compaction', '--gc-interval=101'],
        args: [],
      },
      {
        name: 'any, on stacks that grow',
        flags: ['--experimental-wasm-growable-stacks'],
        args: [],
      },
    ].filter(({ flags }) => flags.every(isKnown));

    it.each(compilers)(
      'P13 each frame is where V8 listed it before, in code of $name',
      async ({ flags, args }) => {
        const result = await run<Frames>('wasm-frames.cjs', { flags, args });
        const { listed, dumped } = result;
        expect(listed.map(({ length }) => length)).toEqual([4, 4, 4]);
        expect(new Set(listed.map(String)).size).toBe(3);
        expect(result.extracted).toEqual(listed);
        expect(result.errors).toEqual([null, null, null, null]);
        // By the name section, by the export, by the number.
        const inside = ['$func1', '$middle', '$deepest'];
        expect(result.names).toEqual([
          ['callOnce', '$once', ...inside, 'wanted'],
          ['callAgain', '$again', ...inside, 'wanted'],
          ['callAgain', '$again', ...inside, 'wanted'],
        ]);
        expect(dumped.map(({ count }) => count)).toEqual([1, 1, 1]);
        expect(dumped.map(({ wasm }) => String(wasm)).sort()).toEqual(
          listed.map(String).sort(),
        );
        expect(result.upward).toEqual({
          names: ['$again', ...inside],
          above: ['callAgain'],
        });
        expect(result.awaiters).toEqual([
          'callAgain',
          '$again',
          ...inside,
          'wanted',
        ]);
        expect(result.reaction).toEqual(['$deepest']);
        expect(result.cut).toEqual({
          names: ['callOnce', '$once'],
          code: 'ERR_ASYNCTB_MAX_FRAMES',
        });
        expect(result.capability).toEqual({
          available: true,
          via: 'v8::internal::StackFrameIterator',
        });
        expect(result.fromThread).toEqual([result.inThread]);
      },
    );

    it('P13 without the capability one frame stands for them, with a reason', async () => {
      const result = await run<Frames>('wasm-frames.cjs', { env: OFF });
      expect(result.names).toEqual([
        ['callOnce', 'WebAssembly.promising', 'wanted'],
        ['callAgain', 'WebAssembly.promising', 'wanted'],
        ['callAgain', 'WebAssembly.promising', 'wanted'],
      ]);
      expect(result.errors).toEqual([REASON, REASON, REASON, REASON]);
      expect(result.upward.names).toEqual(['WebAssembly.promising']);
      expect(result.capability).toEqual({
        available: false,
        reason: 'switched off by ASYNCTB_DISABLE',
      });
    });

    it('P13 many of them, while one runs, and once nobody can reach them', async () => {
      const result = await run<{
        many: [number, string][];
        running: [number, string][];
        inside: string[];
        after: [number, string][];
        errors: (string | null)[];
      }>('wasm-many.cjs', { flags: ['--expose-gc'] });
      const stack = 'task>$run>$func1>wait';
      expect(result.many).toEqual([[500, stack]]);
      expect(result.running).toContainEqual([500, stack]);
      expect(result.inside).toEqual(stack.split('>'));
      // What has not been swept may be counted, but not as something else.
      expect(result.after.map(([, names]) => names)).toEqual([stack]);
      expect(result.errors).toEqual([null, null, null]);
    });
  },
);
