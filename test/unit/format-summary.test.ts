// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, test } from 'vitest';
import { dumpFromRaw } from '../../lib/model/dump-from-raw.js';
import {
  Dump,
  type GroupFields,
  TaskGroup,
  ThreadDump,
} from '../../lib/model/dump.js';
import type { Frame } from '../../lib/model/frame.js';
import { Placeholder } from '../../lib/model/placeholder.js';
import { Stack } from '../../lib/model/stack.js';
import { type WaitReason, waitReason } from '../../lib/model/wait-reason.js';
import {
  makeFrame,
  META,
  RAW_PROCESS,
  RawThreadBuilder,
} from './model-fixtures.js';

interface Tasks extends GroupFields {
  readonly count: number;
  readonly frames: readonly Frame[];
  readonly wait?: WaitReason;
}

/** The lines of the head behind the totals. */
function summaryOf(...all: Tasks[]): string[] {
  const groups = all.map(({ count, frames, wait, ...fields }, id) => {
    const leaf = new Placeholder('Promise { <pending> }', wait ?? null);
    const stack = new Stack(undefined, [...frames], [leaf]);
    return new TaskGroup(count, { stackAt: () => stack }, id, fields);
  });
  const thread = new ThreadDump({
    threadId: 0,
    name: 'main',
    status: 'ok',
    activity: 'idle',
    running: null,
    error: null,
    taskCount: all.reduce((sum, { count }) => sum + count, 0),
    groups,
    omitted: { groups: 0, tasks: 0 },
    stats: {
      heapObjects: 1,
      pauseMs: 0,
      waitMs: 0,
      activations: 0,
      promises: 0,
    },
  });
  const text = new Dump(
    { ...RAW_PROCESS, children: [] },
    META.time,
    META.reason,
    [thread],
    {
      cwd: '/app',
    },
  ).toString();
  const lines = text.slice(0, text.indexOf('\n\n')).split('\n');
  return lines.slice(lines.findIndex((line) => line.startsWith('total:')) + 1);
}

const at = (name: string, line = 12): Frame =>
  makeFrame({ name, script: `/app/src/${name}.ts`, line });
const inside = (name: string): Frame =>
  makeFrame({ name, script: `/app/node_modules/${name}/index.js` });
const waker = (line: number, taskId: string): WaitReason['wakers'][number] => ({
  count: 1,
  taskId,
  functionName: 'importAll',
  scriptName: '/app/jobs/import.ts',
  lineNumber: line,
  columnNumber: 3,
  variable: 'client',
  sure: false,
});

