// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { EventEmitter } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { dumpFromRaw } from '../../lib/model/dump-from-raw.js';
import type { Dump } from '../../lib/model/dump.js';
import type { RawThread } from '../../lib/base/capture.js';
import type { Deadlock, DeadlockTask } from '../../lib/model/deadlock.js';
import { EvidenceBuilder } from './evidence-fixtures.js';
import { META, RAW_PROCESS, RawThreadBuilder } from './model-fixtures.js';

function dumpOf(...threads: RawThread[]): Dump {
  return dumpFromRaw(threads, RAW_PROCESS, META);
}

/** What a server with one slow backend looks like. */
function server(): RawThreadBuilder {
  const builder = new RawThreadBuilder();
  const handle = builder.site({
    name: 'handle',
    script: '/app/src/server.js',
    line: 31,
    column: 18,
    text: '  const rows = await loadAll(ids);',
  });
  const load = builder.frame(builder.site(), builder.leaf());
  const all = builder.combinator(
    'Promise.all',
    [
      [0, load],
      [2, load],
    ],
    3,
  );
  builder.group(100, builder.frame(handle, all));
  const timer = builder.site({ name: 'tick', script: 'node:internal/timers' });
  builder.group(12, builder.frame(timer, builder.leaf()));
  builder.group(2, builder.frame(timer));
  builder.group(1, builder.frame(handle, builder.ready()));
  builder.group(1, builder.frame(handle, builder.cycle()));
  return builder;
}

function manyGroups(groups: number): RawThreadBuilder {
  const builder = new RawThreadBuilder();
  const outer = builder.site({ name: 'outer' });
  const inner = Array.from({ length: 100 }, (_, index) =>
    builder.site({ name: `task${index}` }),
  );
  for (let group = 0; group < groups; group++) {
    const site = inner[group % inner.length] ?? outer;
    builder.group(1, builder.frame(outer, builder.frame(site, builder.leaf())));
  }
  return builder;
}

