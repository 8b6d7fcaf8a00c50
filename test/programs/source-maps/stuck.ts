// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Compiled by tests in many ways; waits for ever, and lets itself be asked by all doors. */
import { parentPort } from 'node:worker_threads';

interface Job {
  readonly id: number;
}
type Wake = () => void;

const waiting: Wake[] = [];

class Store {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  async take(job: Job): Promise<string> {
    await this.#lock(job);
    return this.#name;
  }

  async #lock({ id }: Job): Promise<number> {
    await new Promise<void>((wake: Wake) => waiting.push(wake));
    return id;
  }
}

const refresh = async (store: Store): Promise<string> => {
  const job: Job = { id: 1 };
  return await store.take(job);
};

function spin(until: () => boolean): void {
  while (!until());
}

const way: string = process.argv[2] ?? '';
const pending: Promise<string> = refresh(new Store('one'));
process.stdout.write('ready\n');
parentPort?.postMessage('ready');
if (way === 'exit') await pending;
setInterval(() => waiting.length, 10_000);
if (way === 'busy') setTimeout(() => spin((): boolean => false), 10);
