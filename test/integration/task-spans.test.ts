// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The spans of OpenTelemetry and the requests of Express are named where their tasks wait. */

import { afterAll, expect, it } from 'vitest';
import type { DumpJson } from '../../lib/model/json';
import { Programs, REGISTER } from '../support/program';

const programs = new Programs();
afterAll(() => programs.end());

type Spans = Record<string, { traceId: string; spanId: string }>;

it('a span is named by its ids, and nothing else of it', async () => {
  const program = programs.start('tasks/spans.cjs', {
    nodeArgs: ['-r', REGISTER],
  });
  await program.says('\n');
  const spans = JSON.parse(program.stdout) as Spans;
  const dump = await program.dump();
  for (const id of ['81', '82']) {
    const { traceId, spanId } = spans[`GET /checkout/${id}`] ?? {};
    expect(traceId).toHaveLength(32);
    expect(dump).toContain(
      `    GET /checkout/${id}, trace=${traceId}, span=${spanId}\n`,
    );
  }
  expect(dump).toContain('    GET /checkout/<redacted>, trace=');
  expect(dump).not.toMatch(/pl4nted|hunter2/);
});

it('the same in JSON', async () => {
  const program = programs.start('tasks/spans.cjs', {
    nodeArgs: ['-r', REGISTER],
    env: { ASYNCTB_FORMAT: 'json' },
  });
  await program.says('\n');
  const spans = JSON.parse(program.stdout) as Spans;
  program.kill();
  await program.reports(/^\{"schemaVersion".*\}$/mu);
  const [json = ''] = /^\{"schemaVersion".*\}$/mu.exec(program.stderr) ?? [];
  const dump = JSON.parse(json) as DumpJson;
  const tasks = dump.threads.flatMap(({ groups }) =>
    groups.flatMap((group) => group.tasks),
  );
  const { traceId, spanId } = spans['GET /checkout/81'] ?? {};
  expect(tasks).toContainEqual(
    expect.objectContaining({
      context: { trace: traceId, span: spanId },
      request: { method: 'GET', url: '/checkout/81', ageMs: null },
    }),
  );
});
