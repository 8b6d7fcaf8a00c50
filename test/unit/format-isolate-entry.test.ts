// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import type { IsolateFormat } from '../../lib/isolate-entry.js';
import { dumpFromRaw } from '../../lib/model/dump-from-raw.js';
import { META, RAW_PROCESS, RawThreadBuilder } from './model-fixtures.js';

let script = '';

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [
      fileURLToPath(new URL('../../lib/isolate-entry.ts', import.meta.url)),
    ],
    bundle: true,
    format: 'iife',
    platform: 'neutral',
    target: 'es2022',
    write: false,
  });
  script = outputFiles[0]?.text ?? '';
});

/** As the watcher thread has it: a context in which nothing but the language exists. */
function load(): IsolateFormat {
  const context = createContext();
  runInContext(script, context);
  const added = runInContext('Object.keys(globalThis)', context) as string[];
  expect([...added]).toEqual(['asynctbFormat']);
  expect(
    runInContext('typeof process + typeof console', context),
  ).not.toContain('function');
  return runInContext('asynctbFormat', context) as IsolateFormat;
}

function collect(chunks: Iterator<string>): string {
  let text = '';
  for (let step = chunks.next(); step.done !== true; step = chunks.next()) {
    expect(typeof step.value).toBe('string');
    text += step.value;
  }
  return text;
}

function thread() {
  const builder = new RawThreadBuilder();
  const load = builder.frame(builder.site(), builder.leaf());
  const inner = builder.site({ script: 'node:internal/x', name: 'tick' });
  builder.group(3, builder.combinator('Promise.all', [[1, load]], 2));
  builder.group(2, load);
  builder.group(1, builder.frame(inner));
  return builder.build({
    errors: [{ code: 'ERR_ASYNCTB_X', message: 'said in the text' }],
  });
}

describe('the formatters in a bare context', () => {
  test('give the same text as in the program', () => {
    const expected = dumpFromRaw([thread()], RAW_PROCESS, META);
    const format = load();
    expect(collect(format([thread()], RAW_PROCESS, META))).toBe(
      expected.toString(),
    );
    expect(
      collect(format([thread()], RAW_PROCESS, META, { asciiOnly: true })),
    ).toBe(expected.toString({ asciiOnly: true }));
    expect(expected.toString()).toContain('Error [ERR_ASYNCTB_X]: said in');
    expect(expected.toString()).toContain('╚ Promise { <pending> }');
  });

  test('give one line of JSON', () => {
    const json = collect(
      load()([thread()], RAW_PROCESS, META, { format: 'json' }),
    );
    expect(json).toBe(
      `${JSON.stringify(dumpFromRaw([thread()], RAW_PROCESS, META))}\n`,
    );
  });

  test('take the options', () => {
    const format = load();
    const text = collect(
      format([thread()], RAW_PROCESS, META, {
        maxTasks: 1,
        shows: 'internal',
        cwd: '/app',
      }),
    );
    expect(text).toContain('and 3 more');
    expect(text).toContain('load at src/load.js:14:13');
  });
});
