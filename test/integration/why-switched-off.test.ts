// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** A dump that cannot tell why tasks wait, or whose they are, says so. */

import { capabilities } from 'asynctb';
import { afterEach, describe, expect, it } from 'vitest';
import { Programs } from '../support/program';

interface Said {
  dump: string | null;
  context: Record<string, string>;
  error: string | null;
  extractError: string | null;
}

const programs = new Programs();
afterEach(() => programs.end());

async function said(disabled: string): Promise<Said> {
  const program = programs.start('why/switched-off.cjs', {
    nodeArgs: [],
    env: { ASYNCTB_DISABLE: disabled, ASYNCTB_CONTEXT: 'requestId' },
  });
  await program.ended();
  expect(program.stderr).toBe('');
  return JSON.parse(program.stdout) as Said;
}

const OFF = 'switched off by ASYNCTB_DISABLE';
const HELD = 'held by waiting[…] of Queue';
const CONTEXT = { requestId: 'r-1' };

describe.runIf(capabilities().holders.available)('a dump', () => {
  it('tells both', async () => {
    expect(await said('')).toEqual({
      dump: HELD,
      context: CONTEXT,
      error: null,
      extractError: null,
    });
  });

  it('without holders has no reasons, and says so as a single stack does', async () => {
    const error = `why tasks wait is not told, for want of holders: ${OFF}`;
    expect(await said('holders')).toEqual({
      dump: null,
      context: CONTEXT,
      error,
      extractError: error,
    });
  });

  it('without asyncContext has no contexts, and says so', async () => {
    expect(await said('asyncContext')).toEqual({
      dump: HELD,
      context: {},
      error: `contexts of tasks are not shown, for want of asyncContext: ${OFF}`,
      extractError: null,
    });
  });
});
