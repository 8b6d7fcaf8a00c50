// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Why tasks wait: each kind with the real thing, by every door. */

import { capabilities } from 'asynctb';
import { afterEach, describe, expect, it } from 'vitest';
import { Programs, REGISTER } from '../support/program';

const programs = new Programs();
afterEach(() => programs.end());

const EXPECTED: Readonly<Record<string, RegExp>> = {
  timerByHand: /^timer: a timer of 60,000 ms$/,
  timerOfNode: /^timer: a timer of 60,000 ms$/,
  interval:
    /^timer: an interval of 60,000 ms$|held by variable callback of .*node:timers/,
  guardOnly:
    /and a timer of 60,000 ms as the limit$|by the global variable kept$/,
  openFile: /^io: the file system$/,
  onceEvent: /^event: event "ready" of EventEmitter$/,
  onEvent: /^event: event "tick" of EventEmitter$/,
  ofHeld: /^event: event "held" of EventEmitter$/,
  socketByHand: /^io: event "data" of Socket/,
  request: /^request: (?:GET \/slow at 127|event "response" of ClientRequest)/,
  fetched:
    /^request: (?:GET http:\/\/127\.0\.0\.1:\d+\/fetched|a response to fetch)$/,
  childProcess: /^process: the end of child process \d+: sleep$/,
  executed: /^process: the end of child process \d+: \/bin\/sh$/,
  fromWorker: /^message: event "message" of Worker$/,
  fromPort: /^message: event "message" of MessagePort$/,
  aborted: /^event: the abort of an AbortSignal$/,
  readableStream: /^stream: event "readable" of PassThrough$/,
  pipelined:
    /^stream: the end of a pipeline: PassThrough → PassThrough, which stalls at 1 of 2, PassThrough: it gives no data$/,
  streamEnds:
    /^stream: the end of PassThrough$|node:internal\/streams\/end-of-stream/,
  webStream: /^stream: data of a ReadableStream$/,
  webSink: /^stream: room in a WritableStream$/,
  answered: /^stream: a line of input$/,
  cryptography:
    /^native: cryptography on a thread of the pool$|node:internal\/util/,
  pooled: /^unknown\?: held by \w+\[…\]\.?\w* of Pool$/,
  queued: /^unknown\?: held by variable queue\[…\]/,
  ofGlobal: /^unknown\?: held by the global variable wakeUp$/,
};

/** The words of glue, which speaks first in the live program. */
const BY_GLUE: Readonly<Record<string, RegExp>> = {
  // What Node's own objects hold without a function is not asked for there, and only rules speak.
  openFile: /^-$/,
  executed: /^-$|child process/,
  cryptography: /^native: cryptography on a thread of the pool$|^-$/,
  pooled: /^-$/,
  queued: /^-$/,
  ofGlobal: /^-$/,
  guardOnly: /^timer: a timer of 60,000 ms as the limit$/,
  request:
    /^request: GET \/slow at 127\.|^event: event "response" of ClientRequest/,
  // Not all of the heap may have been looked through there.
  answered: /^stream\??: a line of input$/,
  socketByHand: /event "data" of Socket/,
  readableStream: /event "readable" of PassThrough$|^-$/,
  interval: /^timer: an interval of 60,000 ms$|^-$/,
  streamEnds: /^stream: the end of PassThrough$|^-$/,
  fromWorker: /^event: event "message" of Worker$/,
  fromPort: /^event: event "message" of MessagePort$/,
};

describe.runIf(capabilities().holders.available)('why a task waits', () => {
  it.each(['dump', 'dump of locals', 'extract'])('%s says', async (door) => {
    const program = programs.start('why/kinds.cjs', { args: [door] });
    await program.ended();
    expect(program.stderr).toBe('');
    const found = JSON.parse(program.stdout) as Record<string, string>;
    const expected =
      door === 'extract' ? { ...EXPECTED, ...BY_GLUE } : EXPECTED;
    const wrong = Object.entries(expected)
      .filter(([name, text]) => !text.test(found[name] ?? 'nothing'))
      .map(([name, text]) => `${name}: ${found[name]} is not ${text}`);
    expect(wrong).toEqual([]);
  });

  it('names variables of a module, and only functions that use them', async () => {
    const program = programs.start('why/names.mjs');
    await program.ended();
    const found = JSON.parse(program.stdout) as Record<string, string>;
    expect(found['ofFirst']).toMatch(
      /^held by variable first\[…\] of ofFirst /,
    );
    expect(found['ofSecond']).toMatch(
      /^held by variable second\[…\] of ofSecond /,
    );
  });

  it('what is near, or as old as the program, is found in a large heap, too', async () => {
    const program = programs.start('why/large.cjs');
    await program.ended();
    // Whether or not there was time for all of the heap.
    expect(JSON.parse(program.stdout)).toBe('held by waiting[…] of Queue');
  });

  it('a dump by signal says', async () => {
    const program = programs.start('why/kinds.cjs', {
      args: ['signal'],
      nodeArgs: ['-r', REGISTER],
    });
    await program.says('ready');
    const dump = await program.dump();
    for (const text of [
      '(a timer of 60,000 ms)',
      '(event "ready" of EventEmitter)',
      '(the end of PassThrough)',
    ])
      expect(dump).toContain(text);
    expect(dump).not.toContain('hunter2');
    program.send('end');
    await program.ended();
  });
});
