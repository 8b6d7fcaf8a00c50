// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** A task is known again in the next dump, and how long it has been where it is. */

import type { TaskChanges } from 'asynctb';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Programs } from '../support/program';

interface Group {
  name: string;
  count: number;
  tasks: { id: string; seenMs: number }[];
}
interface Seen extends Record<'own' | 'other', Group[]> {
  changes: TaskChanges | null;
  changesOfOther: TaskChanges | null;
  line?: string;
}
type Dumps = Record<'first' | 'second' | 'third', Seen>;

const programs = new Programs();
let dumps: Dumps;
beforeAll(async () => {
  const program = programs.start('tasks/again.cjs', {
    nodeArgs: ['--expose-gc'],
  });
  await program.ended();
  expect(program.stderr).toBe('');
  dumps = JSON.parse(program.stdout) as Dumps;
});
afterEach(() => programs.end());

const groupOf = (groups: Group[], name: string): Group | undefined =>
  groups.find((group) => group.name === name);

describe.each(['own', 'other'] as const)('tasks of the %s thread', (thread) => {
  it('have ids of their own, three of a group at most', () => {
    const { first } = dumps;
    const ids = [...first.own, ...first.other].flatMap(({ tasks }) =>
      tasks.map(({ id }) => id),
    );
    expect(new Set(ids).size).toBe(ids.length);
    const waits = groupOf(first[thread], 'waits');
    expect(waits?.count).toBe(5);
    expect(waits?.tasks).toHaveLength(3);
    expect(waits?.tasks.every(({ seenMs }) => seenMs === 0)).toBe(true);
  });

  it('keep them, and have been seen for as long as they wait there', () => {
    const { first, second, third } = dumps;
    const ids = ({ tasks }: Group): string[] => tasks.map(({ id }) => id);
    const waits = [first, second, third].map(
      (dump) => groupOf(dump[thread], 'waits') as Group,
    );
    const [before, then, now] = waits as [Group, Group, Group];
    expect(ids(then).sort()).toEqual(ids(before).sort());
    expect(ids(now).sort()).toEqual(ids(before).sort());
    for (const { seenMs } of then.tasks) expect(seenMs).toBeGreaterThan(20);
    for (const { seenMs } of now.tasks) expect(seenMs).toBeGreaterThan(50);
  });
});

describe('a task that goes on', () => {
  it('has been seen for no time where it is now', () => {
    const { first, second, third } = dumps;
    const of = (groups: Group[]): Group['tasks'][number] | undefined =>
      groupOf(groups, 'moves')?.tasks[0];
    expect(of(second.own)).toEqual({ id: of(first.own)?.id, seenMs: 0 });
    expect(of(third.own)?.id).toBe(of(first.own)?.id);
    expect(of(third.own)?.seenMs).toBeGreaterThan(20);
  });

  it('nor one that comes back to the place where it was', () => {
    const { first, second } = dumps;
    const [before] = groupOf(first.own, 'loops')?.tasks ?? [];
    expect(groupOf(second.own, 'loops')?.tasks).toEqual([
      { id: before?.id, seenMs: 0 },
    ]);
  });

  it('and one that has ended is in no dump any more', () => {
    expect(groupOf(dumps.first.own, 'ends')?.count).toBe(1);
    expect(groupOf(dumps.second.own, 'ends')).toBeUndefined();
  });
});

describe('what has changed since the last dump', () => {
  const NONE = {
    sinceMs: expect.any(Number) as number,
    new: 0,
    gone: 0,
    moved: 0,
  };

  it('is not told by the first one', () => {
    const { changes, changesOfOther, line } = dumps.first;
    expect([changes, changesOfOther, line]).toEqual([null, null, undefined]);
  });

  it('is counted for each thread', () => {
    const { changes, changesOfOther, line } = dumps.second;
    expect(changes).toEqual({ ...NONE, gone: 1, moved: 2 });
    expect(changes?.sinceMs).toBeGreaterThan(20);
    expect(changesOfOther).toEqual(NONE);
    expect(line).toMatch(
      /^since the last dump, \d+ m?s before: 0 new tasks, 1 gone, 2 moved$/,
    );
  });

  it('may be nothing', () => {
    const { changes, line } = dumps.third;
    expect(changes).toEqual(NONE);
    expect(line).toMatch(/before, no task has come, gone or moved$/);
  });
});
