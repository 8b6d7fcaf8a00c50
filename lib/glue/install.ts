// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The glue for libraries that comes with asynctb. None of it loads what it is for. */

import { asyncMutex } from './async-mutex.js';
import { asyncToGenerator } from './async-to-generator.js';
import { bluebirdPromises, installBluebird } from './bluebird.js';
import { co } from './co.js';
import { effection, installEffection } from './effection.js';
import { events } from '../explain/events.js';
import { installIteratorHelpers } from './iterator-helpers.js';
import { installOpenEnds } from '../explain/open-ends.js';
import { pLimit } from './p-limit.js';
import { pQueue } from './p-queue.js';
import { piscina } from './piscina.js';
import { installPiscinaThreads } from './piscina-threads.js';
import { streams } from '../explain/streams.js';
import { timers } from '../explain/timers.js';
import { typescriptAwaiter } from './typescript-awaiter.js';

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
  installPiscinaThreads();
}
