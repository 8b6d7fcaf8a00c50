// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
const SHOP = 'scripts/demo/shop/server.mjs';

type Message =
  | { type: 'listening'; address: string; fastify: string }
  | { type: 'inside'; route: string }
  | { type: 'turned' };

/** The shop in a process of its own, with asynctb/register loaded and nothing else. */
export class ShopProcess {
  readonly commandLine = `node -r asynctb/register ${SHOP}`;
  address = '';
  fastify = '';

  #child: ChildProcess;
  /** Emits 'change' after any of the fields below, or of those above, changed. */
  #state = new EventEmitter();
  #inside = 0;
  #turns = 0;
  #stderr = '';
  #ended: string | null = null;

  constructor(warehousePort: number) {
    this.#child = fork(path.join(root, SHOP), {
      cwd: root,
      execArgv: ['-r', path.join(root, 'dist/register.js')],
      env: { ...process.env, WAREHOUSE_PORT: String(warehousePort) },
      silent: true,
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#state.emit('change');
    });
    this.#child.on('message', (message: Message) => {
      if (message.type === 'inside') this.#inside++;
      else if (message.type === 'turned') this.#turns++;
      else ({ address: this.address, fastify: this.fastify } = message);
      this.#state.emit('change');
    });
    this.#child.on('close', (code, signal) => {
      this.#ended = signal ?? `exit code ${code}`;
      this.#state.emit('change');
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async listening(): Promise<void> {
    await this.#until(() => this.address !== '');
  }

  /** Resolves once so many requests have entered their handlers. */
  async entered(requests: number): Promise<void> {
    await this.#until(() => this.#inside >= requests);
  }

  /** Resolves after everything that was running in the shop came to its next await. */
  async suspended(): Promise<void> {
    const turns = this.#turns;
    this.#child.send('turn');
    await this.#until(() => this.#turns > turns);
  }

  /** Sends a signal and returns what the shop writes to stderr, once `complete` is true of it. */
  async signal(
    name: NodeJS.Signals,
    complete: (text: string) => boolean,
  ): Promise<string> {
    this.#stderr = '';
    this.#child.kill(name);
    await this.#until(() => complete(this.#stderr));
    return this.#stderr;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    while (this.#ended === null) await once(this.#state, 'change');
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#ended !== null) {
        throw new Error(`the shop ended (${this.#ended}):\n${this.#stderr}`);
      }
      await once(this.#state, 'change');
    }
  }
}
