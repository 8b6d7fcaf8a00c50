// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  type Dump,
  dump,
  dumpAsync,
  type Stack,
  type TaskGroup,
} from 'asynctb';
import { afterAll, describe, expect, it } from 'vitest';

const hold: (() => void)[] = [];
const gate = (): Promise<void> => new Promise((resolve) => hold.push(resolve));

afterAll(() => {
  for (const open of hold) open();
});

async function run(text: string): Promise<string> {
  await gate();
  return text;
}
async function listOrders(user: string): Promise<string> {
  return await run(`orders of ${user}`);
}
async function deleteAccount(user: string): Promise<string> {
  return await run(`account of ${user}`);
}
async function both(owner: string): Promise<string> {
  const parts = await Promise.all([
    listOrders(`${owner}, first`),
    listOrders(`${owner}, second`),
    deleteAccount(owner),
  ]);
  return owner + parts.join();
}
async function onShared(
  mine: string,
  shared: Promise<string>,
): Promise<string> {
  return mine + (await shared);
}
async function inRing(place: string, next: Promise<unknown>): Promise<string> {
  await next;
  return place;
}
async function crowd(index: number): Promise<number> {
  await gate();
  return index;
}

function groupsOf(from: Dump, name: string): TaskGroup[] {
  return from.threads
    .flatMap(({ groups }) => groups)
    .filter(({ stack }) => stack.frames[0]?.functionName === name);
}

/** The variables of a stack and its branches, in order. */
function localsOf(stack: Stack): unknown[] {
  return stack.frames.flatMap((frame) => [
    ...Object.values(frame.locals ?? {}).filter((v) => typeof v === 'string'),
    ...frame.branches.flatMap(localsOf),
  ]);
}

function only(groups: TaskGroup[]): TaskGroup {
  expect(groups).toHaveLength(1);
  return groups[0] as TaskGroup;
}

describe('the variables in a dump', () => {
  const tasks = [
    listOrders('alice'),
    listOrders('bob'),
    deleteAccount('carol'),
    both('dave'),
    both('erin'),
  ];

  it.each([
    ['dump', (): Dump => dump({ locals: true })],
    ['dumpAsync', (): Promise<Dump> => dumpAsync({ locals: true })],
  ])('of %s are those of one task, from top to bottom', async (_name, take) => {
    const taken = await take();
    const orders = only(groupsOf(taken, 'listOrders'));
    expect(orders.count).toBe(2);
    expect(orders.sampled).toBe(1);
    const [user] = localsOf(orders.stack);
    expect(localsOf(orders.stack)).toEqual([user, `orders of ${String(user)}`]);
    expect(localsOf(only(groupsOf(taken, 'deleteAccount')).stack)).toEqual([
      'carol',
      'account of carol',
    ]);
  });

  it('are those of the same task in all its branches', () => {
    const group = only(groupsOf(dump({ locals: true }), 'both'));
    expect(group.count).toBe(2);
    const [owner, ...rest] = localsOf(group.stack).map(String);
    expect(rest).toEqual([
      `${owner}, first`,
      `orders of ${owner}, first`,
      `${owner}, second`,
      `orders of ${owner}, second`,
      owner,
      `account of ${owner}`,
    ]);
  });

  it('of what several tasks wait for belong to all of them', () => {
    const shared = run('shared by two');
    tasks.push(onShared('one', shared), onShared('two', shared));
    const group = only(groupsOf(dump({ locals: true }), 'onShared'));
    expect(group.count).toBe(2);
    expect(localsOf(group.stack)).toEqual(['one', 'shared by two']);
  });

  it('of tasks that wait for each other end where the stack does', () => {
    let close: (promise: Promise<unknown>) => void = () => undefined;
    const last = new Promise((resolve) => {
      close = resolve;
    });
    const first = inRing('first', inRing('second', inRing('third', last)));
    close(first);
    const { threads } = dump({ locals: true });
    const rings = threads
      .flatMap(({ groups }) => groups)
      .filter(({ stack }) => stack.frames[0]?.functionName === 'inRing');
    expect(localsOf(only(rings).stack).sort()).toEqual([
      'first',
      'second',
      'third',
    ]);
  });

  it('are said to be of one of several tasks, in text and in JSON', () => {
    const taken = dump({ locals: true });
    const text = String(taken);
    expect(text).toMatch(
      /^2 tasks wait here[^\n]*:\n\(locals of 1 of 2 tasks: those of the others may differ\)\n╠ listOrders at /mu,
    );
    expect(text).toMatch(/^1 task waits here[^\n]*:\n╠ deleteAccount at /mu);
    const [group] = groupsOf(taken, 'listOrders');
    expect(group?.toJSON({ locals: true })).toMatchObject({
      count: 2,
      sampled: 1,
    });
    expect(group?.toJSON()).not.toHaveProperty('sampled');
    const plain = dump();
    expect(String(plain)).not.toContain('(locals of');
    expect(groupsOf(plain, 'listOrders')[0]?.sampled).toBe(0);
  });

  it('and functions are held by no frame of a dump', () => {
    for (const { stack } of dump({ locals: true }).threads.flatMap(
      ({ groups }) => groups,
    )) {
      for (const frame of stack.frames) {
        expect(frame.function).toBeNull();
        expect(frame.receiver).toBeUndefined();
      }
    }
  });

  it('are read once a group, however many tasks it has', () => {
    for (let i = 0; i < 50_000; i++) void crowd(i);
    const taken = dump({ locals: true });
    const group = only(groupsOf(taken, 'crowd'));
    expect(group.count).toBe(50_000);
    expect(typeof group.stack.frames[0]?.locals?.index).toBe('number');
    const before = process.memoryUsage().rss;
    dump({ locals: true });
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1024 * 1024);
  });
});
