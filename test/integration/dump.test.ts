// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020';
import { capabilities, dump, type DumpOptions } from 'asynctb';
import { describe, expect, it } from 'vitest';
import { type ChildOptions, runForJson } from '../support/child';
import { expectBlock } from '../support/assert-stack';

interface GroupJson {
  count: number;
  stack: { frames: { locals?: Record<string, string> }[] };
}

interface DumpJson {
  schemaVersion: number;
  time: string;
  reason: string;
  process: { pid: number; argv: string[] };
  threads: {
    threadId: number;
    name: string;
    status: string;
    taskCount: number;
    omitted: { groups: number; tasks: number };
    groups: GroupJson[];
    running: { frames: { functionName: string }[] } | null;
    stats: { heapObjects: number; pauseMs: number };
    error: { code: string } | null;
  }[];
}

interface Result {
  groups: { count: number; block: string; internal: boolean }[];
  text: string;
  internalText: string;
  ascii: string;
  json: DumpJson;
  /** Whether the text in pieces is the text. */
  chunks: boolean;
  written: DumpJson;
  /** Of a dump made later, asynchronously. */
  later: number[];
}

const schema = JSON.parse(
  readFileSync(new URL('../../docs/dump.schema.json', import.meta.url), 'utf8'),
) as object;
const isValid = new Ajv({ strict: false, validateFormats: false }).compile(
  schema,
);

async function dumpOf(
  program: string,
  options: DumpOptions = {},
  child: ChildOptions = {},
): Promise<Result> {
  const result = await runForJson<Result>('dump.cjs', {
    ...child,
    args: [program, JSON.stringify(options)],
  });
  // What holds for every dump.
  expect(isValid(result.json), JSON.stringify(isValid.errors)).toBe(true);
  expect(result.written).toEqual(result.json);
  expect(result.chunks).toBe(true);
  expect(result.ascii).toMatch(/^[\x20-\x7e\n]*$/);
  return result;
}

/** Groups of one size come in no particular order. */
function describeGroups({ groups }: Result): string {
  return [...groups]
    .sort((a, b) => b.count - a.count || (a.block < b.block ? -1 : 1))
    .map(({ count, block }) => `${count}:\n${block}`)
    .join('\n');
}

const pending = 'leaf Promise { <pending> }';

