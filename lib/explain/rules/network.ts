// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Clients of HTTP, messaging and remote procedures. */

import { rulesOf } from '../rule.js';

export const network = rulesOf([
  // undici, which fetch is
  {
    classes: ['Request'],
    kind: 'request',
    text: '{method} {origin}{path|path}',
    rank: 24,
  },
  {
    classes: ['Fetch'],
    kind: 'request',
    text: 'a response to fetch',
    rank: 17,
  },
  {
    classes: ['Pool', 'Client', 'Agent'],
    kind: 'pool',
    text: 'a free connection of undici[ to {origin}]',
    within: 'Agent',
    rank: 12,
  },
  // kafkajs
  {
    classes: ['SocketRequest'],
    kind: 'request',
    text: 'Kafka[ at {Connection.host}][:{Connection.port}]',
    rank: 26,
  },
  // ws, socket.io
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
  {
    classes: ['ResolvingCall', 'LoadBalancingCall', 'RetryingCall'],
    kind: 'request',
    text: 'the gRPC call {method}',
    rank: 24,
  },
]);
