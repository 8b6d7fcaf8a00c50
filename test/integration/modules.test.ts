// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, it } from 'vitest';
import { runForJson } from '../support/child';
import { expectBlock } from '../support/assert-stack';
import { formsDirectory } from '../support/forms';

interface ImportResult {
  blocks: string[];
  exports: string[];
  values: Record<string, unknown>;
}

interface EntryResult {
  groups: { count: number; block: string }[];
  text: string;
  code: number;
}

/** `gates`: what it waits for, one after the other (`;`) or at once (`,`). */
function imported(
  name: string,
  gates: string,
  throughFunction = false,
): Promise<ImportResult> {
  return runForJson('modules/run.mjs', {
    args: throughFunction ? [name, 'load'] : [name],
    env: { GATES: gates },
  });
}

function asEntry(name: string, gates: string): Promise<EntryResult> {
  return runForJson(`modules/${name}.mjs`, {
    flags: ['--require', `${formsDirectory}modules/dump-later.cjs`],
    env: { GATES: gates },
  });
}

const child = `module <anonymous> @child
leaf promise`;

/** A module that waits for one that it imports. */
const waits = (name: string): string =>
  `module <anonymous> @${name}-import not-started\n`;

const throughParents: Record<string, string> = {
  parent: `${waits('parent')}${child}`,
  grandparent: `${waits('grandparent')}${waits('parent')}${child}`,
};

const twoChildren = `${waits('two')}import (2 of ?)
  []
    module <anonymous> @child
    leaf promise
  []
    module <anonymous> @other-child
    async-function helper @helper
    leaf promise`;

const inDump = (block: string): string =>
  block.replaceAll('leaf promise', 'leaf Promise { <pending> }');

describe('a dynamic import of a module', () => {
  it('that awaits at its top level', async () => {
    const { blocks, values } = await imported('child', 'child');
    expectBlock(blocks[0] ?? '', child);
    expect(values).toEqual({ value: 'child' });
  });

  it.each(['parent', 'grandparent'])(
    'that imports one that does: %s',
    async (name) => {
      const { blocks } = await imported(name, 'child');
      expectBlock(blocks[0] ?? '', throughParents[name] ?? '');
    },
  );

  it('that imports two of them', async () => {
    const { blocks, values } = await imported('two-children', 'child,other');
    expectBlock(blocks[0] ?? '', twoChildren);
    expect(values).toEqual({ both: ['child', 'other'] });
  });

  it('that waits for another one, then in a loop, then once more', async () => {
    const { blocks, values } = await imported(
      'after-child',
      'child;after;later',
    );
    expect(blocks).toHaveLength(3);
    expectBlock(blocks[0] ?? '', `${waits('after')}${child}`);
    expectBlock(
      blocks[1] ?? '',
      'module <anonymous> @after-loop\nleaf promise',
    );
    expectBlock(blocks[2] ?? '', 'module <anonymous> @after\nleaf promise');
    expect(values).toEqual({ after: 'later' });
  });

  it('inside of an async function', async () => {
    const { blocks } = await imported('two-children', 'child,other', true);
    expectBlock(blocks[0] ?? '', `async-function load @loader\n${twoChildren}`);
  });

  it('that imports another one dynamically at its top level', async () => {
    const { blocks, exports } = await imported('dynamic', 'child');
    expectBlock(blocks[0] ?? '', `module <anonymous> @eager\n${child}`);
    expect(exports).toEqual(['eager', 'load']);
  });

  it('that is one of two that import each other', async () => {
    const { blocks } = await imported('cycle-a', 'b;a');
    expectBlock(
      blocks[0] ?? '',
      `${waits('cycle-a')}module <anonymous> @cycle-b\nleaf promise`,
    );
    expectBlock(blocks[1] ?? '', 'module <anonymous> @cycle-a\nleaf promise');
  });
});

describe('an entry module', () => {
  // Linked, it looks like an async function before its first await.
  it('that awaits itself, once what it imports has ended', async () => {
    const { groups } = await asEntry('awaits-too', 'child');
    const block = inDump(`${waits('too')}${child}`);
    expect(groups).toEqual([{ count: 1, block }]);
  });

  it('that awaits at its top level', async () => {
    const { groups, text, code } = await asEntry('child', 'child');
    expect(groups.map(({ block }) => block)).toEqual([inDump(child)]);
    expect(text).toMatch(/<module> at \S+child\.mjs:\d+:\d+/);
    expect(code).toBe(0);
  });

  it('that imports one that does', async () => {
    const { groups, code } = await asEntry('grandparent', 'child');
    const block = inDump(throughParents['grandparent'] ?? '');
    expect(groups).toEqual([{ count: 1, block }]);
    expect(code).toBe(0);
  });

  it('that imports two of them is one task', async () => {
    const { groups, code } = await asEntry('two-children', 'child,other');
    expect(groups.map(({ block }) => block)).toEqual([inDump(twoChildren)]);
    expect(code).toBe(0);
  });
});
