// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setValueProbe } from '../../lib/format/describe.js';
import { useNodeValues } from '../../lib/format/node-values.js';
import { dumpFromRaw } from '../../lib/model/dump-from-raw.js';
import { Dump, TaskGroup, ThreadDump } from '../../lib/model/dump.js';
import { AsynctbError, joinErrors } from '../../lib/base/errors.js';
import { Frame } from '../../lib/model/frame.js';
import { PENDING_PROMISE } from '../../lib/model/placeholder.js';
import { Resource } from '../../lib/model/resource.js';
import { Site } from '../../lib/model/site.js';
import { Stack } from '../../lib/model/stack.js';
import {
  makeFrame,
  META,
  RAW_PROCESS,
  RawThreadBuilder,
  requestStack,
} from './model-fixtures.js';

beforeAll(useNodeValues);
afterAll(() => setValueProbe(null));

const schema: unknown = JSON.parse(
  readFileSync(new URL('../../docs/dump.schema.json', import.meta.url), 'utf8'),
);

/** Readers must accept new fields; here each field that is written must be documented. */
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part).map(([key, value]) => [
    key,
    closed(value),
  ]);
  const copy = Object.fromEntries(entries) as object;
  return 'properties' in copy && 'required' in copy
    ? { ...copy, additionalProperties: false }
    : copy;
}

const validate = new Ajv2020({ strict: false, allErrors: true }).compile(
  closed(schema) as object,
);

function expectValid(dump: Dump): unknown {
  const text = [...dump.chunks({ format: 'json' })].join('');
  expect(text).toBe(JSON.stringify(dump));
  const json: unknown = JSON.parse(text);
  validate(json);
  expect(validate.errors ?? []).toEqual([]);
  return json;
}

/** A dump that uses every field there is. */
function fullDump(): Dump {
  const stack = requestStack(Promise.resolve());
  stack.leaves.push(PENDING_PROMISE);
  stack.error = joinErrors([
    new AsynctbError('ERR_ASYNCTB_CYCLE', 'round and round'),
    new TypeError('of a hook'),
  ]);
  const resource = new Resource(new Map(), true, 'tx', 28);
  resource.description = 'using tx = await db.begin()';
  resource.innerStack = new Stack(undefined, [makeFrame()]);
  resource.children = [new Resource(1), new Stack(1)];
  const mapped = new Frame(
    new Site(
      'mapped',
      { scriptName: '/app/a.ts', lineNumber: 1, columnNumber: 2 },
      'await x',
      'generator',
      { scriptName: '/app/a.js', lineNumber: 1, columnNumber: 900 },
    ),
    'running',
  );
  mapped.locals = { id: 7, token: 'abc', ['__proto__']: null };
  mapped.resources.push(resource);
  stack.frames.push(mapped, makeFrame({ line: null, column: null }));
  const thread = new ThreadDump({
    threadId: 3,
    name: 'worker',
    status: 'ok',
    activity: 'blocked-in-native',
    running: new Stack(undefined, [makeFrame({}, 'running')]),
    error: new AsynctbError('ERR_ASYNCTB_UNSUPPORTED', 'no heap walk'),
    taskCount: 9,
    groups: [new TaskGroup(7, { stackAt: () => stack }, 0)],
    omitted: { groups: 1, tasks: 2 },
    stats: {
      heapObjects: 1,
      pauseMs: 0.5,
      waitMs: 0,
      activations: 2,
      promises: 3,
    },
  });
  const children = [{ pid: 4243, command: 'node worker.js' }];
  const process = { ...RAW_PROCESS, children };
  return new Dump(process, META.time, 'watchdog', [thread, thread], {
    locals: true,
  });
}