describe('dump', () => {
  it('groups equal stacks, the most frequent first, each from its outermost function', async () => {
    const result = await dumpOf('groups');
    expectBlock(
      describeGroups(result),
      `
5:
async-function request @request
async-function leaf @leaf
${pending}
2:
async-function single @single
async-function other @other
${pending}
1:
async-function all @all
Promise.all (2 of 3)
  [0]
    async-function leaf @leaf
    ${pending}
  [2]
    async-function other @other
    ${pending}
1:
async-function loops @loops
async-generator produce @produce
${pending}
1:
async-function other @other
${pending}`,
    );
    const counts = result.groups.map(({ count }) => count);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    // As many as the program has parked, nobody else's among them.
    expect(result.json.threads[0]?.taskCount).toBe(10);
    expect(result.later).toEqual([10]);
  });

  it('counts each who waits for the same thing', async () => {
    const result = await dumpOf('shared');
    expectBlock(
      describeGroups(result),
      `
2:
async-function sharing @sharing
async-function leaf @leaf
${pending}
1:
async-function single @single
async-function other @other
${pending}`,
    );
    expect(result.json.threads[0]?.taskCount).toBe(3);
  });

  it('shows tasks that are ready but not resumed yet', async () => {
    const result = await dumpOf('ready');
    expectBlock(
      describeGroups(result),
      `
2:
async-function leaf @leaf
leaf (ready to resume)`,
    );
    expect(result.text).toContain('(ready to resume)');
    expect(result.later).toEqual([0]);
  });

  it('shows tasks that wait for each other, once', async () => {
    const { groups, json } = await dumpOf('cycles');
    expect(json.threads[0]?.taskCount).toBe(2);
    const blocks = groups.map(({ block }) => block).sort();
    expectBlock(
      blocks[1] ?? '',
      `
async-function sharing @sharing
async-function one @one
async-function two @two
error ERR_ASYNCTB_CYCLE`,
    );
    expectBlock(
      blocks[0] ?? '',
      `
async-function self @self
error ERR_ASYNCTB_CYCLE`,
    );
  });

  it('shows each frame of a ring once', async () => {
    const { groups, json } = await dumpOf('ring');
    expect(json.threads[0]?.taskCount).toBe(1);
    const lines = (groups[0]?.block ?? '').split('\n').sort();
    expectBlock(
      lines.join('\n'),
      `
async-function one @ring-one
async-function three @ring-three
async-function two @ring-two
error ERR_ASYNCTB_CYCLE`,
    );
  });

  it('a function that has returned what never settles has no frame left', async () => {
    expectBlock(
      describeGroups(await dumpOf('returned')),
      `
1:
async-function sharing @sharing
${pending}`,
    );
  });

  it('a task that waits for a function that runs ends with it', async () => {
    expectBlock(
      describeGroups(await dumpOf('running')),
      `
1:
async-function sharing @sharing
async-function main @main running`,
    );
  });

  it('leaves out what waits for nothing', async () => {
    const { json, text } = await dumpOf('idle');
    expect(json.threads[0]).toMatchObject({ taskCount: 0, groups: [] });
    expect(text).toContain('running, no suspended tasks');
  });

  it('an async generator that works on a request is a task', async () => {
    expectBlock(
      describeGroups(await dumpOf('requests')),
      `
1:
async-generator produce @produce
${pending}`,
    );
  });

  it('callbacks between two functions, and above one', async () => {
    expectBlock(
      describeGroups(await dumpOf('callbacks')),
      `
1:
async-function sharing @sharing
callback <anonymous> @awaited-callback
async-function leaf @leaf
${pending}
1:
callback <anonymous> @callback
async-function leaf @leaf
${pending}
1:
callback <anonymous> @no-function
${pending}`,
    );
  });

  it("hides Node's own frames unless asked", async () => {
    const { groups, text, internalText } = await dumpOf('internal');
    expect(groups.some(({ block }) => block.includes('readsStream'))).toBe(
      true,
    );
    expect(text).toContain('readsStream');
    expect(text).not.toContain('node:internal');
    const hidden = groups.filter(({ internal }) => internal).length;
    expect(text.includes('in hidden frames only')).toBe(hidden > 0);
    expect(internalText).not.toContain('in hidden frames only');
    const shown = await dumpOf('internal', { showInternalFrames: true });
    expect(shown.text.includes('node:internal')).toBe(
      internalText.includes('node:internal'),
    );
  });

  it('prints at most maxTasks groups and says how many more there are', async () => {
    const { json, text } = await dumpOf('many', { maxTasks: 3 });
    const [thread] = json.threads;
    expect(thread?.taskCount).toBe(210);
    expect(thread?.groups.map(({ count }) => count)).toEqual([20, 19, 18]);
    expect(thread?.omitted).toEqual({ groups: 17, tasks: 210 - 57 });
    expect(text).toMatch(/^and 153 more: 153 tasks at 17 places/m);
  });

  it('maxTasks: 0 prints only how many there are', async () => {
    const { json, text } = await dumpOf('many', { maxTasks: 0 });
    expect(json.threads[0]?.groups).toEqual([]);
    expect(text).toContain('210 suspended tasks at 20 places');
  });

  it('a program without tasks', async () => {
    const { json, text } = await dumpOf('nothing');
    expect(json.threads[0]).toMatchObject({ taskCount: 0, groups: [] });
    expect(text).toContain('total: 0 suspended tasks in 1 thread');
  });

  it('says which process it is of, when and why', async () => {
    const { json, text } = await dumpOf('groups');
    expect(json).toMatchObject({ schemaVersion: 2, reason: 'api' });
    expect(new Date(json.time).toISOString()).toBe(json.time);
    expect(json.process.argv.join(' ')).toContain('dump.cjs');
    expect(json.threads[0]).toMatchObject({
      threadId: 0,
      name: 'main',
      status: 'ok',
      error: null,
    });
    expect(json.threads[0]?.stats.heapObjects).toBeGreaterThan(1_000);
    expect(text).toMatch(
      new RegExp(
        `^=== asynctb dump of process ${json.process.pid}, on request, .*===$`,
        'm',
      ),
    );
    expect(text).toMatch(
      new RegExp(
        `\n=== end of asynctb dump of process ${json.process.pid} ===\n$`,
      ),
    );
  });

  it('shows what runs, down to the caller', async () => {
    const { json } = await dumpOf('groups');
    const frames = json.threads[0]?.running?.frames ?? [];
    expect(frames.at(-1)?.functionName).toBe('main');
  });

  it('locals only when asked for, and redacted by name', async () => {
    const without = await dumpOf('groups');
    expect(JSON.stringify(without.json)).not.toContain('"locals"');
    expect(without.text).not.toContain('do not print me');
    const { json, text } = await dumpOf('groups', { locals: true });
    const leaf = json.threads[0]?.groups[0]?.stack.frames[1];
    expect(leaf?.locals).toEqual({
      promise: 'Promise',
      secretToken: '<redacted>',
    });
    expect(text).toContain('secretToken = <redacted>');
    expect(text).not.toContain('do not print me');
    expect(JSON.stringify(json)).not.toContain('do not print me');
  });

  it('of no thread, or of one that does not exist', () => {
    expect(dump({ threads: [] }).threads).toEqual([]);
    expect(dump({ threads: [] }).toString()).toContain(
      'total: 0 suspended tasks in 0 threads',
    );
  });

  it('of a program under stress', async () => {
    for (const flag of ['--stress-compaction', '--gc-interval=300']) {
      const { json } = await dumpOf('groups', {}, { flags: [flag] });
      expect(json.threads[0]?.taskCount).toBe(10);
    }
  });

  it('without the walk of the heap, by queryObjects or not at all', async () => {
    const { json, groups } = await dumpOf(
      'groups',
      {},
      { env: { ASYNCTB_DISABLE: 'heapWalk' } },
    );
    const [thread] = json.threads;
    const { available } = capabilities().queryObjects;
    expect(thread?.taskCount).toBe(available ? 10 : 0);
    expect(groups[0]?.count).toBe(available ? 5 : undefined);
    expect(thread?.error?.code).toBe(
      available ? undefined : 'ERR_ASYNCTB_UNSUPPORTED',
    );
  });

  it('without native reading it says why', async () => {
    const { json, text } = await dumpOf(
      'groups',
      {},
      { env: { ASYNCTB_DISABLE: 'native' } },
    );
    expect(json.threads[0]?.error?.code).toBe('ERR_ASYNCTB_UNSUPPORTED');
    expect(text).toContain('switched off by ASYNCTB_DISABLE');
  });
});