describe('the text of a dump', () => {
  test('totals, what runs, what waits, and what is left out', () => {
    const main = server();
    const loop = main.site({ name: 'loop', kind: 'function' }, 'running');
    const running = Int32Array.of(loop, loop);
    expect(dumpOf(main.build({ activity: 'running', running })).toString())
      .toMatchInlineSnapshot(`
        "=== asynctb dump of process 4242, by signal, 2025-11-22T15:31:00.000Z ===
        node 20.20.2, v8 11.3.244.8, linux x64, up 2 h 14 min
        command: /usr/bin/node server.js --title "my server"
        total: 116 suspended tasks in 1 thread
        deadlock: a task waits for what it has itself
          handle, /app/src/server.js:31, waits for handle
        100 of 116 tasks wait in load, /app/src/load.js:14
        1 of 116 tasks is ready to resume in handle, /app/src/server.js:31

        === thread 0 "main": running, 116 suspended tasks at 5 places ===
        walked 1,234,567 heap objects: 310 activations, 450 pending promises; thread paused for 12.3 ms

        running now:
        ╠ loop at /app/src/load.js:14:13
        ║ └ const r = await fetch(url)
        ╠ loop at /app/src/load.js:14:13
        ║ └ const r = await fetch(url)

        1 task waits here:
        ╠ handle at /app/src/server.js:31:18
        ║ └ const rows = await loadAll(ids);
        ╚ Error [ERR_ASYNCTB_CYCLE]: the chain comes back to a frame above: these tasks wait for each other

        100 tasks wait here:
        ╠ handle at /app/src/server.js:31:18
        ║ └ const rows = await loadAll(ids);
        ╠ Promise.all (2 of 3 pending)
        ║ ├── [0]
        ║ │   ╠ load at /app/src/load.js:14:13
        ║ │   ║ └ const r = await fetch(url)
        ║ │   ╚ Promise { <pending> }
        ║ └── [2]
        ║     ╠ load at /app/src/load.js:14:13
        ║     ║ └ const r = await fetch(url)
        ║     ╚ Promise { <pending> }

        1 task waits here:
        ╠ handle at /app/src/server.js:31:18
        ║ └ const rows = await loadAll(ids);
        ╚ (ready to resume)

        14 tasks at 2 places in hidden frames only, such as Node's own (showInternalFrames shows those)

        === end of asynctb dump of process 4242 ===
        "
      `);
  });

  test('threads that do not answer are not shown as empty ones', () => {
    const idle = new RawThreadBuilder().build({ threadId: 1, name: '' });
    const blocked = new RawThreadBuilder().build({
      threadId: 2,
      name: 'pool "1"\u001b',
      activity: 'blocked-in-native',
      stats: {
        heapObjects: 0,
        activations: 0,
        promises: 0,
        pauseMs: 0.04,
        waitMs: 0,
      },
      errors: [
        { code: 'ERR_ASYNCTB_UNSUPPORTED', message: 'heap walk: switched off' },
        { code: 'ERR_ASYNCTB_UNSUPPORTED', message: 'locals: switched off' },
      ],
    });
    const late = new RawThreadBuilder().build({
      threadId: 3,
      name: 'late',
      status: 'timed-out',
      errors: [
        { code: 'ERR_ASYNCTB_TIMEOUT', message: 'no answer within 1,000 ms' },
      ],
    });
    const gone = new RawThreadBuilder().build({
      threadId: 4,
      name: 'gone',
      status: 'exited',
    });
    expect(dumpOf(idle, blocked, late, gone).toString()).toMatchInlineSnapshot(`
      "=== asynctb dump of process 4242, by signal, 2025-11-22T15:31:00.000Z ===
      node 20.20.2, v8 11.3.244.8, linux x64, up 2 h 14 min
      command: /usr/bin/node server.js --title "my server"
      total: 0 suspended tasks in 4 threads (3 of them incomplete)

      === thread 1: idle, no suspended tasks ===
      walked 1,234,567 heap objects: 310 activations, 450 pending promises; thread paused for 12.3 ms

      === thread 2 "pool \\"1\\"\\u001b": blocked in native code, suspended tasks not known ===
      thread paused for 0.0 ms
      AggregateError: 2 errors while extracting
      - Error [ERR_ASYNCTB_UNSUPPORTED]: heap walk: switched off
      - Error [ERR_ASYNCTB_UNSUPPORTED]: locals: switched off

      === thread 3 "late": no answer in time ===
      Error [ERR_ASYNCTB_TIMEOUT]: no answer within 1,000 ms

      === thread 4 "gone": exited ===

      === end of asynctb dump of process 4242 ===
      "
    `);
  });

  test('hidden frames on demand, in ASCII, with shorter paths', () => {
    const text = dumpOf(server().build()).toString({
      showInternalFrames: true,
      asciiOnly: true,
      cwd: '/app',
    });
    expect(text).toContain('12 tasks wait here:\n+ tick at node:internal');
    expect(text).toContain('+ handle at src/server.js:31:18');
    expect(text).not.toContain('hidden frames');
    expect(text).toMatch(/^[\n -~]*$/);
  });

  test('at most so many tasks, and how many more', () => {
    const dump = dumpFromRaw([server().build()], RAW_PROCESS, META, {
      maxTasks: 1,
    });
    expect(dump.threads[0]?.groups).toHaveLength(1);
    expect(dump.threads[0]?.omitted).toEqual({ groups: 4, tasks: 115 });
    expect(dump.format()).toBe(dump.toString());
    expect(dump.toString()).toContain(
      '\nand 115 more: 115 tasks at 4 places (raise maxTasks to see them)\n',
    );
  });

  test("the limit is not used up by Node's own", () => {
    const dump = dumpFromRaw([server().build()], RAW_PROCESS, META, {
      maxTasks: 2,
    });
    expect(dump.threads[0]?.groups.map((group) => group.count)).toEqual([
      1, 100,
    ]);
    expect(dump.toString()).toContain('and 15 more: 15 tasks at 3 places');
  });

  test('what was explained in part only, by the head of the thread', () => {
    const thread = server().build();
    const evidence = new EvidenceBuilder();
    const [whole, part] = [false, true].map((isCut) =>
      dumpOf({ ...thread, evidence: evidence.raw(isCut) }),
    );
    expect(whole?.threads[0]?.stats.partlyExplained).toBeUndefined();
    expect(part?.threads[0]?.stats.partlyExplained).toBe(true);
    expect(String(whole)).not.toContain('not all reasons');
    expect(String(part)).toContain(
      'thread paused for 12.3 ms; not all reasons were looked for\n',
    );
  });

  test('tasks that wait for each other come first, so many of them', () => {
    const task = (name: string, line: number): DeadlockTask => ({
      functionName: name,
      scriptName: '/app/src/locks.js',
      lineNumber: line,
      columnNumber: 1,
      waitsFor: line === 9 ? 'held by queue[…] of Lock' : 'a mutex',
      holds: line === 7 ? null : `release${line}`,
    });
    const circle = (...tasks: DeadlockTask[]): Deadlock => ({
      tasks,
      count: 1,
      sure: false,
    });
    const found = [
      circle(task('forth', 7), task('back', 9)),
      { ...circle(task('alone', 3)), count: 2, sure: true },
      circle(...Array.from({ length: 10 }, (_, line) => task('ring', line))),
      ...Array.from({ length: 4 }, () => circle(task('more', 1))),
    ];
    const thread = {
      ...server().build(),
      deadlocks: () => ({ found, groups: new Set<number>() }),
    };
    const [head = ''] = dumpOf(thread).toString().split('\n\n');
    const lines = head.split('\n').slice(4);
    expect(lines.slice(2, 8)).toMatchInlineSnapshot(`
      [
        "likely deadlock: 2 tasks wait for each other",
        "  forth, /app/src/locks.js:7, waits for a mutex, which back, /app/src/locks.js:9, may release (by release9)",
        "  back, /app/src/locks.js:9, waits for what is held by queue[…] of Lock, which forth, /app/src/locks.js:7, may release",
        "deadlock: a task waits for what it has itself, 2 times",
        "  alone, /app/src/locks.js:3, waits for a mutex, which alone, /app/src/locks.js:3, may release (by release3)",
        "likely deadlock: 10 tasks wait for each other",
      ]
    `);
    expect(lines.filter((line) => line.startsWith('  ring'))).toHaveLength(8);
    expect(lines).toContain('  and so on: 2 more tasks');
    expect(lines).toContain('and 3 more deadlocks');
  });

  test('each reason is said', () => {
    const heads = (['api', 'signal', 'watchdog', 'exit'] as const).map(
      (reason) =>
        dumpFromRaw([], RAW_PROCESS, { ...META, reason })
          .toString()
          .split('\n')[0],
    );
    expect(heads).toMatchInlineSnapshot(`
      [
        "=== asynctb dump of process 4242, on request, 2025-11-22T15:31:00.000Z ===",
        "=== asynctb dump of process 4242, by signal, 2025-11-22T15:31:00.000Z ===",
        "=== asynctb dump of process 4242, by the watchdog, 2025-11-22T15:31:00.000Z ===",
        "=== asynctb dump of process 4242, at exit, 2025-11-22T15:31:00.000Z ===",
      ]
    `);
  });

  test('wrong options throw at once, not at the first chunk', () => {
    const dump = dumpOf();
    for (const options of [{ format: 'xml' }, { asciiOnly: 1 }, 'json', null]) {
      expect(
        () => Reflect.apply(dump.chunks, dump, [options]) as unknown,
      ).toThrow(expect.objectContaining({ code: 'ERR_ASYNCTB_INVALID_ARG' }));
    }
  });
});

