// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Work that is pending without an async function is a task as well. */

import { describe, expect, it } from 'vitest';
import { runForJson } from '../support/child';

type Groups = { count: number; frames: string[] }[];

async function groupsOf(name: string): Promise<Groups> {
  return await runForJson<Groups>('then-chains.cjs', { args: [name] });
}

describe('a chain that ends in a callback of the program', () => {
  it('is a task, from its last callback to what is pending', async () => {
    expect(await groupsOf('requests')).toEqual([
      { count: 3, frames: ['fail', 'render', 'toUser'] },
    ]);
  });

  it('is one task for each callback that nobody waits for', async () => {
    expect(await groupsOf('shared')).toEqual([
      { count: 2, frames: ['each'] },
      { count: 1, frames: ['other'] },
    ]);
  });

  it('stands above the async function that it waits for, and below the one that waits for it', async () => {
    expect(await groupsOf('functions')).toEqual([
      { count: 1, frames: ['last', 'after', 'inner'] },
      { count: 1, frames: ['outer', 'between'] },
    ]);
  });

  it('is one task together with the function, which is none of its own', async () => {
    expect(await groupsOf('handler')).toEqual([
      { count: 3, frames: ['respond', 'handle', 'inner'] },
      { count: 1, frames: ['report', 'handle', 'inner'] },
    ]);
  });

  it('is no task of its own where something else waits for it beside a combinator', async () => {
    expect(await groupsOf('shared inputs')).toEqual([
      { count: 1, frames: ['inner'] },
      { count: 1, frames: ['outer', 'first', 'inner'] },
      { count: 1, frames: ['third', 'second', 'inner'] },
    ]);
  });

  it('is told once where its callback settles two promises', async () => {
    expect(await groupsOf('thenables')).toEqual([
      { count: 1, frames: ['outer', 'rows'] },
      { count: 1, frames: ['promisified', 'inner'] },
    ]);
  });

  it('may stand above functions that wait for each other', async () => {
    expect(await groupsOf('rings')).toEqual([
      { count: 1, frames: ['above', 'ring'] },
    ]);
  });

  it('goes through combinators, and beside functions in them', async () => {
    expect(await groupsOf('combinators')).toEqual([
      { count: 1, frames: ['inner'] },
      { count: 1, frames: ['beside'] },
      { count: 1, frames: ['Promise.all'] },
    ]);
  });

  it('is nothing without a callback', async () => {
    expect(await groupsOf('promises')).toEqual([]);
  });

  it('has variables only where it has functions', async () => {
    expect(await groupsOf('locals')).toEqual([
      { count: 1, frames: ['outer {"id":"1"}', 'between', 'inner {"of":"2"}'] },
      { count: 1, frames: ['alone'] },
    ]);
  });
});
