// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * `npm run demo`: starts a Fastify server, sends it requests that all come to wait for something,
 * sends it SIGUSR2, and prints what asynctb/register then says. Fails when a group is missing.
 */

import { checkDump, isCompleteDump } from './demo/check-dump';
import { Client } from './demo/client';
import { SCENARIOS } from './demo/scenarios';
import { ShopProcess } from './demo/shop-process';
import { Warehouse } from './demo/warehouse';

const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);
const REQUESTS = sum(SCENARIOS.map((scenario) => scenario.requests));
const QUESTIONS = sum(SCENARIOS.map((scenario) => scenario.questions));

function explain(shop: ShopProcess): string {
  const lines = SCENARIOS.map(({ requests, method, route, waits }) => {
    const what = `${method.padEnd(4)} ${route}`;
    return `  ${String(requests).padStart(3)} x ${what.padEnd(20)} waits ${waits}`;
  });
  return [
    `Started: ${shop.commandLine}`,
    `         pid ${shop.pid}, Node ${process.version}, Fastify ${shop.fastify}, nothing instrumented`,
    `Sent, and waiting for an answer, ${REQUESTS} requests:`,
    ...lines,
    `Every request is inside its handler now. \`kill -USR2 ${shop.pid}\` makes the server print:`,
  ].join('\n');
}

async function demo(
  shop: ShopProcess,
  warehouse: Warehouse,
  client: Client,
): Promise<void> {
  await shop.listening();
  for (const scenario of SCENARIOS) client.send(shop.address, scenario);
  const waiting = (async () => {
    await shop.entered(REQUESTS);
    await warehouse.asked(QUESTIONS);
    await shop.suspended();
  })();
  await Promise.race([waiting, client.failed]);

  console.log(`${explain(shop)}\n`);
  const dump = await shop.signal('SIGUSR2', isCompleteDump);
  console.log(dump);
  const missing = checkDump(dump, SCENARIOS);
  for (const line of missing) console.error(`not as it should be: ${line}`);
  if (missing.length > 0) {
    process.exitCode = 1;
  } else {
    console.log(
      `The dump is right: all ${REQUESTS} requests are in it, each where it waits.`,
    );
  }
}

async function main(): Promise<void> {
  const warehouse = new Warehouse();
  const shop = new ShopProcess(await warehouse.listen());
  const client = new Client();
  try {
    await demo(shop, warehouse, client);
  } finally {
    client.close();
    await shop.stop();
    warehouse.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
