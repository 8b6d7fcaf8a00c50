// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Which stream of a pipeline stalls, with Node's own streams. */

import { capabilities } from 'asynctb';
import { afterEach, describe, expect, it } from 'vitest';
import { Programs } from '../support/program';

const programs = new Programs();
afterEach(() => programs.end());

const EXPECTED: Readonly<Record<string, string>> = {
  source:
    'Silent → PassThrough → Sink, which stalls at 1 of 3, Silent: it gives no data',
  sink: 'Endless → PassThrough → Slow, which stalls at 3 of 3, Slow: a write has not ended',
  between:
    'Endless → Zip → PassThrough → Sink, which stalls at 2 of 4, Zip: a write has not ended',
  flush:
    'Readable → Flushed → Sink, which stalls at 2 of 3, Flushed: it has not come to its end',
  closing:
    'Readable → PassThrough → Closing, which stalls at 3 of 3, Closing: it has not come to its end',
  unread:
    'Endless → PassThrough, which stalls at 2 of 2, PassThrough: nobody reads what it gives',
  byFunction:
    'Readable → upper → Sink, which stalls at 2 of 3, upper: it gives no data',
  withOptions:
    'Silent → Sink, which stalls at 1 of 2, Silent: it gives no data',
  byCallback:
    'Endless → PassThrough → Slow, which stalls at 3 of 3, Slow: a write has not ended',
};

describe.runIf(capabilities().holders.available)('a pipeline', () => {
  it('is told by a dump with the stream at which it stalls', async () => {
    const found = await say('dump');
    const expected: Record<string, string> = {};
    for (const [name, text] of Object.entries(EXPECTED))
      expected[name] = `the end of a pipeline: ${text}`;
    expect(found).toMatchObject(expected);
  });

  it('is told so by an extraction', async () => {
    const found = await say('extract');
    for (const [name, text] of Object.entries(EXPECTED)) {
      // Nothing but the heap has those of a callback, of which not all may have been looked through.
      if (name === 'byCallback' && found[name] !== '-') continue;
      expect(found[name]?.replaceAll('[Function: upper]', 'upper')).toBe(
        `the end of a pipeline: ${text}`,
      );
    }
  });
});

async function say(door: string): Promise<Record<string, string>> {
  const program = programs.start('why/pipelines.cjs', {
    args: [door],
    nodeArgs: [],
  });
  await program.ended();
  expect(program.stderr).toBe('');
  return JSON.parse(program.stdout) as Record<string, string>;
}
