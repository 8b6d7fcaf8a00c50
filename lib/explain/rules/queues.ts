// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Locks, queues and pools of the program's own process. */

import { rulesOf } from '../rule.js';

export const queues = rulesOf([
  // async-mutex
  {
    classes: ['Mutex'],
    kind: 'lock',
    text: 'a mutex',
    rank: 27,
  },
  {
    classes: ['Semaphore'],
    kind: 'lock',
    text: 'a semaphore[ ({_queue#} wait)]',
    rank: 26,
  },
  // async-sema
  {
    classes: ['Sema', 'RateLimit'],
    kind: 'lock',
    text: 'a semaphore[ of {nrTokens}]',
    rank: 26,
  },
  // p-queue
  {
    classes: ['PQueue'],
    kind: 'queue',
    text: 'a slot of a p-queue',
    rank: 24,
  },
  // bottleneck
  {
    classes: ['Bottleneck'],
    kind: 'queue',
    text: 'its turn in a Bottleneck',
    rank: 24,
  },
  // dataloader
  {
    classes: ['DataLoader'],
    kind: 'queue',
    through: ['_batch'],
    text: 'a batch of a DataLoader[ named {name}]',
    rank: 24,
  },
  // piscina
  {
    classes: ['TaskInfo'],
    kind: 'queue',
    text: 'a worker of Piscina[: task {name}]',
    rank: 24,
  },
  // Effect
  {
    classes: ['FiberRuntime'],
    kind: 'task',
    text: 'a fiber of Effect',
    rank: 14,
  },
  // rxjs
  {
    classes: ['SafeSubscriber', 'OperatorSubscriber', 'Subscriber'],
    kind: 'stream',
    text: 'a value of an Observable',
    rank: 13,
  },
]);
