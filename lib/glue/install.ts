// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The glue for libraries that comes with asynctb. None of it loads what it is for. */

import { asyncMutex } from './async-mutex.js';
import { bluebirdPromises, installBluebird } from './bluebird.js';
import { effection, installEffection } from './effection.js';
import { events } from '../open-ends/events.js';
import {
  asyncToGenerator,
  co,
  typescriptAwaiter,
} from './generator-runners.js';
import { installIteratorHelpers } from './iterator-helpers.js';
import { installOpenEnds } from '../open-ends/open-ends.js';
import { pLimit } from './p-limit.js';
import { pQueue } from './p-queue.js';
import { installPiscina, piscina } from './piscina.js';
import { streams } from '../open-ends/streams.js';
import { timers } from '../open-ends/timers.js';

export function installGlue(): void {
  installOpenEnds([
    typescriptAwaiter,
    asyncToGenerator,
    co,
    events,
    streams,
    pLimit,
    pQueue,
    piscina,
    asyncMutex,
    bluebirdPromises,
    effection,
    timers,
  ]);
  installBluebird();
  installEffection();
  installIteratorHelpers();
  installPiscina();
}
