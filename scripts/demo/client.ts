// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { Agent, request } from 'node:http';
import type { Scenario } from './scenarios';

/** Sends requests over keep-alive connections, and never expects an answer. */
export class Client {
  #agent = new Agent({ keepAlive: true });
  #closed = false;
  #fail: (error: Error) => void = () => undefined;
  /** Rejects when a request failed or was answered after all. */
  readonly failed = new Promise<never>((_, reject) => {
    this.#fail = reject;
  });

  /** Sends the requests of one scenario, all at once. */
  send(address: string, { method, path, requests }: Scenario): void {
    for (let n = 0; n < requests; n++) {
      const outgoing = request(address + path(n), {
        agent: this.#agent,
        method,
      });
      outgoing.on('response', ({ statusCode }) => {
        this.#fail(new Error(`${path(n)} was answered with ${statusCode}`));
      });
      outgoing.on('error', (error) => {
        if (!this.#closed) this.#fail(error);
      });
      if (method === 'POST') {
        outgoing.setHeader('content-type', 'application/octet-stream');
        outgoing.flushHeaders();
      } else {
        outgoing.end();
      }
    }
  }

  close(): void {
    this.#closed = true;
    this.#agent.destroy();
  }
}
