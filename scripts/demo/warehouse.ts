// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** The service that the shop depends on: it accepts every question and answers none. */
export class Warehouse {
  #questions = 0;
  #sockets = new Set<Socket>();
  #waiting: { questions: number; resolve: () => void } | null = null;
  #server = createServer((socket) => {
    this.#sockets.add(socket);
    socket.on('error', () => {
      // The shop is killed with its questions open.
    });
    socket.setEncoding('utf8').on('data', (text: string) => {
      this.#questions += text.split('\n').length - 1;
      this.#check();
    });
  });

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves once so many questions have been read. */
  asked(questions: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = { questions, resolve };
      this.#check();
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #check(): void {
    if (this.#waiting !== null && this.#questions >= this.#waiting.questions) {
      this.#waiting.resolve();
    }
  }
}
