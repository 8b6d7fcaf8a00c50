// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

const Fastify = require('fastify');
const { serve } = require('./serve.cjs');

const app = Fastify();

async function load(id) {
  await null;
  return { id, name: 'a row', tags: ['one', 'two'] };
}

app.get('/rows/:id', async (request) => {
  const rows = await Promise.all([load(request.params.id), load('next')]);
  return { rows };
});

serve({
  async listen() {
    await app.listen({ host: '127.0.0.1', port: 0 });
    return app.server.address().port;
  },
  /** Milliseconds of processor time so far. */
  cpu() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
});
