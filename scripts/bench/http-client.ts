// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const CONNECTIONS = 8;
const PIPELINED = 8;
const REQUEST = 'GET /rows/17 HTTP/1.1\r\nhost: bench\r\n\r\n';

/**
 * A client that costs next to nothing, so that the server is what limits the rate: every answer
 * of the server has the same length, and answers are counted by their bytes.
 */
export class HttpClient {
  #sockets: Socket[];
  #answerLength: number;

  static async connect(port: number): Promise<HttpClient> {
    const sockets = Array.from({ length: CONNECTIONS }, () => connect(port));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const [first] = sockets;
    if (first === undefined) throw new Error('no connection');
    first.write(REQUEST);
    const [answer] = (await once(first, 'data')) as [Buffer];
    if (!answer.toString('latin1').startsWith('HTTP/1.1 200 ')) {
      throw new Error(`unexpected answer: ${answer.toString('latin1')}`);
    }
    return new HttpClient(sockets, answer.length);
  }

  private constructor(sockets: Socket[], answerLength: number) {
    this.#sockets = sockets;
    this.#answerLength = answerLength;
  }

  /** Requests a second. */
  async run(requests: number): Promise<number> {
    const each = Math.ceil(requests / CONNECTIONS / PIPELINED) * PIPELINED;
    const start = performance.now();
    await Promise.all(this.#sockets.map((socket) => this.#load(socket, each)));
    return (each * CONNECTIONS * 1000) / (performance.now() - start);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #load(socket: Socket, requests: number): Promise<void> {
    const batch = REQUEST.repeat(PIPELINED);
    const batchLength = this.#answerLength * PIPELINED;
    let left = requests / PIPELINED;
    let received = 0;
    return new Promise((resolve) => {
      const read = (chunk: Buffer): void => {
        received += chunk.length;
        if (received < batchLength) return;
        received -= batchLength;
        if (--left > 0) {
          socket.write(batch);
        } else {
          socket.off('data', read);
          resolve();
        }
      };
      socket.on('data', read);
      socket.write(batch);
    });
  }
}
