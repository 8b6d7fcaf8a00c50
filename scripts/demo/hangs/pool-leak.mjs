// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Requests wait for a client of a pool, all of which one slow job has. */

class Client {
  constructor(id) {
    this.id = id;
  }
  query(text) {
    return new Promise((resolve) => setTimeout(resolve, 3_600_000, text));
  }
}

class Pool {
  waiting = [];
  constructor(size) {
    this.clients = Array.from({ length: size }, (_, id) => new Client(id));
    this.idle = [...this.clients];
  }
  acquire() {
    if (this.idle.length > 0) return Promise.resolve(this.idle.pop());
    return new Promise((resolve) => this.waiting.push({ resolve }));
  }
  release(client) {
    const next = this.waiting.shift();
    if (next === undefined) this.idle.push(client);
    else next.resolve(client);
  }
}

const pool = new Pool(2);

async function importAll(file) {
  const client = await pool.acquire();
  await client.query(`copy ${file}`);
  pool.release(client);
}

async function checkout(cart) {
  const client = await pool.acquire();
  const rows = await client.query(`select ${cart}`);
  pool.release(client);
  return rows;
}

for (const file of ['a.csv', 'b.csv']) void importAll(file);
for (let cart = 0; cart < 38; cart++) void checkout(cart);
setInterval(() => pool.waiting.length, 60_000);
console.log('up');
