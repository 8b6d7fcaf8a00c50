// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { askWarehouse } from './warehouse.mjs';

/** GET /export waits in a `for await` for the next page of a listing. */
export async function exportAll() {
  const rows = [];
  for await (const page of pages()) {
    rows.push(...page);
  }
  return rows;
}

async function* pages() {
  for (let number = 0; ; number++) {
    yield await fetchPage(number);
  }
}

async function fetchPage(number) {
  if (number === 0) return ['the first page is in the cache'];
  const answer = await askWarehouse(`PAGE ${number}`);
  return answer.split(',');
}
