// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** An Express application with spans of OpenTelemetry's own SDK. Prints the ids, and waits for a signal. */

const http = require('node:http');
const { once } = require('node:events');
const { context, trace } = require('@opentelemetry/api');
const {
  AsyncLocalStorageContextManager,
} = require('@opentelemetry/context-async-hooks');
const { BasicTracerProvider } = require('@opentelemetry/sdk-trace-base');
const express = require('express');

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new BasicTracerProvider());
const tracer = trace.getTracer('shop');

const hold = [];
const spans = {};

async function query() {
  await new Promise((resolve) => hold.push(resolve));
}
async function checkout(req, res) {
  await query();
  res.json({ id: req.params.id });
}

const app = express();
app.use((req, _res, next) => {
  const name = `${req.method} ${req.path}`;
  tracer.startActiveSpan(name, (span) => {
    span.setAttribute('user', 'pl4nted-hunter2');
    spans[name] = span.spanContext();
    next();
  });
});
const router = express.Router();
router.get('/:id', checkout);
app.use('/checkout', router);

async function main() {
  const server = http.createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  for (const id of ['81', '82', 'q7pl4ntedXz2WmK4tNc8YbJ']) {
    const path = `/checkout/${id}?token=pl4nted-hunter2`;
    http.get({ port, path, agent: false }).on('error', () => {});
  }
  while (hold.length < 3) await new Promise((resolve) => setImmediate(resolve));
  console.log(JSON.stringify(spans));
  process.on('message', (message) => process.send(message));
}

void main();
