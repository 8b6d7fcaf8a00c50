// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  capabilities,
  elaborateResource,
  extract,
  extractSince,
  type Frame,
  type Resource,
} from 'asynctb';
import { describe, expect, it } from 'vitest';
import { describeForms } from '../support/describe-forms';
import { Held, loadResourceForms, loadResources } from '../support/resources';

// A question to V8: without the syntax the file does not even compile.
const hasUsing = capabilities().resources.available;

type Look = () => unknown;
type AnyFunction = (...args: never[]) => unknown;

interface Running {
  nested: (look: Look) => void;
  caller: (look: Look) => void;
  asynchronous: (look: Look) => Promise<void>;
  generator: (look: Look) => Generator;
  leaving: (look: Look, label: string) => string;
  callsItself: (look: Look) => unknown;
  callsByName: (look: Look) => unknown;
}

function since(fn: AnyFunction, call: (look: Look) => unknown): Frame[] {
  let frames: Frame[] = [];
  call(() => {
    frames = extractSince(fn).frames;
  });
  return frames;
}

const labelOf = ({ value }: { value: unknown }): string =>
  (value as { label: string }).label;

function summarize({ description, ...resource }: Resource): string | null {
  expect(description).toContain(`${resource.name} = `);
  return description;
}

describe.runIf(hasUsing)('using declarations', () => {
  if (!hasUsing) return;
  for (const [group, forms] of Object.entries(loadResourceForms('using'))) {
    describeForms(group, forms);
  }
});

describe.runIf(hasUsing)('using declarations of running frames', () => {
  if (!hasUsing) return;
  const programs = loadResources<Running>('using-running');

  it('P20 of a running frame: what is held, with names and lines', () => {
    const [frame] = since(programs.nested, programs.nested);
    expect(frame?.resources.map(summarize)).toEqual([
      "using a = new Held('a')",
      "using b = new Held('b')",
      "using c = new Held('c')",
    ]);
    const lines = frame?.resources.map(({ lineNumber }) => lineNumber) ?? [];
    expect(lines.map((line) => (line ?? 0) - (lines[0] ?? 0))).toEqual([
      0, 6, 7,
    ]);
  });

  it('P20 of several running frames, each its own', () => {
    const frames = since(programs.caller, programs.caller);
    expect(
      frames.slice(0, 2).map(({ resources }) => resources.map(labelOf)),
    ).toEqual([['outside'], ['a', 'b', 'c']]);
  });

  it('P20 of a running async function, and of a generator', async () => {
    const found: Frame[][] = [];
    const { asynchronous, generator } = programs;
    const target = asynchronous(() => found.push(extract(target).frames));
    await target;
    const suspendable = generator(() =>
      found.push(extract(suspendable).frames),
    );
    suspendable.next();
    expect(found.map(([frame]) => frame?.resources.map(summarize))).toEqual([
      ["using a = new Held('a')", "await using b = new Held('b')"],
      ["using a = new Held('a')"],
    ]);
  });

  it('P22 of a running frame: what is being disposed of, and no longer what was', () => {
    const states = (label: string): string[] => {
      const [frame, next] = since(programs.leaving, (look) =>
        programs.leaving(look, label),
      );
      expect(next?.functionName).toBe('[Symbol.dispose]');
      return (frame?.resources ?? []).map(
        ({ name, isExiting }) => `${name}${isExiting ? ' exiting' : ''}`,
      );
    };
    expect(states('c')).toEqual(['a', 'b', 'c exiting']);
    expect(states('b')).toEqual(['a', 'b exiting']);
    expect(states('a')).toEqual(['a exiting']);
  });

  it.each(['callsItself', 'callsByName'] as const)(
    'P22 a running frame that calls the method itself leaves nothing: %s',
    (name) => {
      const [frame] = since(programs[name], programs[name]);
      expect(frame?.resources.map(({ isExiting }) => isExiting)).toEqual([
        false,
        false,
      ]);
    },
  );

  it('P42 the hooks of the resources of a running frame', () => {
    const remove = elaborateResource.register(Held, (value, resource) => {
      resource.description = `held: ${labelOf({ value })}`;
    });
    const [frame] = since(programs.nested, programs.nested);
    remove();
    expect(frame?.resources.map(({ description }) => description)).toEqual([
      'held: a',
      'held: b',
      'held: c',
    ]);
  });
});

describe.runIf(!hasUsing)('without using declarations', () => {
  it('P20 the capability says why', () => {
    expect(capabilities().resources.reason).toBe(
      'this V8 has no `using` declarations',
    );
  });
});
