// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { askWarehouse } from './warehouse.mjs';

/** GET /stock/:sku waits on a socket that never answers. */
export async function stock(request) {
  const level = await stockLevel(request.params.sku);
  return { sku: request.params.sku, level };
}

async function stockLevel(sku) {
  const answer = await askWarehouse(`STOCK ${sku}`);
  return Number(answer);
}
