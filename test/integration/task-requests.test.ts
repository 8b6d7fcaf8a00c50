// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Which HTTP request a task is for, and what is never said of it. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskRequest } from '../../lib/model/task';
import { Programs, REGISTER } from '../support/program';

const programs = new Programs();
afterAll(() => programs.end());

const SECRET = /pl4nted|hunter2|\btoken=|page=2/;

describe('the request of a task', () => {
  const told = new Map<string, (TaskRequest | null)[]>();
  let json = '';
  beforeAll(async () => {
    const program = programs.start('tasks/requests.cjs');
    await program.ended();
    expect(program.stderr).toBe('');
    // Nothing of the program has run, or it would have said so.
    const result = JSON.parse(program.stdout) as {
      told: { name: string; requests: (TaskRequest | null)[] }[];
      json: string;
    };
    for (const { name, requests } of result.told) told.set(name, requests);
    ({ json } = result);
  });

  it.each([
    ['direct', 'direct', 'is a parameter'],
    ['wrapped', 'wrapped', "is in a parameter's fields, below an await"],
    ['onlyResponse', 'response', 'is that of a response'],
    ['unnamed', 'unnamed', 'has no telling name'],
    ['controls', 'controller', 'is a field of the receiver'],
    ['answer', 'chained', 'is in the scope of a callback'],
    ['inside', 'closed', 'is in the scope around the function'],
    ['patched', 'patched', 'has getters and proxies beside it'],
  ])('%s: /%s/7 %s', (name, path) => {
    expect(told.get(name)).toEqual([
      { method: 'GET', url: `/${path}/7`, ageMs: null },
    ]);
  });

  it('has an age where it has a time of its own', () => {
    const [request] = told.get('timed') ?? [];
    expect(request).toMatchObject({ method: 'GET', url: '/timed/7' });
    expect(request?.ageMs).toBeGreaterThanOrEqual(0);
    expect(request?.ageMs).toBeLessThan(60_000);
  });

  it('is each its own where they wait for one promise', () => {
    expect((told.get('shares') ?? []).map((each) => each?.url).sort()).toEqual([
      '/shared/7',
      '/shared/8',
    ]);
  });

  it.each([
    ['unused', 'it is too far away, or not there'],
    ['pair', 'there are two'],
    ['lists', 'there is a list of them'],
    ['works', 'it is that of whoever came last'],
    ['odd', 'its URL is no text'],
  ])('%s: is not said where %s', (name) => {
    const requests = told.get(name);
    expect(requests?.length).toBeGreaterThan(0);
    expect(requests?.every((request) => request === null)).toBe(true);
  });

  it('has no query', () => {
    expect(json).toContain('"url":"/direct/7"');
    expect(json.replace(/"lineText":"(?:[^"\\]|\\.)*"/gu, '')).not.toMatch(
      SECRET,
    );
  });
});

describe('the request of a task, in a dump by signal', () => {
  it('stands below its group', async () => {
    const program = programs.start('tasks/requests.cjs', {
      nodeArgs: ['-r', REGISTER],
      args: ['stay'],
    });
    await program.says('ready');
    const dump = await program.dump();
    expect(dump).toMatch(
      /^╠ wrapped at [^]*?^╚ Promise \{ <pending> \}[^\n]*\n {4}GET \/wrapped\/7\n$/mu,
    );
    expect(dump).toMatch(/^ {4}GET \/timed\/7 \(\d+ m?s\)$/mu);
    expect(program.stdout).toBe('ready\n');
  });
});
