// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, test } from 'vitest';
import { packageOf } from '../../lib/format/package-name.js';
import { dumpFromRaw, type DumpLimits } from '../../lib/model/dump-from-raw.js';
import { Frame } from '../../lib/model/frame.js';
import { Resource } from '../../lib/model/resource.js';
import { Stack } from '../../lib/model/stack.js';
import {
  branch,
  makeFrame,
  RAW_PROCESS,
  RawThreadBuilder,
} from './model-fixtures.js';

const META = { reason: 'signal', time: '2025-11-22T15:31:00.000Z' } as const;

const inPackage = (name: string, line = 1): Frame =>
  makeFrame({
    name: `in ${name}`,
    script: `/app/node_modules/${name}/index.js`,
    line,
    column: 1,
    text: 'await more();',
  });
const own = (line = 1): Frame =>
  makeFrame({ name: 'own', line, column: 1, text: 'await pool.query();' });

const folded = (...frames: Frame[]): string =>
  new Stack(undefined, frames).format({ showLibraryFrames: false });

describe('frames of libraries', () => {
  test('are one line each run, with the names of the packages', () => {
    const stack = folded(
      inPackage('fastify', 7),
      own(),
      inPackage('pg-pool', 1),
      inPackage('pg-pool', 2),
      inPackage('@scope/pg', 3),
      own(9),
      inPackage('undici', 5),
    );
    expect(stack).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ … 1 frame in fastify
      ╠ own at /app/src/load.js:1:1
      ║ └ await pool.query();
      ║   … 2 frames in pg-pool, 1 in @scope/pg
      ╠ own at /app/src/load.js:9:1
      ║ └ await pool.query();
      ║   … 1 frame in undici"
    `);
  });

  test('are there in full unless that is asked for', () => {
    const stack = new Stack(undefined, [own(), inPackage('pg-pool')]);
    expect(stack.format()).toContain('╠ in pg-pool at /app/node_modules/');
    expect(stack.format({ showLibraryFrames: true })).toBe(stack.format());
  });

  test('never hide what is below them', () => {
    const all = Frame.combinator('Promise.all', { total: 1, pending: 1 });
    all.branches = [branch(0, inPackage('p-map'), own(3))];
    const held = inPackage('pg-pool', 2);
    held.resources = [new Resource('a client', true, 'client', 4)];
    const limited = inPackage('p-timeout', 5);
    limited.limitBy('a timer of 5 ms');
    const stack = folded(own(), inPackage('p-map', 2), all, held, limited);
    expect(stack).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ own at /app/src/load.js:1:1
      ║ └ await pool.query();
      ║   … 1 frame in p-map
      ╠ Promise.all (1 of 1 pending)
      ║ └── [0]
      ║     ╠ … 1 frame in p-map
      ║     ╠ own at /app/src/load.js:3:1
      ║     ║ └ await pool.query();
      ╠ in pg-pool at /app/node_modules/pg-pool/index.js:2:1
      ║ ├ await using client  // client: "a client" (line 4)
      ║ └ await more();
      ╠ in p-timeout at /app/node_modules/p-timeout/index.js:5:1
      ║ ├ await more();
      ║ └ (a timer of 5 ms as the limit)"
    `);
  });

  test('stay where the thread is right now', () => {
    const busy = (line: number): Frame =>
      makeFrame(
        { name: 'parse', script: '/app/node_modules/yaml/p.js', line },
        'running',
      );
    const stack = folded(makeFrame({}, 'running'), busy(1), busy(2), busy(3));
    expect(stack).toContain('║   … 2 frames in yaml\n╠ parse at ');
    expect(stack).toContain('/app/node_modules/yaml/p.js:3:');
  });

  test.each([
    ['/app/node_modules/pg-pool/index.js', 'pg-pool'],
    ['/app/node_modules/@grpc/grpc-js/build/src/call.js', '@grpc/grpc-js'],
    ['/app/node_modules/a/node_modules/b/index.js', 'b'],
    ['/app/node_modules/.pnpm/pg@8.1.0/node_modules/pg/lib/a.js', 'pg'],
    [
      'file:///app/node_modules/.pnpm/@a+b@1.0.0_x@2.0.0/node_modules/@a/b/c.mjs',
      '@a/b',
    ],
    ['/app/node_modules/.pnpm/@a+b@1.0.0/c.js', '@a/b'],
    ['/app/node_modules/.store/pg-npm-8.1.0-5fa1c3/package/c.js', 'pg'],
    ['C:\\app\\node_modules\\@a\\b\\c.js', '@a/b'],
    ['/app/node_modules/single.js', 'single.js'],
    ['/app/my_node_modules/x.js', ''],
    ['/app/src/x.js', ''],
  ])('%s is of %s', (script, name) => {
    expect(packageOf(script)).toBe(name);
  });
});

