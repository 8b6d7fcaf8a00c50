// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Waits for undici: for responses, for their bodies, and for connections of pools.
'use strict';

const undici = require('undici');
const {
  SECRET,
  halfSpeaking,
  keep,
  park,
  show,
  turns,
  until,
} = require('./parked.cjs');

(async () => {
  const server = await halfSpeaking();
  const base = `http://127.0.0.1:${server.port}`;
  const query = `token=${SECRET}`;
  const headers = { authorization: SECRET, cookie: `session=${SECRET}` };

  const pool = keep(new undici.Pool(base, { connections: 1 }));
  const agent = keep(new undici.Agent({ connections: 1 }));
  const client = keep(new undici.Client(base));
  // Whose connections are never made.
  const unconnected = () =>
    keep(new undici.Pool(base, { connections: 2, connect: () => {} }));

  park({
    async undiciBody() {
      const { body } = await undici.request(`${base}/begun/text?${query}`, {
        headers,
      });
      await body.text();
    },
    async undiciBodyIterated() {
      const { body } = await undici.request(`${base}/begun/chunks?${query}`);
      for await (const chunk of body) void chunk;
    },
    async undiciUnread() {
      const { body } = await pool.request({
        method: 'GET',
        path: `/begun/unread?${query}`,
      });
      await new Promise((resolve) => keep({ resolve }));
      await body.text();
    },
    async undiciAgentUnread() {
      const { body } = await undici.request(`${base}/begun/agent?${query}`, {
        dispatcher: agent,
      });
      await new Promise((resolve) => keep({ resolve }));
      await body.dump();
    },
    async fetchBody() {
      const response = await fetch(`${base}/begun/json?${query}`, { headers });
      await response.json();
    },
    async fetchBodyIterated() {
      const response = await fetch(`${base}/begun/read?${query}`, { headers });
      for await (const chunk of response.body) void chunk;
    },
  });
  await until(() => server.asked.length === 6);
  await turns(20);
  park({
    async undiciRequest() {
      await undici.request(`${base}/slow?${query}`, {
        method: 'POST',
        headers,
        body: SECRET,
      });
    },
    async undiciClient() {
      await client.request({ method: 'GET', path: `/first?${query}` });
    },
    async undiciStream() {
      await undici.stream(
        `${base}/streamed?${query}`,
        { method: 'GET' },
        () => {},
      );
    },
    async undiciConnecting() {
      await unconnected().request({ method: 'PUT', path: `/next?${query}` });
    },
    async undiciPoolTaken() {
      await pool.request({ method: 'GET', path: `/queued?${query}` });
    },
    async undiciAgentTaken() {
      await undici.request(`${base}/waiting?${query}`, { dispatcher: agent });
    },
    async undiciFetch() {
      await undici.fetch(`${base}/fetched?${query}`, { headers });
    },
    async undiciFetchConnecting() {
      await undici.fetch(`${base}/far?${query}`, { dispatcher: unconnected() });
    },
    async undiciFetchTaken() {
      await undici.fetch(`${base}/more?${query}`, { dispatcher: pool });
    },
    async globalFetch() {
      await fetch(`${base}/global?${query}`, {
        method: 'PUT',
        headers,
        body: SECRET,
      });
    },
    async fetchLimited() {
      await fetch(`${base}/limited?${query}`, {
        signal: AbortSignal.timeout(60_000),
      });
    },
  });
  await until(() => server.asked.length === 12);
  await turns();
  park({
    async undiciClientTaken() {
      await client.request({ method: 'GET', path: `/second?${query}` });
    },
  });
  await turns();
  show();
})();
