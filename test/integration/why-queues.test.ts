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
  redisGet: saying('request: a reply of Redis at @@'),
  redisSendCommand: saying('request: a reply of Redis at @@'),
  redisBlocked: saying('request: a reply of Redis at @@'),
  redisMulti: saying(
    String.raw`(?:(?: \| )?request: a reply of Redis at @@){4}`,
  ),
  redisOfUrl: saying('request: a reply of Redis at @@'),
  redisConnecting: saying(
    String.raw`(?:(?: \| )?io: a connection to Redis at @@)+`,
  ),
  redisOffline: saying('io: a connection to Redis at @@'),
};

itSaysWhy('stores', STORES);
