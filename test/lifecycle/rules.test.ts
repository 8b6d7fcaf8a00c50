// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Rules that programs add, by every door, each in a process of its own. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capabilities } from 'asynctb';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type Program, Programs } from '../support/program';

const programs = new Programs();
afterEach(() => programs.end());

const directory = mkdtempSync(join(tmpdir(), 'asynctb-rules-'));
afterAll(() => rmSync(directory, { recursive: true }));

const GATE =
  'gate north, of 2.5 lanes, 3 by number, 1 wait, gravel, 24 ms: select * from cars where plate = ? by https://host.example/cars';
const RACK = 'a slip of the rack';

interface Wait {
  readonly text: string;
  readonly kind: string;
  readonly sure: boolean;
  readonly resource: { type: string; fields: object } | null;
}
type Waits = Record<'atGate' | 'atRack', Wait | null>;
type Look = Record<
  'dump' | 'dumpOfLocals' | 'dumpAsync' | 'extract' | 'extractMany',
  Waits
> &
  Record<'text' | 'json', string>;

const CALLS = [
  'dump',
  'dumpOfLocals',
  'dumpAsync',
  'extract',
  'extractMany',
] as const;

async function looks(): Promise<Record<string, Look>> {
  const program = programs.start('why/rules.cjs', { args: ['calls'] });
  await program.until(() => program.stdout.endsWith('\n'), 'its answer');
  expect(program.stderr).toBe('');
  return JSON.parse(program.stdout) as Record<string, Look>;
}