describe('streaming', () => {
  test('chunks are neither tiny nor huge, and make up the text', () => {
    const dump = dumpOf(manyGroups(5000).build());
    for (const format of ['text', 'json'] as const) {
      const chunks = [...dump.chunks({ format })];
      const sizes = chunks.map((chunk) => chunk.length);
      expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThanOrEqual(32_768);
      expect(Math.max(...sizes)).toBeLessThan(65_536);
      const whole = format === 'text' ? String(dump) : JSON.stringify(dump);
      expect(chunks.join('')).toBe(whole);
    }
  });

  test('100,000 groups leave nothing behind', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const dump = dumpOf(manyGroups(100_000).build());
    for (const format of ['text', 'json'] as const) {
      let chunks = 0;
      let longest = 0;
      const used: number[] = [];
      for (const chunk of dump.chunks({ format })) {
        longest = Math.max(longest, chunk.length);
        if (chunks++ % 300 === 0) {
          collect();
          used.push(process.memoryUsage().heapUsed);
        }
      }
      collect();
      used.push(process.memoryUsage().heapUsed);
      expect(chunks).toBeGreaterThan(300);
      expect(longest).toBeLessThan(65_536);
      // Their stacks, kept, would be more than ten times as much.
      const [first = 0, ...later] = used;
      expect(Math.max(...later) - first).toBeLessThan(4_000_000);
    }
  });

  test('a slow stream is waited for', async () => {
    const dump = dumpOf(manyGroups(2000).build());
    let waiting = 0;
    const slow = new PassThrough({ highWaterMark: 1024 });
    const write = slow.write.bind(slow);
    slow.write = (chunk: string) => {
      waiting = Math.max(waiting, slow.writableLength + slow.readableLength);
      return write(chunk);
    };
    const [bytes] = await Promise.all([
      buffer(slow),
      dump.write(slow, { format: 'json' }).then(() => slow.end()),
    ]);
    expect(JSON.parse(bytes.toString())).toEqual(dump.toJSON());
    expect(bytes.length).toBeGreaterThan(500_000);
    expect(waiting).toBeLessThan(70_000);
  });

  test('a stream that fails or closes ends the writing', async () => {
    const dump = dumpOf(manyGroups(2000).build());
    const failing = new Writable({
      highWaterMark: 1,
      write: (_chunk, _encoding, done) => done(new Error('disk full')),
    });
    await expect(dump.write(failing)).rejects.toThrow('disk full');
    const closing = new Writable({
      highWaterMark: 1,
      write: () => closing.destroy(),
    });
    await expect(dump.write(closing)).rejects.toThrow('closed');
  });

  test('no listeners stay behind', async () => {
    const dump = dumpOf(manyGroups(2000).build());
    class Sink extends EventEmitter {
      write(): boolean {
        queueMicrotask(() => this.emit('drain'));
        return false;
      }
    }
    const sink = new Sink();
    await dump.write(sink);
    expect(sink.eventNames()).toEqual([]);
  });
});
