// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { setTimeout as sleep } from 'node:timers/promises';
import { askWarehouse } from './warehouse.mjs';

/** GET /checkout/:cart waits on Promise.all of three look-ups, one of which has answered. */
export async function checkout(request) {
  const { cart } = request.params;
  const [customer, items, rates] = await Promise.all([
    loadCustomer(cart),
    reserveItems(cart),
    shippingRates(cart),
  ]);
  return { customer, items, rates };
}

async function loadCustomer(cart) {
  return { cart, name: 'a customer in the cache' };
}

async function reserveItems(cart) {
  return await askWarehouse(`RESERVE ${cart}`);
}

async function shippingRates(cart) {
  await sleep(60_000);
  return { cart, express: 9.9 };
}
