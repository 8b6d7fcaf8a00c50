// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** `scripts/build-native.mjs` where npm's registry cannot be reached. */

import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';

let directory = '';
let server: Server;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'asynctb-offline-'));
  mkdirSync(join(directory, 'scripts'));
  for (const name of ['package.json', 'native', 'scripts/build-native.mjs'])
    cpSync(join(projectRoot, name), join(directory, name), {
      recursive: true,
      filter: (path) => !path.endsWith('/build'),
    });
  // Takes connections and never answers, as a firewall that swallows everything.
  server = createServer(() => {});
  await new Promise<void>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve()),
  );
});

afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

it.each([
  ['answers with a refusal', () => 'http://127.0.0.1:1/'],
  ['has no address', () => 'http://registry.invalid/'],
  [
    'never answers',
    () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
  ],
])('says so in one line when the registry %s', async (_what, registry) => {
  const program = spawn(process.execPath, ['scripts/build-native.mjs'], {
    cwd: directory,
    env: { ...process.env, npm_config_registry: registry() },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  program.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const status = await new Promise((resolve) => program.on('close', resolve));
  expect(status).toBe(1);
  expect(errors).toMatch(
    /^asynctb: node-gyp@\S+ is needed, and npm cannot get it .*offline\?\n$/,
  );
});
