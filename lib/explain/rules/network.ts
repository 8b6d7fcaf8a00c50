// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Clients of HTTP, messaging and remote procedures, as far as plain data tells it. */

import { rulesOf } from '../rule.js';

export const network = rulesOf([
  // kafkajs
  {
    classes: ['SocketRequest'],
    kind: 'request',
    text: 'Kafka at {broker}[: {entry.apiName}]',
    rank: 26,
  },
  // Node's own
  {
    classes: ['WebSocket'],
    kind: 'message',
    text: 'a message of a WebSocket',
    rank: 14,
  },
  // grpc-js
  {
    classes: ['ClientUnaryCallImpl', 'ClientReadableStreamImpl'],
    kind: 'request',
    text: 'a gRPC call',
    rank: 22,
  },
]);
