// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Hooks on the frames of those who wait, and who waits for a target's own frame. */

import {
  callGraph,
  type CallGraph,
  customize,
  elaborateFrame,
  elaborateResource,
  extract,
  extractOutermost,
  extractSince,
  findAwaiters,
  type Frame,
  localResource,
  PRUNE,
  type Stack,
  unwrapItem,
} from 'asynctb';
import { describe, expect, it } from 'vitest';
import { runFormatters } from '../support/assert-stack';
import { loadProgram } from '../support/forms';
import { frameOf, namesOf, registering } from '../support/hooks';

const { parked } = loadProgram<{ parked(): Promise<void> }>('deferred.cjs');
const register = registering();

class Lock {}

async function leaf(gate: Promise<unknown>) {
  await gate;
}
async function caller(promise: Promise<unknown>) {
  const lock = new Lock();
  await promise;
  return lock;
}
async function top(promise: Promise<unknown>) {
  await promise;
}

/** Of tasks that wait for each other: leaf, caller and top; and another caller, if asked for. */
async function waiting(twice = false) {
  const gate = new Promise(() => {});
  const target = leaf(gate);
  const tasks = [top(caller(target)), ...(twice ? [caller(target)] : [])];
  await parked();
  return { target, tasks };
}

/** From the target up, as long as one waits. */
function* upward(graph: CallGraph): Generator<Stack> {
  for (
    let at: CallGraph | undefined = graph;
    at !== undefined;
    at = at.awaitedBy[0]
  ) {
    yield at.stack;
  }
}

function graphOf(target: unknown, options?: object): Stack[] {
  const graph = callGraph(target, options);
  expect(() => graph.format()).not.toThrow();
  expect(() => JSON.stringify(graph)).not.toThrow();
  return [...upward(graph)];
}

describe('hooks on those who wait, in a call graph', () => {
  it('P44 the rules of who waits: hidden, and without its line', async () => {
    const { target, tasks } = await waiting();
    register(
      customize(caller, { hide: true }),
      customize(top, { hideLine: true, prune: true }),
    );
    const frames = graphOf(target).map(({ frames: [first] }) => first);
    expect(
      frames.map((frame) => [
        frame?.functionName,
        frame?.hide,
        frame?.hideLine,
      ]),
    ).toEqual([
      ['leaf', false, false],
      ['caller', true, false],
      ['top', false, true],
    ]);
    const text = callGraph(target).format();
    expect(text).toContain('(1 frame hidden)');
    expect(text).toContain('top at');
    expect(text).not.toContain('caller at');
    expect(tasks).toHaveLength(1);
  });

  it('P41 a hook sees who waits, and for what; what it says of the inside does not count', async () => {
    const { target, tasks } = await waiting();
    const seen: unknown[] = [];
    register(
      elaborateFrame.register(caller, (frame, next) => {
        seen.push(frame.functionName, (next as Frame).functionName);
        frame.hideLine = true;
        return PRUNE;
      }),
      elaborateFrame.register(top, () => ['something else']),
    );
    const stacks = graphOf(target);
    expect(seen).toEqual(['caller', 'leaf']);
    expect(stacks.map(namesOf)).toEqual([['leaf'], ['caller'], ['top']]);
    expect(stacks[1]?.frames[0]?.hideLine).toBe(true);
    expect(stacks.flatMap(({ error }) => error ?? [])).toEqual([]);
    expect(stacks[2]?.leaves).toEqual([]);
    expect(tasks).toHaveLength(1);
  });

  it('P41 a hook that throws is an error there, and the way up goes on', async () => {
    const { target, tasks } = await waiting();
    register(
      customize(caller, {
        hide: true,
        elaborate: () => {
          throw new Error('the hook is wrong');
        },
      }),
    );
    const [own, second, third] = graphOf(target);
    expect(own?.error).toBeNull();
    expect(second?.error?.message).toBe('the hook is wrong');
    expect(second?.frames[0]?.hide).toBe(false);
    expect(namesOf(third as Stack)).toEqual(['top']);
    expect(tasks).toHaveLength(1);
  });

  it('P42 the hooks on what they hold, unless resources are not asked for', async () => {
    const { target, tasks } = await waiting();
    let asked = 0;
    register(
      localResource.register(Lock),
      elaborateResource.register(Lock, (_value, resource) => {
        asked++;
        resource.description = 'a lock';
      }),
    );
    const [, second] = graphOf(target);
    const [resource] = second?.frames[0]?.resources ?? [];
    expect(resource?.description).toBe('a lock');
    expect(asked).toBe(1);
    expect(graphOf(target, { resources: false })[1]?.frames).toMatchObject([
      { resources: [] },
    ]);
    expect(tasks).toHaveLength(1);
  });

  it('P41 of the task that runs: its running frames, and who waits for it', async () => {
    let graph: CallGraph | null = null;
    function inner() {
      graph = callGraph();
    }
    async function runs() {
      await null;
      inner();
    }
    register(
      customize(inner, { hideLine: true }),
      customize(caller, { hide: true }),
    );
    await caller(runs());
    const [own, above] = [...upward(graph as unknown as CallGraph)];
    expect(namesOf(own as Stack)).toEqual(['runs', 'inner']);
    expect(own?.frames[1]?.hideLine).toBe(true);
    expect(above?.frames).toMatchObject([
      { functionName: 'caller', hide: true },
    ]);
  });
});

