// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import type { WaitReason } from '../../lib/index';
import { describe, expect, it } from 'vitest';
import { runChild, runForJson } from '../support/child';

type Leaves = Record<string, string>;

interface Result {
  waits: (WaitReason | null)[];
  before: Leaves;
  queued: Leaves;
  after: Leaves;
  extracted: string;
  gone: string;
  graph: string;
}

const GONE = '(waits for a promise that was collected: nothing can settle it)';
const READY = '(ready to resume)';
const PENDING = 'Promise { <pending> }';
const lost = { goneInGenerator: GONE, goneItself: GONE };

describe('what a suspended function waits for', () => {
  it('is gone, or has settled, and is told apart', async () => {
    const result = await runForJson<Result>('gone.cjs');
    expect(result.before).toEqual({
      ...lost,
      readyFunction: PENDING,
      waitsForReady: PENDING,
      readyGenerator: PENDING,
      readyThen: PENDING,
      readyRejected: PENDING,
      readyReject: PENDING,
      readyApart: PENDING,
      pendingFunction: PENDING,
    });
    expect(result.queued).toEqual({
      ...lost,
      readyFunction: READY,
      waitsForReady: READY,
      readyGenerator: READY,
      readyReject: READY,
      readyApart: READY,
      // What their callbacks return is still to come.
      readyThen: PENDING,
      readyRejected: PENDING,
      pendingFunction: PENDING,
    });
    // The jobs of a context may wait until the program asks for them.
    expect(result.after).toEqual({
      ...lost,
      readyApart: READY,
      pendingFunction: PENDING,
    });
    expect(result.waits).toHaveLength(2);
    for (const wait of result.waits) {
      expect(wait).toMatchObject({ kind: 'nothing', sure: true });
    }
    expect([result.extracted, result.gone, result.graph]).toEqual([
      READY,
      GONE,
      GONE,
    ]);
  });

  it('is said to be unknown where the queue cannot be read', async () => {
    const { stdout } = await runChild('gone.cjs', {
      env: { ASYNCTB_DISABLE: 'microtasks' },
    });
    const { before, gone } = JSON.parse(stdout) as Result;
    expect([before.goneItself, gone]).toEqual([READY, READY]);
  });
});
