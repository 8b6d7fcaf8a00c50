// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { type Capabilities, capabilities, type CapabilityName } from 'asynctb';
import { beforeAll, describe, expect, it } from 'vitest';
import { runForJson } from '../support/child';
import { loadForms } from '../support/forms';

interface Result {
  capabilities: Capabilities;
  forms: number;
  /** The forms whose stack is not the full one, and the errors on it. */
  different: { name: string; block: string; messages: string[] }[];
  locals: boolean[];
  taskCount: number;
  dumpError: string | null;
  since: { frames: number; error: string | null };
}

/** What some V8s do not have at all. */
const NOT_EVERYWHERE = [
  'queryObjects',
  'resources',
  'functionNames',
  'nativeStacks',
  'wasmStacks',
];

const OFF = 'switched off by ASYNCTB_DISABLE';

function degraded(disabled: string): Promise<Result> {
  return runForJson<Result>('degraded.cjs', {
    env: { ASYNCTB_DISABLE: disabled },
  });
}

function unavailable(result: Result): string[] {
  return Object.entries(result.capabilities)
    .filter(([, { available }]) => !available)
    .map(([name]) => name);
}

/** What goes with a capability, because it is of no use or no truth without it. */
const dependents: Partial<Record<CapabilityName, CapabilityName[]>> = {
  functions: [
    'asyncFunctions',
    'asyncGenerators',
    'combinators',
    'resolvers',
    'callbacks',
    'modules',
    'positions',
  ],
  delegates: [],
  promises: [
    'asyncFunctions',
    'asyncGenerators',
    'combinators',
    'resolvers',
    'callbacks',
    'modules',
    'microtasks',
  ],
  asyncFunctions: ['modules'],
  asyncGenerators: [],
  combinators: [],
  resolvers: [],
  callbacks: [],
  modules: [],
  positions: [],
  generators: [
    'functions',
    'delegates',
    'promises',
    'asyncFunctions',
    'asyncGenerators',
    'combinators',
    'resolvers',
    'callbacks',
    'modules',
    'microtasks',
    'positions',
    'scopes',
  ],
};

describe('capabilities()', () => {
  it('are all there in the Node that this runs in', () => {
    const missing = Object.entries(capabilities()).filter(
      ([name, { available }]) => !available && !NOT_EVERYWHERE.includes(name),
    );
    expect(missing).toEqual([]);
  });

  it('say by what means, or why not', () => {
    for (const { available, via, reason } of Object.values(capabilities())) {
      expect(available ? via : reason).toMatch(/\w/);
      expect(available ? reason : via).toBeUndefined();
    }
  });

  it('are a copy', () => {
    capabilities().heapWalk.available = false;
    expect(capabilities().heapWalk.available).toBe(true);
  });
});

describe.each(Object.entries(dependents))(
  'with %s switched off',
  (name, gone) => {
    let result: Result;

    beforeAll(async () => {
      result = await degraded(name);
    });

    it('it says so, and what depends on it is off as well', () => {
      expect(result.capabilities[name as CapabilityName].reason).toBe(OFF);
      expect(unavailable(result)).toEqual(
        expect.arrayContaining([name, ...gone]),
      );
      for (const each of gone) {
        expect(result.capabilities[each].reason).toContain(OFF);
      }
    });

    it('the rest stays', () => {
      const allowed = [name, ...gone, ...NOT_EVERYWHERE];
      // A capability may depend on more than what is listed, but never on none of it.
      for (const each of unavailable(result)) {
        if (allowed.includes(each)) continue;
        expect(result.capabilities[each as CapabilityName].reason).toContain(
          OFF,
        );
      }
      expect(result.since).toEqual({ frames: 1, error: null });
    });

    it('some stacks say less, and each of those says why', () => {
      // An import is not among the forms.
      if (name !== 'modules') expect(result.different).not.toEqual([]);
      expect(
        result.different.filter(
          ({ messages }) => !messages.some((message) => message.includes(OFF)),
        ),
      ).toEqual([]);
      expect(result.different.length).toBeLessThan(result.forms);
    });
  },
);

describe('with', () => {
  // Either is enough; a V8 without queryObjects has the walk only.
  const hasBoth = capabilities().queryObjects.available;
  it.each([...(hasBoth ? ['heapWalk'] : []), 'queryObjects', 'inspector'])(
    '%s switched off, nothing is missing',
    async (name) => {
      const result = await degraded(name);
      expect(result.capabilities[name as CapabilityName].available).toBe(false);
      expect(result.different).toEqual([]);
      expect(result.dumpError).toBeNull();
      expect(result.taskCount).toBeGreaterThan(50);
    },
  );

  it('scopes switched off, there are no locals', async () => {
    const result = await degraded('scopes');
    expect(result.different).toEqual([]);
    expect(result.locals).toEqual([false]);
  });

  it('heapWalk and queryObjects switched off, generators still come out', async () => {
    const result = await degraded('heapWalk,queryObjects');
    const { sync = [] } = loadForms('generators');
    const names = result.different.map((form) => form.name);
    expect(names).not.toEqual([]);
    expect(sync.filter((form) => names.includes(form.name))).toEqual([]);
    expect(
      result.different.filter(({ messages }) => messages.length === 0),
    ).toEqual([]);
    expect(result.taskCount).toBe(0);
    expect(result.dumpError).toContain(OFF);
  });

  it('native reading switched off, single generators still come out', async () => {
    const result = await degraded('native');
    const { sync = [] } = loadForms('generators');
    const different = new Map(
      result.different.map((form) => [form.name, form]),
    );
    for (const { name, expected } of sync) {
      const found = different.get(name);
      const [first] = expected.trim().split('\n');
      // Of a chain the first frame, and that there is more.
      if (found === undefined) expect(expected.trim()).toBe(first);
      else expect(found.block.split('\n')[0]).toBe(first);
    }
    expect(
      result.different.filter(
        ({ messages }) => !messages.some((message) => message.includes(OFF)),
      ),
    ).toEqual([]);
    expect(result.locals).toEqual([true]);
    expect(result.dumpError).toContain(OFF);
  });

  it('all of it switched off, everything says why', async () => {
    const everything = Object.keys(capabilities()).join(',');
    const result = await degraded(everything);
    expect(unavailable(result).sort()).toEqual(
      Object.keys(capabilities()).sort(),
    );
    expect(
      result.different.every(({ messages }) =>
        messages.some(
          (message) =>
            message.includes('natively') && message.includes('inspector'),
        ),
      ),
    ).toBe(true);
    expect(result.taskCount).toBe(0);
  });

  it('a name that nobody knows, nothing changes', async () => {
    const result = await degraded('nonsense,,');
    expect(result.different).toEqual([]);
    expect(result.dumpError).toBeNull();
  });
});