describe('the JSON of a dump', () => {
  test('conforms to the published schema, all fields in use', () => {
    const dump = fullDump();
    expect(expectValid(dump)).toMatchObject({ schemaVersion: 2 });
    const frame = dump.toJSON().threads[0]?.groups[0]?.stack.frames[3];
    expect(frame).toMatchInlineSnapshot(`
      {
        "branches": [],
        "columnNumber": 2,
        "functionName": "mapped",
        "generated": {
          "columnNumber": 900,
          "lineNumber": 1,
          "scriptName": "/app/a.js",
        },
        "hide": false,
        "hideLine": false,
        "internal": false,
        "kind": "generator",
        "lineNumber": 1,
        "lineText": "await x",
        "locals": {
          "__proto__": "null",
          "id": "7",
          "token": "<redacted>",
        },
        "resources": [
          {
            "children": [
              {
                "children": [],
                "description": null,
                "hide": false,
                "innerStack": null,
                "isAsync": false,
                "isExiting": false,
                "lineNumber": null,
                "name": null,
                "value": "1",
              },
              {
                "branchIndex": null,
                "error": null,
                "frames": [],
                "leaves": [],
                "root": "1",
                "wait": null,
              },
            ],
            "description": "using tx = await db.begin()",
            "hide": false,
            "innerStack": {
              "branchIndex": null,
              "error": null,
              "frames": [
                {
                  "branches": [],
                  "columnNumber": 13,
                  "functionName": "load",
                  "hide": false,
                  "hideLine": false,
                  "internal": false,
                  "kind": "async-function",
                  "lineNumber": 14,
                  "lineText": "  const r = await fetch(url)",
                  "resources": [],
                  "scriptName": "/app/src/load.js",
                  "state": "suspended",
                },
              ],
              "leaves": [],
              "root": null,
              "wait": null,
            },
            "isAsync": true,
            "isExiting": false,
            "lineNumber": 28,
            "name": "tx",
            "value": "Map",
          },
        ],
        "scriptName": "/app/a.ts",
        "state": "running",
      }
    `);
  });

  test('conforms to the published schema, as the native side fills it', () => {
    const builder = new RawThreadBuilder();
    const anonymous = builder.site({ name: '', line: null, column: null });
    const race = builder.combinator('Promise.race', [[-1, builder.leaf()]]);
    builder.group(2, builder.frame(anonymous, race));
    builder.group(1, builder.frame(anonymous, builder.cycle()));
    builder.group(1, builder.frame(99));
    const late = new RawThreadBuilder().build({
      threadId: 1,
      status: 'timed-out',
      errors: [{ code: 'ERR_ASYNCTB_TIMEOUT', message: 'no answer' }],
    });
    expectValid(dumpFromRaw([builder.build(), late], RAW_PROCESS, META));
    expectValid(dumpFromRaw([], RAW_PROCESS, META));
  });

  test('the schema refuses what is not a dump', () => {
    const json = fullDump().toJSON();
    expect(validate({ ...json, schemaVersion: 1 })).toBe(false);
    expect(validate({ ...json, extra: 1 })).toBe(false);
    expect(validate({ ...json, reason: 'whim' })).toBe(false);
  });

  test('locals only when asked for', () => {
    const dump = fullDump();
    expect(JSON.stringify(dump)).toContain('"id":"7"');
    expect(JSON.stringify(dump)).not.toContain('abc');
    expect(JSON.stringify(dump.toJSON({ locals: false }))).not.toContain(
      '"id":"7"',
    );
    const [thread] = dump.threads;
    expect(JSON.stringify(thread)).not.toContain('"locals"');
    expect(JSON.stringify(thread?.groups[0]?.toJSON({ locals: true }))).toBe(
      JSON.stringify(thread?.toJSON({ locals: true }).groups[0]),
    );
  });

  test('P73 one stack, frame or resource', () => {
    const stack = new Stack(Promise.resolve(), [makeFrame()], [{}]);
    expect(JSON.parse(JSON.stringify({ stack }))).toEqual({
      stack: stack.toJSON(),
    });
    expect(stack.toJSON()).toMatchInlineSnapshot(`
      {
        "branchIndex": null,
        "error": null,
        "frames": [
          {
            "branches": [],
            "columnNumber": 13,
            "functionName": "load",
            "hide": false,
            "hideLine": false,
            "internal": false,
            "kind": "async-function",
            "lineNumber": 14,
            "lineText": "  const r = await fetch(url)",
            "resources": [],
            "scriptName": "/app/src/load.js",
            "state": "suspended",
          },
        ],
        "leaves": [
          "Object",
        ],
        "root": "Promise",
        "wait": null,
      }
    `);
    expect(stack.frames[0]?.toJSON()).toEqual(stack.toJSON().frames[0]);
    expect(new Resource(1, true, 'r', 2).toJSON()).toMatchInlineSnapshot(`
      {
        "children": [],
        "description": null,
        "hide": false,
        "innerStack": null,
        "isAsync": true,
        "isExiting": false,
        "lineNumber": 2,
        "name": "r",
        "value": "1",
      }
    `);
    const json = (options: unknown): unknown =>
      Reflect.apply(stack.toJSON, stack, [options]);
    expect(() => json(1)).toThrow(TypeError);
    expect(() => json({ locals: 1 })).toThrow(TypeError);
  });

  test('10,000 frames', () => {
    const frames = Array.from({ length: 10_000 }, () => makeFrame());
    expect(new Stack(undefined, frames).toJSON().frames).toHaveLength(10_000);
  });

  test('resources inside of each other: bounded', () => {
    let inner = new Resource(0);
    for (let depth = 0; depth < 10_000; depth++) {
      const outer = new Resource(depth);
      outer.children = [inner];
      inner = outer;
    }
    const frame = makeFrame();
    frame.resources.push(inner);
    const stack = new Stack(undefined, [frame]);
    expect(JSON.stringify(stack).length).toBeLessThan(50_000);
    expect(stack.format()).toContain('(nested more than 100 deep: not shown)');
    expect(stack.formatFlat({ showResources: true })).toContain('using');
  });
});