describe('the head of a dump', () => {
  test('names what most tasks wait for, and who may end that', () => {
    const wait = waitReason('pool', 'a free client of pg Pool', {
      wakers: Array.from({ length: 10 }, (_, n) => waker(42, `${n}`)),
    });
    expect(
      summaryOf(
        { count: 20, frames: [at('checkout', 31), inside('pg')], wait },
        { count: 18, frames: [at('cart', 8), inside('pg')], wait },
        { count: 7, frames: [at('idle', 3)] },
      ),
    ).toMatchInlineSnapshot(`
      [
        "38 of 45 tasks wait for a free client of pg Pool in checkout, src/checkout.ts:31 and 1 other place (may be released by importAll, jobs/import.ts:42, 10 ×)",
        "7 of 45 tasks wait in idle, src/idle.ts:3",
      ]
    `);
  });

  test('takes for one what differs only in numbers', () => {
    const wait = (ms: string): WaitReason =>
      waitReason('timer', `a timer of ${ms} ms`, { dueMs: Number(ms) });
    expect(
      summaryOf(
        { count: 2, frames: [at('poll')], wait: wait('500') },
        { count: 1, frames: [at('poll')], wait: wait('2500') },
      ),
    ).toMatchInlineSnapshot(`
      [
        "3 of 3 tasks wait for a timer of 500 ms and the like in poll, src/poll.ts:12 (due in 500 ms)",
      ]
    `);
  });

  test('speaks of several as of several', () => {
    const wait = waitReason('queue', 'its turn in a p-limit');
    const frames = [at('poll')];
    expect(summaryOf({ count: 2, frames, wait })).toEqual([
      '2 of 2 tasks wait for their turn in a p-limit in poll, src/poll.ts:12',
    ]);
    expect(summaryOf({ count: 1, frames, wait })).toEqual([
      'the one task waits for its turn in a p-limit in poll, src/poll.ts:12',
    ]);
  });

  test('without a reason, names the innermost frame of the program', () => {
    expect(
      summaryOf(
        { count: 12, frames: [at('handle'), at('transfer'), inside('pg')] },
        { count: 3, frames: [at('other'), at('transfer')] },
      ),
    ).toEqual(['15 of 15 tasks wait in transfer, src/transfer.ts:12']);
  });

  test('begins with what never goes on', () => {
    const seen = { id: 'a', context: {}, request: null, seenMs: 40_000 };
    expect(
      summaryOf(
        { count: 9, frames: [at('many')], tasks: [seen] },
        { count: 1, frames: [at('lost')], verdict: 'stuck' },
        { count: 2, frames: [at('locks')], verdict: 'deadlock' },
        { count: 1, frames: [at('late')], verdict: 'ready' },
        { count: 5, frames: [inside('pg')], verdict: 'library' },
      ),
    ).toMatchInlineSnapshot(`
      [
        "stuck: 1 task; nothing can ever settle what it waits for",
        "2 of 18 tasks wait in locks, src/locks.ts:12: a deadlock",
        "1 of 18 tasks waits in lost, src/lost.ts:12, and nothing can settle that",
        "9 of 18 tasks wait in many, src/many.ts:12 (the longest for 40 s at least)",
        "1 of 18 tasks is ready to resume in late, src/late.ts:12",
      ]
    `);
  });

  test('is short, whatever there is', () => {
    const all = Array.from({ length: 9 }, (_, n) => ({
      count: 10 - n,
      frames: [at(`f${n}`)],
    }));
    const lines = summaryOf(...all);
    expect(lines).toHaveLength(6);
    expect(lines[5]).toBe('and 4 more causes, below');
  });

  test('says nothing where nothing is of the program', () => {
    expect(
      summaryOf({ count: 5, frames: [inside('pg')], verdict: 'library' }),
    ).toEqual([]);
  });
});

describe('a process without tasks of its own', () => {
  const head = (children: { pid: number; argv: string[] }[]): string => {
    const raw = { ...RAW_PROCESS, children };
    const dump = dumpFromRaw([new RawThreadBuilder().build()], raw, META);
    const text = dump.toString();
    return text.slice(text.indexOf('total:'), text.indexOf('\n\n'));
  };

  test('names its children, without their secrets', () => {
    const argv = ['node', 'server.js', '--token', 'zbVq81xK', 'my file'];
    expect(head([{ pid: 51, argv }])).toMatchInlineSnapshot(`
      "total: 0 suspended tasks in 1 thread
      no task of its own, but a child process:
        child 51: node server.js --token <redacted> "my file""
    `);
  });

  test('names ten of them at most', () => {
    const children = Array.from({ length: 12 }, (_, pid) => ({
      pid,
      argv: ['node', 'worker.js'],
    }));
    expect(head(children)).toContain(
      'no task of its own, but 12 child processes:\n  child 0: node worker.js\n',
    );
    expect(head(children)).toMatch(
      /\n {2}child 9: node worker\.js\n {2}and 2 more$/u,
    );
  });

  test('has none', () => {
    expect(head([])).toBe('total: 0 suspended tasks in 1 thread');
  });
});

test('1,804 requests at as many places with one culprit: it is named in the first twenty lines', () => {
  const builder = new RawThreadBuilder();
  const refresh = builder.frame(
    builder.site({ name: 'refresh', script: '/app/token.js', line: 7 }),
    builder.leaf(),
  );
  const load = builder.frame(builder.site({ name: 'load' }), builder.leaf());
  for (let line = 1; line <= 1804; line++) {
    const both = builder.combinator('Promise.all', [
      [0, refresh],
      [1, load],
    ]);
    const site = builder.site({ name: `handle${line}`, line });
    builder.group(1, builder.frame(site, line % 2 === 0 ? both : refresh));
  }
  const text = dumpFromRaw([builder.build()], RAW_PROCESS, META).toString();
  expect(text.split('\n').slice(0, 20).join('\n')).toContain(
    '\n1,804 of 1,804 tasks wait in refresh, /app/token.js:7\n902 of 1,804 tasks wait in load, ',
  );
});
