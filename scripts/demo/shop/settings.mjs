// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { askWarehouse } from './warehouse.mjs';

let inFlight;

/** GET /settings: the first request loads them, all others wait for the same promise. */
export async function settings() {
  inFlight ??= loadSettings();
  const loaded = await inFlight;
  return { settings: loaded };
}

async function loadSettings() {
  const text = await askWarehouse('SETTINGS');
  return JSON.parse(text);
}
