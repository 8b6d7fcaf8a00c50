// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What the demo asks of the shop, and what the dump must therefore say. */
export interface Scenario {
  method: 'GET' | 'POST';
  /** As the shop registered it. */
  route: string;
  /** The path of the n-th request. */
  path: (n: number) => string;
  requests: number;
  waits: string;
  /** How many questions these requests put to the warehouse. */
  questions: number;
  /** The functions of the shop that the group's stack shows, outermost first. */
  functions: string[];
}

export const SCENARIOS: readonly Scenario[] = [
  {
    method: 'GET',
    route: '/report',
    path: (n) => `/report?month=${n + 1}`,
    requests: 12,
    waits: 'for a timer (node:timers/promises)',
    questions: 0,
    functions: ['report', 'loadNumbers', 'nightlyBatch'],
  },
  {
    method: 'GET',
    route: '/stock/:sku',
    path: (n) => `/stock/A-${n}`,
    requests: 10,
    waits: 'for a socket that never answers',
    questions: 10,
    functions: ['stock', 'stockLevel', 'askWarehouse'],
  },
  {
    method: 'GET',
    route: '/checkout/:cart',
    path: (n) => `/checkout/${n}`,
    requests: 8,
    waits: 'for Promise.all of three look-ups, one of which has answered',
    questions: 8,
    functions: ['checkout', 'reserveItems', 'askWarehouse', 'shippingRates'],
  },
  {
    method: 'GET',
    route: '/export',
    path: () => '/export',
    requests: 6,
    waits: 'in a for await over an async generator',
    questions: 6,
    functions: ['exportAll', 'pages', 'fetchPage', 'askWarehouse'],
  },
  {
    method: 'GET',
    route: '/settings',
    path: () => '/settings',
    requests: 5,
    waits: 'for one promise that they all share',
    questions: 1,
    functions: ['settings', 'loadSettings', 'askWarehouse'],
  },
  {
    method: 'POST',
    route: '/upload',
    path: () => '/upload',
    requests: 4,
    waits: 'in a for await over a request body that never comes',
    questions: 0,
    functions: ['upload'],
  },
];
