// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { once } from 'node:events';
import { connect } from 'node:net';

/** Asks the warehouse, a line-based service that somebody else runs, and that never answers. */
export async function askWarehouse(question) {
  const socket = connect(Number(process.env.WAREHOUSE_PORT));
  await once(socket, 'connect');
  socket.write(`${question}\n`);
  const [answer] = await once(socket, 'data');
  return String(answer);
}