describe('hooks on those who wait, with the option awaiters', () => {
  it('P44 where several wait, each is looked at', async () => {
    const { target, tasks } = await waiting(true);
    const asked: unknown[] = [];
    register(
      localResource.register(Lock),
      elaborateResource.register(Lock, () => void asked.push('lock')),
      customize(caller, { hide: true }),
      elaborateFrame.register(top, (_frame, next) => {
        asked.push((next as Frame).functionName);
      }),
    );
    const stack = extract(target, { awaiters: true });
    expect(() => runFormatters(stack)).not.toThrow();
    const branches = stack.frames[0]?.branches ?? [];
    expect(branches.map(namesOf)).toEqual([['top', 'caller'], ['caller']]);
    expect(
      branches.map((branch) => branch.frames.map(({ hide }) => hide)),
    ).toEqual([[false, true], [true]]);
    expect(asked.sort()).toEqual(['caller', 'lock', 'lock']);
    expect(namesOf(stack).slice(1)).toEqual(['leaf']);
    expect(tasks).toHaveLength(2);
  });

  it('P44 of the running stack too', async () => {
    let stack: Stack | null = null;
    async function runs() {
      await null;
      stack = extractSince(runs, { awaiters: true });
    }
    register(customize(caller, { hide: true }));
    const running = runs();
    await Promise.all([top(caller(running)), caller(running)]);
    const [first] = (stack as unknown as Stack).frames;
    expect(
      first?.branches.map((branch) => frameOf(branch, 'caller').hide),
    ).toEqual([true, true]);
  });
});

describe('who waits for the own frame of a target', () => {
  async function works(gate: Promise<unknown>) {
    await gate;
  }
  async function customer(ticket: Promise<unknown>) {
    await ticket;
  }

  async function apart() {
    const gate = new Promise(() => {});
    const ticket = new Promise(() => {});
    const tasks = [works(gate), customer(ticket)] as const;
    await parked();
    register(findAwaiters.register(works, () => ticket));
    return { target: tasks[0], tasks };
  }

  it('P12 the option awaiters asks hooks, as a call graph does', async () => {
    const { target, tasks } = await apart();
    expect(graphOf(target).map(namesOf)).toEqual([['works'], ['customer']]);
    const stack = extract(target, { awaiters: true });
    expect(namesOf(stack)).toEqual(['customer', 'works']);
    expect(extractOutermost(target, { awaiters: true }).functionName).toBe(
      'customer',
    );
    expect(tasks).toHaveLength(2);
  });

  it('P12 also of a target that hooks are asked about, if they leave it as it is', async () => {
    const { target, tasks } = await apart();
    class Job {}
    const takeBack = unwrapItem.register(
      (item) => item === target,
      () => undefined,
    );
    const all = { awaiters: true };
    expect(namesOf(extract(target, all))).toEqual(['customer', 'works']);
    takeBack();
    // What it leads to is not itself what somebody waits for.
    register(unwrapItem.register(Job, () => target));
    expect(namesOf(extract(new Job(), all))).toEqual(['works']);
    expect(namesOf(extract(new Job()))).toEqual(['works']);
    expect(tasks).toHaveLength(2);
  });

  it('P12 who is found so counts for the frames that a stack may have', async () => {
    const { target, tasks } = await apart();
    register(
      unwrapItem.register(
        (item) => item === target,
        () => undefined,
      ),
    );
    const stack = extract(target, { awaiters: true, maxFrames: 1 });
    expect(namesOf(stack)).toEqual(['customer', 'works']);
    expect(stack.error).toBeNull();
    expect(tasks).toHaveLength(2);
  });
});
