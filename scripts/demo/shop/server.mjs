// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * The program that the demo looks at: a small shop on Fastify. It knows nothing of asynctb; the
 * demo starts it with `node -r asynctb/register`. Over IPC it only says how far its requests are.
 */

import Fastify from 'fastify';
import { checkout } from './checkout.mjs';
import { exportAll } from './export.mjs';
import { report } from './report.mjs';
import { settings } from './settings.mjs';
import { stock } from './stock.mjs';
import { upload } from './upload.mjs';

const app = Fastify();
app.addContentTypeParser('application/octet-stream', (request, body, done) => {
  done(null, body);
});
app.addHook('preHandler', (request, reply, done) => {
  process.send({ type: 'inside', route: request.routeOptions.url });
  done();
});
app.get('/report', report);
app.get('/stock/:sku', stock);
app.get('/checkout/:cart', checkout);
app.get('/export', exportAll);
app.get('/settings', settings);
app.post('/upload', upload);

// An answer to this was sent from a new turn of the event loop: whatever ran before is suspended.
process.on('message', () => process.send({ type: 'turned' }));

const address = await app.listen({ host: '127.0.0.1', port: 0 });
process.send({ type: 'listening', address, fastify: app.version });
