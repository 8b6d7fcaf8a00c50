// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What a library's class is called, a class of the program may be called as well. */

import { describe, expect, it } from 'vitest';
import { Evidence } from '../../lib/explain/evidence.js';
import { reasonOf } from '../../lib/explain/reason.js';
import { EvidenceBuilder } from './evidence-fixtures.js';

/** What is said of a promise whose `resolve` an object has in that property. */
function saidOf(
  className: string,
  property: string,
  fields: Readonly<Record<string, string | number | boolean>> = {},
  owner: readonly [string, string] = ['Registry', 'entries'],
): string | undefined {
  const builder = new EvidenceBuilder();
  const thing = builder.object(className, fields);
  const list = builder.object('Array');
  builder
    .hold(builder.leaf(), thing, property)
    .hold(thing, list, '', 'element')
    .hold(list, builder.object(owner[0], { host: '10.0.0.1' }), owner[1]);
  const evidence = new Evidence(builder.raw(), () => null);
  const [leaf] = evidence.leavesAt([0], 0, -1);
  return leaf === undefined ? undefined : reasonOf(leaf, evidence)?.text;
}

describe('a class of the program is not taken for that of a library', () => {
  it.each<[string, string, Record<string, string | number | boolean>?]>([
    ['Command', 'resolve', { name: 'deploy' }],
    ['Pipeline', 'resolve', { name: 'build', _queue: 2 }],
    ['EventEmitter', 'waiter', { status: 'connect' }],
    ['Redis', 'waiter', { status: 'connect' }],
    ['Connection', 'resolve', { address: '10.0.0.1:7' }],
    ['ConnectionPool', 'waiter', { checkedOut: 1 }],
    ['Topology', 'waiter', { state: 'connected' }],
    ['Semaphore', 'waiter', { _value: 0 }],
    ['Mutex', 'waiter'],
    ['Sema', 'waiter', { nrTokens: 1 }],
    ['Queue', 'waiter', { '#size': 1 }],
    ['Job', '_resolve', { name: 'nightly' }],
    ['TaskInfo', 'callback', { name: 'nightly' }],
    ['Subject', 'waiter', { isStopped: false, observers: 1 }],
    ['QueueEvents', 'waiter', { name: 'emails' }],
    ['DataLoader', 'waiter', { name: 'users' }],
    ['RetryOperation', 'waiter', { attempts: 1 }],
  ])('%s', (className, property, fields) => {
    expect(saidOf(className, property, fields)).toBe(
      `held by ${property} of ${className}`,
    );
  });

  it('Command, though it is in a queue of that name', () => {
    const fields = { name: 'deploy' };
    for (const queue of ['commandQueue', 'offlineQueue'])
      expect(saidOf('Command', 'resolve', fields, ['Shell', queue])).toBe(
        'held by resolve of Command',
      );
  });
});

describe('a pool of tarn', () => {
  const saidOfPool = (fields: Readonly<Record<string, number>>) => {
    const builder = new EvidenceBuilder();
    const [operation, list] = [
      builder.object('PendingOperation'),
      builder.object('Array'),
    ];
    builder
      .hold(builder.leaf(), operation, 'resolve')
      .hold(operation, list, '', 'element')
      .hold(
        list,
        builder.object('KnexPool', { max: 1, ...fields }),
        'pendingAcquires',
      );
    const evidence = new Evidence(builder.raw(), () => null);
    const [leaf] = evidence.leavesAt([0], 0, -1);
    return leaf === undefined ? undefined : reasonOf(leaf, evidence)?.text;
  };

  it('that makes its first connection says so', () => {
    expect(
      saidOfPool({ 'used#': 0, 'pendingCreates#': 1, 'pendingAcquires#': 3 }),
    ).toBe(
      'a free connection of the knex pool: 0 of 1 taken, 1 being made, 3 wait',
    );
  });

  it('says nothing of what there is none of', () => {
    expect(
      saidOfPool({ 'used#': 1, 'pendingCreates#': 0, 'pendingAcquires#': 1 }),
    ).toBe('a free connection of the knex pool: 1 of 1 taken, 1 wait');
  });
});
