// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** A debugger that is attached to a program, by the WebSocket that `--inspect` opens. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export class Debugger {
  readonly #socket: Socket;
  #sent = 0;

  /** `url`: what Node says on stderr that it listens on. */
  static async attach(url: string): Promise<Debugger> {
    const { hostname, port, pathname, host } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(
      [
        `GET ${pathname} HTTP/1.1`,
        `Host: ${host}`,
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
        '\r\n',
      ].join('\r\n'),
    );
    await once(socket, 'data');
    return new Debugger(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Resolves with the next thing that is heard after it. */
  async call(method: string, params: object = {}): Promise<void> {
    const text = JSON.stringify({ id: ++this.#sent, method, params });
    if (text.length > 125) throw new Error('too long for a short frame');
    // One frame of text, "masked" by zeros.
    const head = Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]);
    this.#socket.write(Buffer.concat([head, Buffer.from(text)]));
    await once(this.#socket, 'data');
  }

  detach(): void {
    this.#socket.destroy();
  }
}
