// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** HTTP requests that are open, also those that no task stands behind. Each in a process that ends with its test. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { OpenRequest } from 'asynctb';
import { afterEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';
import { Programs } from '../support/program';

const programs = new Programs();
afterEach(() => programs.end());

interface Said {
  requests: OpenRequest[];
  resources: Record<string, number>;
  json: OpenRequest[];
}

const PROGRAM = join(projectRoot, 'test/programs/requests/without-tasks.cjs');

describe('open requests', () => {
  it.each([
    ['of the own thread', []],
    ['of a worker', ['worker']],
  ])('are listed, and which of them has a task: %s', async (_, args) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [PROGRAM, ...args],
      { env: { ...process.env, NODE_OPTIONS: '' } },
    );
    const { requests, resources, json } = JSON.parse(stdout) as Said;
    const lines = requests.map(
      ({ side, method, url, hasTask }) =>
        `${side} ${method} ${url} ${hasTask ? 'task' : 'none'}`,
    );
    expect(lines.sort()).toEqual([
      'client GET /answer/5 none',
      'client GET /jobs/4 task',
      'client GET /task/3 none',
      'client POST /jobs/1 none',
      'client PUT /jobs/2 none',
      'server GET /answer/5 task',
      'server GET /jobs/4 none',
      'server GET /task/3 task',
      'server POST /jobs/1 none',
      'server PUT /jobs/2 none',
    ]);
    expect(json).toEqual(requests);
    expect(requests.map(({ ageMs }) => ageMs)).toEqual(
      requests.map(() => null),
    );
    expect(resources).toMatchObject({ TCPServerWrap: 1, Timeout: 1 });
    expect(resources.TCPSocketWrap).toBeGreaterThanOrEqual(10);
  });

  it('are listed that go over HTTP/2, by fetch and by undici', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(projectRoot, 'test/programs/requests/other-clients.cjs')],
      { env: { ...process.env, NODE_OPTIONS: '', NODE_NO_WARNINGS: '1' } },
    );
    expect(JSON.parse(stdout)).toEqual({
      leaks: false,
      requests: [
        'GET /begun/fetch none',
        'GET /begun/h2 task',
        'GET /client/alone none',
        'GET /client/queued task',
        'GET /far task',
        'GET /fetch/alone none',
        'PUT /fetch/awaited task',
        'GET /fetch/then task',
        'GET /h2/alone none',
        'POST /h2/awaited task',
        'GET /h2/silent none',
        'DELETE /pool/sent task',
        'GET /pool/waits task',
      ],
    });
  });

  it('are still listed when what handled them was collected', async () => {
    const program = programs.start('requests/vanished.cjs');
    await program.says('ready');
    const before = await program.dumpThatMatches(/^5 tasks wait here/mu);
    expect(before).toMatch(/^5 open requests; each has a task:$/mu);
    program.send('collect');
    await program.says('collected');
    const after = await program.dumpThatMatches(/no suspended tasks/u);
    expect(after).toContain(
      '\n5 open requests; none has a task:\n  GET /users/0, without a task\n',
    );
    expect(before + after).not.toContain('hunter');
  });
});
