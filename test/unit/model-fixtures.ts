// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { offerAllFormats } from '../../lib/format/offer.js';
import { Frame, type FrameState } from '../../lib/model/frame.js';
import { Resource } from '../../lib/model/resource.js';
import { type FrameKind, Site } from '../../lib/model/site.js';
import { Stack } from '../../lib/model/stack.js';
import type {
  Captured,
  RawProcess,
  RawThread,
} from '../../lib/base/capture.js';
import {
  COMBINATORS,
  FRAME_KINDS,
  FRAME_STATES,
  NodeType,
} from '../../lib/base/capture-schema.js';
import { type Row, sitesOf, tableOf } from './capture-tables.js';

offerAllFormats();

export interface SiteFields {
  name?: string;
  script?: string;
  line?: number | null;
  column?: number | null;
  text?: string;
  kind?: FrameKind;
}

export function makeSite(fields: SiteFields = {}): Site {
  return new Site(
    fields.name ?? 'load',
    {
      scriptName: fields.script ?? '/app/src/load.js',
      lineNumber: fields.line === undefined ? 14 : fields.line,
      columnNumber: fields.column === undefined ? 13 : fields.column,
    },
    fields.text ?? '  const r = await fetch(url)',
    fields.kind ?? 'async-function',
  );
}

export function makeFrame(
  fields: SiteFields = {},
  state: FrameState = 'suspended',
): Frame {
  return new Frame(makeSite(fields), state);
}

/** A branch, as the input `index` of a combinator. */
export function branch(index: number | null, ...frames: Frame[]): Stack {
  return new Stack(undefined, frames, [], null, index);
}

/** The example of the design document. */
export function requestStack(root: unknown = undefined): Stack {
  const all = Frame.combinator('Promise.all', { total: 3, pending: 2 });
  all.branches = [branch(0, makeFrame()), branch(2, makeFrame())];
  return new Stack(root, [
    makeFrame({
      name: 'handle',
      script: '/app/src/server.js',
      line: 31,
      column: 18,
      text: '  const rows = await loadAll(ids);',
    }),
    makeFrame({
      name: 'loadAll',
      line: 9,
      column: 10,
      text: '\treturn await Promise.all(ids.map(load));',
    }),
    all,
  ]);
}

/** Builds what the native side hands over, sharing nothing by itself. */
export class RawThreadBuilder {
  readonly sites: Row<'site'>[] = [];
  readonly nodes: Row<'node'>[] = [];
  readonly branches: Row<'branch'>[] = [];
  readonly groups: Row<'group'>[] = [];
  readonly openRequests: Row<'openRequest'>[] = [];
  changes: Captured<'taskChanges'> | undefined;
  readonly activeResources: Row<'activeResource'>[] = [];
  readonly tasks: Row<'task'>[] = [];
  readonly contextEntries: Row<'contextEntry'>[] = [];

  site(fields: SiteFields = {}, state: FrameState = 'suspended'): number {
    const site = makeSite(fields);
    return (
      this.sites.push({
        functionName: site.functionName,
        scriptName: site.scriptName,
        line: site.lineNumber ?? 0,
        column: site.columnNumber ?? 0,
        lineText: site.lineText,
        kind: FRAME_KINDS.findIndex((kind) => kind === site.kind),
        state: FRAME_STATES.indexOf(state),
      }) - 1
    );
  }

  node(
    type: number,
    payload = 0,
    next = -1,
    branchesBegin = 0,
    branchesCount = 0,
    total = 0,
  ): number {
    const row = { type, payload, next, branchesBegin, branchesCount, total };
    return this.nodes.push(row) - 1;
  }

  frame(site: number, next = -1): number {
    return this.node(NodeType.frame, site, next);
  }

  combinator(
    name: (typeof COMBINATORS)[number],
    inputs: readonly (readonly [index: number, node: number])[],
    total = 0,
    next = -1,
  ): number {
    const begin = this.branches.length;
    for (const [input, node] of inputs) this.branches.push({ input, node });
    const kind = COMBINATORS.indexOf(name);
    return this.node(
      NodeType.combinator,
      kind,
      next,
      begin,
      inputs.length,
      total,
    );
  }

  leaf(): number {
    return this.node(NodeType.leaf);
  }

  cycle(): number {
    return this.node(NodeType.cycle);
  }

  ready(): number {
    return this.node(NodeType.ready);
  }

  /** One of the tasks of the last group. */
  task(fields: Row<'task'>, context: Record<string, string> = {}): void {
    const entries = Object.entries(context);
    this.tasks.push({
      group: this.groups.length - 1,
      id: this.tasks.length + 1,
      ageMs: -1,
      ...fields,
      contextBegin: this.contextEntries.length,
      contextCount: entries.length,
    });
    for (const [key, value] of entries)
      this.contextEntries.push({ key, value, isLasting: true });
  }

  group(count: number, node: number): void {
    this.groups.push({ count, node, sample: -1 });
  }

  build(fields: Partial<RawThread> = {}): RawThread {
    let taskCount = 0;
    for (const { count = 0 } of this.groups) taskCount += count;
    return {
      threadId: 0,
      name: 'main',
      status: 'ok',
      activity: 'idle',
      running: null,
      sites: sitesOf(...this.sites),
      sourceMaps: [],
      held: undefined,
      nodes: tableOf('node', this.nodes),
      branches: tableOf('branch', this.branches),
      groups: tableOf('group', this.groups),
      sampleNodes: tableOf('sampleNode', []),
      openRequests: tableOf('openRequest', this.openRequests),
      activeResources: tableOf('activeResource', this.activeResources),
      tasks: tableOf('task', this.tasks),
      contextEntries: tableOf('contextEntry', this.contextEntries),
      taskCount,
      evidence: undefined,
      changes: this.changes,
      stats: {
        heapObjects: 1_234_567,
        activations: 310,
        promises: 450,
        pauseMs: 12.345,
        waitMs: 0.5,
      },
      errors: [],
      ...fields,
    };
  }
}

export const RAW_PROCESS: RawProcess = {
  pid: 4242,
  node: '20.20.2',
  v8: '11.3.244.8',
  platform: 'linux',
  arch: 'x64',
  argv: ['/usr/bin/node', 'server.js', '--title', 'my server'],
  uptimeMs: 8_043_000,
};

export const META = {
  reason: 'signal',
  time: '2025-11-22T15:31:00.000Z',
} as const;

export class Transaction {}

/** The same with what its first frame holds. */
export function requestWithResource(): [Stack, Resource] {
  const stack = requestStack(Promise.resolve());
  const resource = new Resource(new Transaction(), true, 'tx', 28);
  resource.description = 'using tx = await db.begin()';
  stack.frames[0]?.resources.push(resource);
  return [stack, resource];
}

export function combinator(pending: number, total: number | null): Frame {
  return Frame.combinator('Promise.all', { total, pending });
}
