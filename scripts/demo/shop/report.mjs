// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { setTimeout as sleep } from 'node:timers/promises';

/** GET /report waits on a timer: the numbers exist once the nightly batch is over. */
export async function report(request) {
  const numbers = await loadNumbers(request.query.month);
  return { month: request.query.month, numbers };
}

async function loadNumbers(month) {
  await nightlyBatch();
  return [month, 1, 2, 3];
}

async function nightlyBatch() {
  const hours = 8;
  await sleep(hours * 3_600_000);
}
