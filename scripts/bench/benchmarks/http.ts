// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { HttpClient } from '../http-client';
import {
  mapValues,
  register,
  rotate,
  SAME_YOUNG_GENERATION,
  type Target,
  withPrograms,
} from '../program';
import { interleave, median, spread } from '../statistics';
import { limited, times } from '../table';
import type { Benchmark } from './benchmark';

const REQUESTS = 2_048;
const SLICES = 16;

interface Result {
  requestsPerSecond: number;
  /** Milliseconds of the server's processor time. */
  cpu: number;
}

/**
 * As in `await.ts`: many short-lived processes, of each the best slice, and plain against plain
 * for the noise.
 */
export const http: Benchmark = async ({ target, haste, progress }) => {
  const registered: number[] = [];
  const again: number[] = [];
  const cpu: number[] = [];
  const plain: number[] = [];
  const processes = Math.max(2, Math.round(16 / haste));
  for (let i = 0; i < processes; i++) {
    progress(`HTTP requests, processes ${i + 1} of ${processes}`);
    const round = await measure(target, i);
    plain.push(round.plain.requestsPerSecond);
    registered.push(
      round.register.requestsPerSecond / round.plain.requestsPerSecond,
    );
    again.push(round.again.requestsPerSecond / round.plain.requestsPerSecond);
    cpu.push(round.register.cpu / round.plain.cpu);
  }
  return [
    limited(
      'HTTP requests/s of a small Fastify app, asynctb/register loaded : without',
      median(registered),
      times,
      { atLeast: 0.99, atMost: 1.01 },
      `${median(plain).toFixed(0)} requests/s without; ${spread(registered)}; without : without ${times(median(again))}; processor time ${times(median(cpu))}`,
    ),
  ];
};

async function measure(
  target: Target,
  turn: number,
): Promise<Record<'plain' | 'again' | 'register', Result>> {
  const variants = { plain: [], again: [], register: register(target) };
  const launches = mapValues(
    rotate(variants, turn),
    (flags: readonly string[]) => ({
      target,
      execArgv: [SAME_YOUNG_GENERATION, ...flags],
    }),
  );
  return await withPrograms('http.cjs', launches, async (servers) => {
    const clients = mapValues(servers, async (server) => {
      const client = await HttpClient.connect(await server.call('listen'));
      await client.run(5 * REQUESTS);
      const cpu = await server.call('cpu');
      return { client, cpu };
    });
    const ready = {
      plain: await clients.plain,
      again: await clients.again,
      register: await clients.register,
    };
    const rates = await interleave(
      SLICES,
      mapValues(
        ready,
        ({ client }) =>
          () =>
            client.run(REQUESTS),
      ),
    );
    const result = async (name: keyof typeof ready): Promise<Result> => {
      ready[name].client.close();
      const cpu = (await servers[name].call('cpu')) - ready[name].cpu;
      return { requestsPerSecond: Math.max(...rates[name]), cpu };
    };
    return {
      plain: await result('plain'),
      again: await result('again'),
      register: await result('register'),
    };
  });
}