describe('frames that repeat', () => {
  test('stand there once, one function or several in turn', () => {
    const frames = [own(1)];
    for (let i = 0; i < 30; i++) frames.push(own(2));
    for (let i = 0; i < 4; i++)
      frames.push(own(3), inPackage('p-retry'), own(4));
    frames.push(own(5), own(5));
    expect(folded(...frames)).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ own at /app/src/load.js:1:1
      ║ └ await pool.query();
      ╠ own at /app/src/load.js:2:1 × 30
      ║ └ await pool.query();
      ╠ own at /app/src/load.js:3:1
      ║ └ await pool.query();
      ║   … 1 frame in p-retry
      ╠ own at /app/src/load.js:4:1
      ║ └ await pool.query();
      ║   (the 3 frames above × 4)
      ╠ own at /app/src/load.js:5:1
      ║ └ await pool.query();
      ╠ own at /app/src/load.js:5:1
      ║ └ await pool.query();"
    `);
  });

  test('are in ASCII as well', () => {
    const stack = new Stack(undefined, [own(), own(), own(), inPackage('pg')]);
    expect(stack.format({ showLibraryFrames: false, asciiOnly: true }))
      .toMatchInlineSnapshot(`
        "asynctb.Stack (most recent call last):
        + own at /app/src/load.js:1:1 x 3
        | \` await pool.query();
        |   ... 1 frame in pg"
      `);
  });
});

/** Tasks of the program, of libraries, and of Node. */
function mixed(): RawThreadBuilder {
  const builder = new RawThreadBuilder();
  const site = (script: string, line: number): number =>
    builder.site({ script, line, column: 1, text: 'await it();' });
  const pool = site('/app/node_modules/pg-pool/index.js', 1);
  const agent = site('/app/node_modules/undici/index.js', 2);
  const mine = site('/app/src/a.js', 3);
  const node = site('node:internal/fs', 4);
  builder.group(9, builder.frame(pool, builder.leaf()));
  builder.group(8, builder.frame(node, builder.leaf()));
  builder.group(
    2,
    builder.frame(mine, builder.frame(pool, builder.frame(pool))),
  );
  builder.group(4, builder.frame(agent, builder.frame(node, builder.leaf())));
  builder.group(1, builder.frame(mine, builder.ready()));
  builder.group(5, builder.frame(pool, builder.frame(agent)));
  return builder;
}

function textOf(options: DumpLimits = {}, argv = RAW_PROCESS.argv): string {
  const raw = { ...RAW_PROCESS, argv };
  const text = dumpFromRaw([mixed().build()], raw, META, options).toString();
  return text.slice(text.indexOf('\n\n', text.indexOf('=== thread')));
}

describe('a dump', () => {
  test('counts the tasks that are of libraries only, at its end', () => {
    expect(textOf()).toMatchInlineSnapshot(`
      "

      2 tasks wait here:
      ╠ load at /app/src/a.js:3:1
      ║ └ await it();
      ║   … 2 frames in pg-pool

      1 task waits here:
      ╠ load at /app/src/a.js:3:1
      ║ └ await it();
      ╚ (ready to resume)

      18 tasks at 3 places in libraries only: 14 in pg-pool, 4 in undici (showLibraryFrames or ASYNCTB_SHOW=library shows those)

      8 tasks at 1 place in hidden frames only, such as Node's own (showInternalFrames shows those)

      === end of asynctb dump of process 4242 ===
      "
    `);
  });

  test('shows them when asked to', () => {
    const text = textOf({ showLibraryFrames: true });
    expect(text).toContain('9 tasks wait here:\n╠ load at /app/node_modules/');
    expect(text).not.toContain('… ');
    expect(text).not.toContain('in libraries only');
  });

  test('shows them when the program is itself installed, and nothing else is there', () => {
    const builder = new RawThreadBuilder();
    const script = '/usr/lib/node_modules/cli/run.js';
    builder.group(3, builder.frame(builder.site({ script }), builder.leaf()));
    const raw = { ...RAW_PROCESS, argv: ['node', script] };
    const text = dumpFromRaw([builder.build()], raw, META).toString();
    expect(text).toContain(`3 tasks wait here:\n╠ load at ${script}`);
  });

  test('says in JSON what becomes of each group, and hides nothing', () => {
    const { threads } = dumpFromRaw([mixed().build()], RAW_PROCESS, META);
    const groups = threads[0]?.toJSON().groups ?? [];
    expect(
      groups.map(({ count, verdict, stack }) => [
        count,
        verdict,
        stack.frames.length,
      ]),
    ).toEqual([
      [2, 'waiting', 3],
      [1, 'ready', 1],
      [9, 'library', 1],
      [8, 'library', 1],
      [5, 'library', 2],
      [4, 'library', 2],
    ]);
  });
});
