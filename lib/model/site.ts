// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeMap, MapFrom } from '../base/lists.js';
import {
  MapPrototypeGet,
  StringPrototypeStartsWith,
} from '../base/primordials.js';
import type { RawThread, Sites } from '../base/capture.js';
import { COMBINATORS, FRAME_KINDS, SiteMark } from '../base/capture-schema.js';
import type { Deadlock } from './deadlock.js';
import { type Origin, originOf } from './origin.js';
import type { WaitReason } from './wait-reason.js';
import type { Resource } from './resource.js';
import type { Stack } from './stack.js';
import { isOfTestRunner } from './test-runners.js';
import type { Verdict } from './verdict.js';

export type FrameKind = (typeof FRAME_KINDS)[number] | 'combinator';

/** What waits for several promises at once. */
export type CombinatorName = (typeof COMBINATORS)[number];

/** A place in a script. Lines and columns are 1-based, null when unknown. */
export interface SourcePosition {
  readonly scriptName: string;
  readonly lineNumber: number | null;
  readonly columnNumber: number | null;
}

/**
 * A place in the program, described once and shared by all frames that stand there: a dump has
 * many frames and few sites.
 */
export class Site implements SourcePosition {
  /** Empty for an anonymous function. */
  readonly functionName: string;
  /** A path, a `file:` or `node:` URL, or what `vm` and `eval` gave; empty when unknown. */
  readonly scriptName: string;
  /** 1-based, null when unknown. */
  readonly lineNumber: number | null;
  /** 1-based, null when unknown. */
  readonly columnNumber: number | null;
  /**
   * The line as it stands in the source, indentation included, without its end; of one with more
   * than 240 characters, the 240 around the column, with `…` where it was cut. Empty when unknown.
   */
  readonly lineText: string;
  readonly kind: FrameKind;
  /** Node's own code, which output leaves out unless asked. */
  readonly internal: boolean;
  /** Where the code that ran stands, when the position above was mapped back from there. */
  readonly generated: SourcePosition | null;
  /** What frames here begin with as their `hide`; for who knows scripts, before they are made. */
  hide = false;
  /** What is doubtful about the position: why a source map was not used. Null: nothing. */
  note: string | null = null;
  /** The functions here were given more names of their own than are told apart. */
  severalNames = false;
  #origin: Origin | null = null;
  /** Which function, by its source: as `functionId` gives it; empty when unknown. */
  readonly functionId: string;

  constructor(
    functionName: string,
    position: SourcePosition,
    lineText: string,
    kind: FrameKind,
    generated: SourcePosition | null = null,
    functionId = '',
  ) {
    this.functionName = functionName;
    this.scriptName = position.scriptName;
    this.lineNumber = position.lineNumber;
    this.columnNumber = position.columnNumber;
    this.lineText = lineText;
    this.kind = kind;
    this.internal = StringPrototypeStartsWith(position.scriptName, 'node:');
    this.generated = generated;
    this.functionId = functionId;
  }

  /** Whose code it is: the program's own, an installed library's, or Node's. */
  get origin(): 'own' | 'library' | 'node' {
    this.#origin ??= originOf(this.scriptName);
    return this.#origin;
  }

  ofKind(kind: FrameKind): Site {
    const { functionName, lineText, generated, functionId } = this;
    const site = new Site(
      functionName,
      this,
      lineText,
      kind,
      generated,
      functionId,
    );
    return site.#like(this);
  }

  /** The same place in another thread, where the number of its function means nothing. */
  withoutId(): Site {
    const { functionName, lineText, kind, generated } = this;
    const site = new Site(functionName, this, lineText, kind, generated);
    return site.#like(this);
  }

  /** The same place, with what is doubtful about it. */
  noting(note: string): Site {
    const site = new Site(
      this.functionName,
      this,
      this.lineText,
      this.kind,
      this.generated,
      this.functionId,
    );
    site.#like(this);
    site.note = note;
    return site;
  }

  /** The same place, as it stands in the source that this code was made of. */
  at(
    origin: SourcePosition & { readonly lineText: string },
    functionName = this.functionName,
  ): Site {
    const { scriptName, lineNumber, columnNumber } = this;
    const generated = { scriptName, lineNumber, columnNumber };
    const site = new Site(
      functionName,
      origin,
      origin.lineText,
      this.kind,
      generated,
      this.functionId,
    );
    return site.#like(this);
  }

  #like({ hide, note, severalNames }: Site): this {
    this.hide = hide;
    this.note = note;
    this.severalNames = severalNames;
    return this;
  }
}

/** How the sites of a capture become those of the model. `at`: which of them. */
type SiteMaker = (sites: Sites, at: number) => Site;

/** A capture, and what is known beside it. */
export interface CapturedThread extends RawThread {
  /** Set where the sites' scripts can be asked for their source maps; else they are plain. */
  readonly makeSite?: SiteMaker;
  /**
   * When locals were asked for: a node's variables by name, described; undefined: none. Each group's
   * nodes are then those of one of its tasks.
   */
  readonly locals?: readonly (Record<string, unknown> | undefined)[];
  /** By the node at which tasks begin: what is known of them besides what their frames say. */
  readonly verdicts?: readonly (Verdict | undefined)[];
  /** What somebody else has asked for, at the same time, is not for all dumps. */
  readonly showsAllContext?: boolean;
  /**
   * Why stacks of some groups end below a node, or in one of its branches; -1: it has none. Null: nothing is known of
   * it.
   */
  readonly reasonAt?: (
    groups: readonly number[],
    node: number,
    branch: number,
  ) => WaitReason | null;
  /** Tasks that wait for each other by way of what they hold, and which groups are some of them. */
  readonly deadlocks?: () => {
    readonly found: readonly Deadlock[];
    readonly groups: ReadonlySet<number>;
  };
  /** Where a position of a script comes from; null when that is the position itself. */
  readonly originOf?: (
    script: number,
    position: SourcePosition,
  ) => SourcePosition | null;
  /** What the frame of a node holds, when anything was captured of that. */
  readonly resourcesAt?: (
    node: number,
    stackAt: (node: number) => Stack,
  ) => Resource[];
}

/** At the position that V8 gave. */
export function plainSite(sites: Sites, at: number): Site {
  const line = sites.line[at] ?? 0;
  const column = sites.column[at] ?? 0;
  const site = new Site(
    sites.functionName[at] ?? '',
    {
      scriptName: sites.scriptName[at] ?? '',
      lineNumber: line > 0 ? line : null,
      columnNumber: column > 0 ? column : null,
    },
    sites.lineText[at] ?? '',
    FRAME_KINDS[sites.kind[at] ?? -1] ?? 'function',
    null,
    sites.functionId[at],
  );
  site.hide = isOfTestRunner(site);
  site.severalNames = hasMark(sites, at, SiteMark.severalNames);
  return site;
}

/** Whether a site has one of the marks of `SiteMark`. */
export function hasMark(sites: Sites, at: number, mark: number): boolean {
  return ((sites.marks[at] ?? 0) & mark) !== 0;
}

const NOWHERE: SourcePosition = {
  scriptName: '',
  lineNumber: null,
  columnNumber: null,
};

const COMBINATOR_SITES: ReadonlyMap<string, Site> = MapFrom(
  ArrayPrototypeMap(COMBINATORS, (name) => [name, combinator(name)]),
);

function combinator(name: string): Site {
  return new Site(name, NOWHERE, '', 'combinator');
}

export function combinatorSite(
  name: CombinatorName | `awaited by ${number}`,
): Site {
  return MapPrototypeGet(COMBINATOR_SITES, name) ?? combinator(name);
}
