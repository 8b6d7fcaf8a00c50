// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What `extract` says of a task, every dump says of the same task. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import {
  compilers,
  exitsSource,
  source,
  withSourceMap,
} from '../support/compilers';
import { Programs } from '../support/program';

interface Form {
  name: string;
  kind: string;
  block: string;
  text: string;
}
type Compared = Form & { missing: string[] };

const programs = new Programs();
afterEach(() => programs.end());

const directory = mkdtempSync(join(tmpdir(), 'asynctb-doors-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** What compilers make of functions that hold something, as files. */
function compiledFiles(): string[] {
  const write = (name: string, code: string): string => {
    const path = join(directory, name);
    writeFileSync(path, code);
    return path;
  };
  mkdirSync(join(directory, 'node_modules', 'tslib'), { recursive: true });
  write(
    'node_modules/tslib/index.js',
    `${compilers['TypeScript']?.(source) ?? ''}
module.exports = { __addDisposableResource, __disposeResources };`,
  );
  return [
    write('with a source map.js', withSourceMap()),
    ...Object.entries(compilers).flatMap(([name, compile]) => [
      write(`${name}.js`, compile(source)),
      write(`${name} exits.js`, compile(exitsSource)),
    ]),
  ];
}
const files = compiledFiles();

/**
 * Generators wait for their consumer, so that they are no tasks: a sync one never, and an async one as long
 * as it owes nobody anything.
 */
const isNoTask = ({ kind }: Form): boolean =>
  kind === 'generator' || kind === 'async-generator';

async function compared(door: string): Promise<Compared[]> {
  const program = programs.start('doors/doors.cjs', { args: [door, ...files] });
  await program.ended();
  expect(program.stderr).toBe('');
  return JSON.parse(program.stdout) as Compared[];
}

/** The names of the forms that `door` does not have. */
function unknown(forms: readonly Compared[], door: string): string[] {
  return forms
    .filter(({ missing }) => missing.includes(door))
    .filter((form) => !isNoTask(form))
    .map(({ name, block }) => `${name}\n${block}`);
}

describe('what extract says of a task', () => {
  it('is what extractMany, dump and dumpAsync say', async () => {
    const forms = await compared('here');
    expect(forms.length).toBeGreaterThan(120);
    expect(unknown(forms, 'extractMany')).toEqual([]);
    expect(unknown(forms, 'dump')).toEqual([]);
    expect(unknown(forms, 'dumpAsync')).toEqual([]);
  });

  it('is what another thread says of it', async () => {
    expect(unknown(await compared('worker'), 'worker')).toEqual([]);
  });

  it('is what a dump by signal prints', async () => {
    const program = programs.start('doors/doors.cjs', {
      args: ['signal', ...files],
    });
    await program.says('ready\n');
    const forms = JSON.parse(program.stdout.split('\n')[0] ?? '') as Form[];
    const dump = await program.dump();
    const groups = withoutReasons(dump).split(/^\d+ tasks? waits? here:$/mu);
    const missing = forms
      .filter((form) => !isNoTask(form))
      .filter(({ text }) => !groups.some((group) => holds(group, text)))
      .map(({ name, text }) => `${name}\n${text}`);
    expect(missing).toEqual([]);
  });
});

/** Why it is waited for, glue may say in other words than a dump does. */
function withoutReasons(dump: string): string {
  return dump.replaceAll(/(Promise \{ <pending> \}) \(.*\)$/gmu, '$1');
}

/** Who awaits it stands above it, and an empty line ends a group. */
function holds(group: string, text: string): boolean {
  return (
    `${group}\n`.includes(`\n${text}\n\n`) ||
    group.trimEnd().endsWith(`\n${text}`)
  );
}
