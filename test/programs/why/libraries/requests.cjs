// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Waits for Node's own fetch, axios and got: for responses, and for their bodies.
'use strict';

const axios = require('axios');
const {
  SECRET,
  halfSpeaking,
  keep,
  park,
  peer,
  show,
  turns,
  until,
} = require('./parked.cjs');

(async () => {
  const { got } = await import('got');
  const server = await halfSpeaking();
  const silent = await peer();
  const base = `http://127.0.0.1:${server.port}`;
  const mute = `http://127.0.0.1:${silent.port}`;
  const query = `token=${SECRET}`;
  const headers = { authorization: SECRET, cookie: `session=${SECRET}` };

  park({
    async fetchJson() {
      const response = await fetch(`${base}/begun/json?${query}`, { headers });
      await response.json();
    },
    async fetchIterated() {
      const response = await fetch(`${base}/begun/read?${query}`, { headers });
      for await (const chunk of response.body) void chunk;
    },
    async fetchReader() {
      const response = await fetch(`${base}/begun/chunks?${query}`);
      const reader = response.body.getReader();
      while (!(await reader.read()).done) continue;
    },
    async axiosStream() {
      const { data } = await axios.get(`${base}/begun/stream?${query}`, {
        responseType: 'stream',
      });
      for await (const chunk of data) void chunk;
    },
  });
  await until(() => server.asked.length === 4);
  await turns(20);
  park({
    async fetchGet() {
      await fetch(`${base}/slow?${query}`, { headers });
    },
    async fetchPut() {
      await fetch(`${base}/put?${query}`, { method: 'PUT', body: SECRET });
    },
    async fetchLimited() {
      await fetch(`${base}/limited?${query}`, {
        signal: AbortSignal.timeout(60_000),
      });
    },
    async fetchSilent() {
      await fetch(`${mute}/silent?${query}`);
    },
    async axiosGet() {
      await axios.get(`${base}/orders`, { params: { token: SECRET }, headers });
    },
    async axiosBody() {
      await axios.get(`${base}/begun/axios?${query}`);
    },
    async axiosLimited() {
      await axios.post(
        `${base}/late?${query}`,
        { token: SECRET },
        { timeout: 60_000 },
      );
    },
    async gotGet() {
      await got(`${base}/got?${query}`, { headers, retry: { limit: 0 } });
    },
    async gotJson() {
      await got.post(`${base}/got/json`, { json: { token: SECRET } }).json();
    },
    async gotBody() {
      await got(`${base}/begun/got?${query}`).text();
    },
  });
  await until(() => server.asked.length === 13);
  await silent.receives('/silent');
  await turns(20);
  show();
})();
