// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Why tasks wait for Redis, MongoDB, and for queues and locks of their own process: each with the real library. */

import { type Expected, itSaysWhy, saying } from '../support/why-libraries';

const STORES: Expected = {
  ioredisGet: saying('request: Redis at @@: get'),
  ioredisCall: saying(String.raw`request: Redis at @@: JSON\.GET`),
  ioredisBlocked: saying(
    'request: Redis at @@: blpop, which blocks until it can',
  ),
  ioredisPipeline: saying('request: Redis at @@: a pipeline of 2 commands'),
  ioredisMulti: saying('request: Redis at @@: a pipeline of 4 commands'),
  ioredisSubscribe: saying('request: Redis at @@: subscribe'),
  ioredisOffline: saying(
    String.raw`io: a connection to Redis at @@ \(connect\), to send hget`,
  ),
  ioredisRefused: saying(
    String.raw`io: a connection to Redis at @@ \(reconnecting\), to send set`,
  ),
  ioredisConnecting: saying(
    String.raw`io: a connection to Redis at @@ \(connect\)`,
  ),
  redisGet: saying('request: Redis at @@: GET'),
  redisSendCommand: saying('request: a reply of Redis at @@'),
  redisBlocked: saying(
    'request: Redis at @@: BLPOP, which blocks until it can',
  ),
  redisMulti: saying(
    String.raw`(?:(?: \| )?request: a reply of Redis at @@){4}`,
  ),
  redisOfUrl: saying('request: Redis at @@: INCR'),
  redisConnecting: saying(
    String.raw`(?:(?: \| )?io: a connection to Redis at @@)+`,
  ),
  redisOffline: saying('io: a connection to Redis at @@'),
  bullAdd: saying('request: Redis at @@: eval(sha)?'),
  // An extraction names the event.
  bullFinished: saying(
    '(?:queue: the end of a job in queue emails of bullmq|event: event "completed:7" of QueueEvents)',
  ),
  bullReady: saying(
    String.raw`(?:io: a connection to Redis at @@ \(connect\)|event: event "ready" of EventEmitter or event "end" of EventEmitter)`,
  ),
  bullWorker: saying('request: Redis at @@: eval(sha)?'),
};

const DOCUMENTS: Expected = {
  mongoFindOne: saying('request: MongoDB at @@: find in shop.users'),
  mongoToArray: saying('request: MongoDB at @@: find in shop.users'),
  mongoInsert: saying('request: MongoDB at @@: insert in shop.users'),
  mongoAggregate: saying('request: MongoDB at @@: aggregate in shop.users'),
  mongoCommand: saying('request: MongoDB at @@: ping in shop'),
  mongooseFindOne: saying('request: MongoDB at @@: find in shop.carts'),
  mongoHolds: saying('request: MongoDB at @@: find in shop.jobs'),
  mongoPoolEmpty: saying(
    'pool: a free connection of the MongoDB pool at @@: 1 of 1 taken, 1 wait',
  ),
  // Both are branches of a race, in any order.
  mongoNoServer: saying(
    String.raw`(?:(?: \| )?(?:io: a server of MongoDB that can be used, at @@ \(Unknown\)|timer: a timer of 1,000,000 ms as the limit)){2}`,
  ),
};

/** An extraction names locks and queues by what it has of them in hand. */
const QUEUES: Expected = {
  mutexLocked: saying(
    String.raw`lock: (?:a mutex \(2 wait\)|a lock: Mutex, next in line)`,
  ),
  mutexExclusive: saying(
    String.raw`lock: (?:a mutex \(2 wait\)|a lock: Mutex, 1 before it)`,
  ),
  semaphoreTaken: saying(
    String.raw`lock: (?:a semaphore \(0 free, 1 wait\)|a lock: Semaphore, next in line)`,
  ),
  semaTaken: saying(String.raw`lock: a semaphore of 2 \(1 wait\)`),
  rateLimited: saying(String.raw`lock: a semaphore of 1 \(1 wait\)`),
  limitTaken: saying(
    'queue: (?:its turn in a p-limit, 1 wait|a slot of p-limit: 2 of 2 taken)',
  ),
  queueFull: saying(
    String.raw`queue: (?:its turn in a p-queue: 1 of 1 run, 1 wait|a slot of PQueue \(id "2"\))`,
  ),
  queueIdle: saying('queue: a p-queue to be idle: 1 of 1 run, 1 wait'),
  queuePaused: saying(
    String.raw`queue: (?:a p-queue to go on, which is paused: 1 wait|a slot of PQueue \(id "1"\))`,
  ),
  retrying: saying(
    'timer: a timer of 60,000 ms before attempt 2 of what is retried',
  ),
  bottleneckRuns: saying('task: a job that a Bottleneck runs'),
  bottleneckFull: saying('queue: its turn in a Bottleneck'),
  loaderBatch: saying(
    String.raw`queue: a batch of a DataLoader named users \(keys: 1\)`,
  ),
  loaderUnscheduled: saying(
    String.raw`queue: a batch of a DataLoader named orders that was not sent yet \(keys: 1\)`,
  ),
  piscinaRuns: saying(
    '(?:message: a worker of Piscina that runs task default|task: of Piscina: task 0, "piscina-task.cjs")',
  ),
  piscinaQueued: saying(
    '(?:queue: a free worker of Piscina of 1, 1 wait: task default|pool: a free thread of Piscina: task 1, "piscina-task.cjs")',
  ),
  // Of what stands before the Subject, or of that.
  firstOfSubject: saying(
    String.raw`stream: a value of (?:an Observable of rxjs|a Subject of rxjs \(2 subscribed\))`,
  ),
  lastOfSubject: saying(
    String.raw`stream: the last value of a Subject of rxjs \(2 subscribed\)`,
  ),
  effectDeferred: saying('lock: a Deferred of Effect'),
  effectSleep: saying('timer: a timer of 60,000 ms'),
  effectQueue: saying('lock: a Deferred of Effect'),
  effectSemaphore: saying('lock: a semaphore of Effect: 1 of 1 taken, 1 wait'),
  sagaTakes: saying('task: the saga watchLogin'),
  sagaCalls: saying('task: the saga load'),
};

// What a client was asked for is only known from the whole stack.
const vague = /^request: a reply of (?:Redis|MongoDB) at 127\.0\.0\.1:\d+$/;
itSaysWhy('stores', STORES, { vague });
itSaysWhy('documents', DOCUMENTS, { vague });
itSaysWhy('queues', QUEUES, {
  hidden: ['piscinaRuns'],
  vague: /^task: a fiber of Effect$/,
});
