// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(
  root,
  'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
);

interface Report {
  summary: {
    violations: { from: string; to: string; rule: { name: string } }[];
  };
}

/** What the check of `npm run lint` says of files with these texts, as `rule: from → to`. */
async function check(files: Record<string, string>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'asynctb-rooms-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, 'lib', name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        cli,
        '--config',
        join(root, '.dependency-cruiser.cjs'),
        '--output-type',
        'json',
        'lib',
      ],
      { cwd: folder },
    );
    const { summary } = JSON.parse(stdout) as Report;
    return summary.violations.map(
      ({ rule, from, to }) => `${rule.name}: ${from} → ${to}`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const MODEL = { 'model/stack.ts': 'export class Stack {}\n' };

describe('the check that keeps the rooms of lib/ in their order', () => {
  it('finds an import from above', async () => {
    const text = "export { Stack } from '../model/stack.js';\n";
    expect(await check({ ...MODEL, 'base/stacks.ts': text })).toEqual([
      'below-base: lib/base/stacks.ts → lib/model/stack.ts',
    ]);
  });

  it('finds the import of a type, and one that is not at the top', async () => {
    const found = await check({
      ...MODEL,
      'redact/type.ts':
        "import type { Stack } from '../model/stack.js';\nexport type Redacted = Stack;\n",
      'redact/late.ts':
        "export const late = () => import('../model/stack.js');\n",
    });
    expect(found.sort()).toEqual([
      'below-redact: lib/redact/late.ts → lib/model/stack.ts',
      'below-redact: lib/redact/type.ts → lib/model/stack.ts',
    ]);
  });

  it('finds an import from an entry', async () => {
    const text = "export * from '../index.js';\n";
    const index = 'export const version = 1;\n';
    expect(await check({ 'index.ts': index, 'glue/co.ts': text })).toEqual([
      'below-glue: lib/glue/co.ts → lib/index.ts',
    ]);
  });

  it('finds a room that has no place in the order', async () => {
    const text = "export { Stack } from '../model/stack.js';\n";
    expect(await check({ ...MODEL, 'utils/stacks.ts': text })).toEqual([
      'no-room: lib/utils/stacks.ts → lib/model/stack.ts',
    ]);
  });

  it('finds files of one room that are loaded in a circle', async () => {
    const found = await check({
      'model/one.ts':
        "import { two } from './two.js';\nexport const one = (): unknown => two;\n",
      'model/two.ts':
        "import { one } from './one.js';\nexport const two = (): unknown => one;\n",
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('no-circle');
  });

  it('finds nothing else', async () => {
    const found = await check({
      ...MODEL,
      'model/frame.ts':
        "import type { Held } from './held.js';\nexport class Frame { held?: Held }\n",
      'model/held.ts':
        "import { Frame } from './frame.js';\nexport class Held extends Frame {}\n",
      'glue/co.ts':
        "import 'node:fs';\nimport { Stack } from '../model/stack.js';\nexport const co = Stack;\n",
      'index.ts': "export { co } from './glue/co.js';\n",
    });
    expect(found).toEqual([]);
  });
});
