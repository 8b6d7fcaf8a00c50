// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** From evidence to reasons, without a program. */

import { describe, expect, it } from 'vitest';
import { mergeReasons } from '../../lib/explain/reason.js';
import { explainThreads } from '../../lib/explain/thread-reasons.js';
import {
  type Waker,
  type WaitReason,
  waitReason,
} from '../../lib/model/wait-reason.js';
import { EvidenceBuilder } from './evidence-fixtures.js';
import { RawThreadBuilder } from './model-fixtures.js';

/** A thread with groups of so many tasks, and the reason at the end of the stacks of some of them. */
function reasonAt(
  evidence: EvidenceBuilder,
  { isCut = false, groups = [1], at = [0], node = 0, like = -1 } = {},
): WaitReason | null | undefined {
  const builder = new RawThreadBuilder();
  builder.site();
  builder.groups.push(...groups.map((count) => ({ count, node: 0 })));
  const thread = builder.build();
  const sampleNodes = {
    length: like < 0 ? 0 : 1,
    node: Int32Array.of(node),
    like: Int32Array.of(like),
  };
  const [explained] = explainThreads([
    { ...thread, evidence: evidence.raw(isCut), sampleNodes },
  ]);
  return explained?.reasonAt?.(at, node, -1);
}

/** A promise that a `Timeout` of so many milliseconds resolves. */
function timerIn(evidence: EvidenceBuilder, ms: number, group = 0): void {
  const timer = evidence.object('Timeout', {
    _idleTimeout: ms,
    _idleStart: 0,
    _destroyed: false,
  });
  evidence.hold(evidence.leaf(group), timer, '_onTimeout');
}

