// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, it } from 'vitest';
import { expectBlock } from '../support/assert-stack';
import { runForJson } from '../support/child';

interface Result {
  block: string;
  text: string;
  holdsFunctions: boolean[];
  groups: string[];
  awaitedBy: string[][];
}

const FLAG = '--experimental-wasm-jspi';
const always = Reflect.has(
  Reflect.get(globalThis, 'WebAssembly') as object,
  'promising',
);
const byFlag = process.allowedNodeEnvironmentFlags.has(FLAG);

describe.skipIf(!always && !byFlag)(
  'WebAssembly that an asynchronous import has suspended',
  () => {
    const run = (): Promise<Result> =>
      runForJson<Result>('wasm.cjs', { flags: always ? [] : [FLAG] });

    it('P13 leads from who called the export to what the import waits for', async () => {
      const { block, text, holdsFunctions } = await run();
      expectBlock(
        block,
        `
async-function caller @wasm-caller
wasm WebAssembly.promising
async-function wait @wasm-import
leaf promise`,
      );
      expect(text).toContain('\n╠ WebAssembly.promising\n');
      // What resumes it is V8's own and never handed out.
      expect(holdsFunctions).toEqual([true, false, true]);
    });

    it('P13 in a dump, and upward', async () => {
      const { groups, awaitedBy } = await run();
      expectBlock(
        groups.join('\n'),
        `
2: async-function caller @wasm-caller
wasm WebAssembly.promising
async-function wait @wasm-import
leaf Promise { <pending> }`,
      );
      expect(awaitedBy).toEqual([
        ['wasm WebAssembly.promising'],
        ['wasm WebAssembly.promising'],
      ]);
    });
  },
);