function rulesFile(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const RULE = { classes: ['Gate'], kind: 'lock', text: 'the gate {label}' };

async function started(
  how: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Program> {
  const program = programs.start('why/rules.cjs', { args: [how], env });
  await program.says('ready');
  return program;
}

/** How often it says so in a dump, which has both threads. */
function count(dump: string, text: string): number {
  return dump.split(`(${text})`).length - 1;
}

describe.runIf(capabilities().holders.available)('rules of a program', () => {
  it('count in each call until they are taken back', async () => {
    const { before, meanwhile, after, still } = await looks();
    for (const call of CALLS) {
      for (const look of [meanwhile, still]) {
        expect(look?.[call].atGate, call).toMatchObject({
          kind: 'lock',
          text: GATE,
          sure: true,
        });
        expect(look?.[call].atRack?.text, call).toBe(RACK);
      }
      for (const look of [before, after]) {
        const { atGate, atRack } = look?.[call] ?? {};
        expect(atGate?.text ?? '', call).not.toContain('gate north');
        expect(atRack?.text ?? '', call).not.toContain('rack');
      }
    }
    expect(before?.dump.atGate?.text).toBe('held by waiting[…] of Gate');
    expect(after?.dump.atGate?.text).toBe('held by waiting[…] of Gate');
  });

  it('show the fields that they name, by their filters, and no others', async () => {
    const { meanwhile } = await looks();
    expect(meanwhile?.dump.atGate?.resource).toEqual({
      type: 'Gate',
      fields: {
        '#cars': 3,
        'config.hours': 24,
        endpoint: 'https://host.example/cars',
        isOpen: false,
        label: 'north',
        lanes: 2.5,
        query: 'select * from cars where plate = ?',
        waiting: 1,
      },
    });
    expect(meanwhile?.dump.atRack?.resource?.fields).toEqual({});
    for (const text of [meanwhile?.text, meanwhile?.json])
      expect(text).not.toContain('hunter2');
    expect(JSON.stringify(meanwhile)).not.toContain('hunter2');
  });

  it('count in dumps by signal of all threads, however late they come', async () => {
    const program = await started('late');
    const before = await program.dump();
    expect(count(before, GATE)).toBe(0);
    await program.answers('register');
    const dump = await program.dumpThatMatches(/=== thread 1[^]*gate north/);
    expect(count(dump, GATE)).toBe(2);
    expect(count(dump, RACK)).toBe(2);
    expect(dump).toMatch(/2 of \d+ tasks wait for a slip of the rack/);
    expect(dump).not.toContain('hunter2');
    expect(program.stderr).not.toContain('Warning');
  });

  it('of a worker count for all threads until it exits', async () => {
    const program = await started('by worker');
    const dump = await program.dumpThatMatches(/=== thread 1[^]*gate north/);
    expect(count(dump, GATE)).toBe(2);
    program.send('end worker');
    await program.says('worker has gone');
    const later = await program.dump();
    expect(later).toContain('atGate');
    expect(count(later, GATE)).toBe(0);
  });

  it('count in dumps by the watchdog', async () => {
    const program = programs.start('why/rules.cjs', {
      args: ['blocks'],
      env: { ASYNCTB_WATCHDOG: '100' },
    });
    await program.until(() => program.dumps.length > 0, 'a dump');
    expect(count(program.dumps[0] ?? '', GATE)).toBe(1);
  });

  it('count in dumps at the end of the process', async () => {
    const program = programs.start('why/rules.cjs', {
      args: ['ends'],
      env: { ASYNCTB_EXIT: 'pending' },
    });
    await program.ended();
    expect(count(program.dumps[0] ?? '', GATE)).toBe(1);
  });
});

describe('ASYNCTB_RULES', () => {
  it.runIf(capabilities().holders.available).each([
    ['a list', JSON.stringify([RULE])],
    ['an object', JSON.stringify({ $schema: 'x', rules: [RULE] })],
    ['a byte order mark', `\uFEFF${JSON.stringify([RULE])}`],
  ])('reads a file with %s', async (_, text) => {
    const path = rulesFile('good.json', text);
    const program = await started('waits', { ASYNCTB_RULES: path });
    // It was read when asynctb was registered.
    rmSync(path);
    const dump = await program.dumpThatMatches(/=== thread 1[^]*the gate/);
    expect(count(dump, 'the gate north')).toBe(2);
    expect(program.stderr).not.toContain('Warning');
  });

  const pipe = join(directory, 'fifo');
  execFileSync('mkfifo', [pipe]);
  it.each([
    ['that is not there', 'missing.json', null, 'there is no such file'],
    ['that is a folder', '.', null, 'it is no ordinary file'],
    ['that is a pipe', 'fifo', null, 'it is no ordinary file'],
    ['without text', 'bad.json', '', 'it is no JSON'],
    ['that is no JSON', 'bad.json', '[hunter2', 'it is no JSON'],
    [
      'that is too large',
      'bad.json',
      JSON.stringify([RULE]) + ' '.repeat(1_000_000),
      'it has more than 1,000,000 bytes',
    ],
    [
      'with another member',
      'bad.json',
      JSON.stringify([{ ...RULE, txt: '' }]),
      'rules[0] must be without "txt": it has classes, kind,',
    ],
    [
      'that wants a secret',
      'bad.json',
      JSON.stringify([RULE, { ...RULE, text: '{password}' }]),
      'the field "password" of rules[1].text must be of another name',
    ],
    [
      'with a prototype',
      'bad.json',
      '[{"__proto__":{"text":"x"},"classes":["Gate"],"kind":"lock"}]',
      'rules[0] must be without "__proto__"',
    ],
    [
      'with 10,000 rules',
      'bad.json',
      JSON.stringify(Array.from({ length: 10_000 }, () => RULE)),
      'rules must have at most 1000 elements',
    ],
    [
      'with a class of 1 MB',
      'bad.json',
      JSON.stringify([{ ...RULE, classes: ['x'.repeat(999_000)] }]),
      'rules[0].classes[0] must have at most 200 characters',
    ],
  ])('does without a file %s, and says so once', async (_, name, text, why) => {
    if (text !== null) rulesFile(name, text);
    const program = await started('waits', {
      ASYNCTB_RULES: name === '.' ? directory : join(directory, name),
    });
    const dump = await program.dump();
    expect(dump).toContain('atGate');
    expect(program.stderr.match(/ASYNCTB_RULES/g)).toHaveLength(1);
    expect(program.stderr).toContain(`: ${why}`);
    expect(program.stderr).not.toContain('hunter2');
    program.send('end');
    expect(await program.ended()).toEqual({ code: 0, signal: null });
  });
});