describe('a reason', () => {
  it('is sure, unless the search for it was cut short', () => {
    const evidence = new EvidenceBuilder();
    timerIn(evidence, 5_000);
    expect(reasonAt(evidence)).toMatchObject({
      kind: 'timer',
      text: 'a timer of 5,000 ms',
      sure: true,
    });
    expect(reasonAt(evidence, { isCut: true })).toMatchObject({
      kind: 'timer',
      sure: false,
    });
  });

  it('says of how many tasks some were looked at', () => {
    const evidence = new EvidenceBuilder();
    timerIn(evidence, 5_000);
    timerIn(evidence, 5_000);
    timerIn(evidence, 5_000, 1);
    const groups = [400, 20];
    expect(reasonAt(evidence, { groups })).toMatchObject({
      sampled: 2,
      of: 400,
    });
    // Groups that are one, of which one stands there for its sample as well.
    expect(reasonAt(evidence, { groups, at: [0, 1, 0] })).toMatchObject({
      sampled: 3,
      of: 420,
    });
  });

  it('names all that tasks at a place wait for, and is not sure then', () => {
    const evidence = new EvidenceBuilder();
    timerIn(evidence, 5_000);
    timerIn(evidence, 60_000);
    expect(reasonAt(evidence, { groups: [2] })).toMatchObject({
      text: 'a timer of 5,000 ms; or a timer of 60,000 ms',
      sure: false,
    });
  });

  it('names all who could wake tasks at a place, and is sure of none where they differ', () => {
    const waker = (functionName: string): Waker => ({
      taskId: functionName,
      functionName,
      variable: 'release',
      count: 1,
      sure: true,
      scriptName: '/app.js',
      lineNumber: 1,
      columnNumber: 1,
    });
    const byOf = (names: readonly (readonly string[])[]) =>
      mergeReasons(
        names.map((wakers) =>
          waitReason('lock', 'a mutex', { wakers: wakers.map(waker) }),
        ),
        2,
      )?.wakers.map(({ functionName, sure }) => [functionName, sure]);
    expect(byOf([['first'], ['second']])).toEqual([
      ['first', false],
      ['second', false],
    ]);
    expect(byOf([['first'], ['first']])).toEqual([['first', true]]);
  });

  it('of nodes of one task alone is that of the nodes that tasks like it share', () => {
    const evidence = new EvidenceBuilder();
    timerIn(evidence, 5_000);
    expect(reasonAt(evidence, { node: 7 })).toBeNull();
    expect(reasonAt(evidence, { node: 7, like: 0 })?.kind).toBe('timer');
  });

  it('is who has a deferred, and that itself where nobody else is known', () => {
    const evidence = new EvidenceBuilder();
    const leaf = evidence.leaf();
    const deferred = evidence.object('Deferred');
    evidence.hold(leaf, deferred, '_resolve');
    expect(reasonAt(evidence)?.text).toBe('held by _resolve of Deferred');
    const list = evidence.object('Array');
    evidence.hold(deferred, list, '', 'element');
    evidence.hold(list, evidence.object('Pool'), '_pendingAcquires');
    expect(reasonAt(evidence)?.text).toBe(
      'held by _pendingAcquires[…] of Pool',
    );
  });

  it('is no event by which the wait fails, where something else has it', () => {
    const evidence = new EvidenceBuilder();
    const leaf = evidence.leaf();
    const listeners = evidence.object('Object');
    const socket = evidence.object('Socket', { connecting: false });
    evidence.hold(leaf, listeners, 'error');
    evidence.hold(listeners, socket, '_events');
    expect(reasonAt(evidence)?.text).toBe('event "error" of Socket');
    evidence.hold(leaf, evidence.object('Operation'), '_callback');
    expect(reasonAt(evidence)?.text).toBe('held by _callback of Operation');
  });

  it('is no timer that has a deferred beside its owner', () => {
    const evidence = new EvidenceBuilder();
    const leaf = evidence.leaf();
    const deferred = evidence.object('Deferred');
    const timer = evidence.object('Timeout', { _idleTimeout: 30_000 });
    const callback = evidence.function(0);
    evidence.hold(leaf, deferred, '_resolve');
    evidence.hold(deferred, callback, 'deferred', 'variable');
    evidence.hold(callback, timer, '_onTimeout');
    expect(reasonAt(evidence)?.text).toBe('a timer of 30,000 ms');
    evidence.hold(deferred, evidence.object('Pool'), '_next');
    expect(reasonAt(evidence)?.text).toBe(
      'held by _next of Pool, and a timer of 30,000 ms as the limit',
    );
  });

  it('is no stack that the program has kept', () => {
    const evidence = new EvidenceBuilder();
    const leaf = evidence.leaf();
    const resolve = evidence.function(0);
    const frame = evidence.object('Frame');
    evidence.hold(leaf, resolve).hold(resolve, frame, 'function');
    evidence.hold(frame, evidence.object('Stack'), 'frames', 'element');
    expect(reasonAt(evidence)?.text ?? '').not.toMatch(/Frame|Stack/);
    evidence.hold(leaf, evidence.object('Frame'), 'waiting');
    expect(reasonAt(evidence)?.text).toBe('held by waiting of Frame');
  });

  it('is of what the loop waits for, not of others that have it too', () => {
    const evidence = new EvidenceBuilder();
    const request = evidence.object('ClientRequest', {
      method: 'GET',
      path: '/slow',
      host: '127.0.0.1',
    });
    const other = evidence.object('Request', {
      method: 'GET',
      origin: 'http://127.0.0.1:1',
      path: '/other',
    });
    const leaf = evidence.leaf();
    const listeners = evidence.object('Object');
    evidence
      .hold(leaf, listeners, 'response')
      .hold(listeners, request, '_events');
    evidence.hold(request, other, 'socket');
    expect(reasonAt(evidence)?.text).toContain('/slow');
  });

  it('is not of a function whose `this` is a list that leads to it from afar', () => {
    const evidence = new EvidenceBuilder();
    const list = evidence.object('Array');
    const maker = evidence.function(0);
    const all = evidence.object('Array');
    evidence
      .hold(evidence.leaf(), list, '', 'element')
      .hold(list, maker, 'kept', 'variable')
      .hold(maker, all, '', 'element')
      .hold(all, evidence.activation(0), '', 'receiver');
    expect(reasonAt(evidence)?.text).toMatch(/^held by variable kept\[…\] of /);
  });

  it('is not of an event for which something of an application is only told', () => {
    const evidence = new EvidenceBuilder();
    const ready = evidence.object('Object');
    const application = evidence.object('Object');
    const listener = evidence.object('Function');
    const listeners = evidence.object('Object');
    evidence
      .hold(evidence.leaf(), ready, 'resolve')
      .hold(ready, application, 'readyResolver')
      .hold(application, listener)
      .hold(listener, listeners, 'clientError')
      .hold(listeners, evidence.object('Server'), '_events');
    expect(reasonAt(evidence)?.text).not.toContain('clientError');
  });

  it('is of the event that `once` listens to', () => {
    const evidence = new EvidenceBuilder();
    const given = evidence.object('Function');
    const state = evidence.object('Object', { type: 'ready' });
    const listener = evidence.object('Function');
    const listeners = evidence.object('Object');
    evidence
      .hold(evidence.leaf(), given)
      .hold(given, state, 'listener')
      .hold(state, listener)
      .hold(listener, listeners, 'ready')
      .hold(listeners, evidence.object('Cache'), '_events');
    expect(reasonAt(evidence)?.text).toBe('event "ready" of Cache');
  });

  it('that only ends a wait gives way where not all above was looked at', () => {
    const evidence = new EvidenceBuilder();
    const signal = evidence.object('AbortSignal');
    const listeners = evidence.object('Object');
    const leaf = evidence.leaf();
    evidence.hold(leaf, listeners, 'abort').hold(listeners, signal, 'kEvents');
    expect(reasonAt(evidence)?.text).toBe('the abort of an AbortSignal');
    expect(reasonAt(evidence, { isCut: true })).toBeNull();
  });
});
