// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayPrototypeEvery,
  ArrayPrototypeForEach,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
} from '../base/lists.js';
import {
  GlobalMap,
  MapPrototypeGet,
  MapPrototypeSet,
  MathMax,
  MathMin,
} from '../base/primordials.js';
import { hasHideLocal, hidesItself } from '../hooks/hide.js';
import { type AnyFunction, Frame } from '../model/frame.js';
import { Site } from '../model/site.js';
import { Detail } from '../base/capture-schema.js';
import type { Binding } from '../engine/binding.js';
import { requireNative } from '../engine/capabilities.js';
import type { Sites, Table } from '../base/capture.js';
import { liveSite } from '../source-maps/live-sites.js';
import { EVERY_FRAME, framesOutside } from './frames-outside.js';
import type { ResolvedOptions } from '../base/options.js';
import { type FrameReader, frameResources } from '../resources/resources.js';
import { mergeScopes } from '../resources/scopes.js';

/** What is to be read of each frame. */
type Wanted = Pick<ResolvedOptions, 'locals' | 'resources'>;

/**
 * The stack that is running now, seen from outside of asynctb: its frames end with the caller of
 * the public function.
 */
export class RunningStack {
  readonly #binding: Binding;
  readonly #wanted: Wanted;
  /** A frame is its index here. */
  readonly #reader: FrameReader;
  /** Innermost first, those of asynctb included. */
  readonly #raw: Sites;
  /** Outermost first. */
  readonly #sites: readonly Site[];
  /** Innermost first, those of asynctb included. */
  readonly #known: Table<'runningFrame'>;

  /** `entry` is the public function that the program called. */
  constructor(entry: AnyFunction, wanted: Wanted) {
    this.#binding = requireNative();
    this.#wanted = wanted;
    const binding = this.#binding;
    this.#reader = {
      scopes: (index) => binding.runningScopes([index as number])[0],
      registerObjects: () => undefined,
      closureScopes: (fn) => binding.closureScopes(fn),
      sourceText: (fn, start, end) => binding.sourceText(fn, start, end),
      sourceMapUrl: (script) => binding.sourceMapUrl(script),
    };
    const flags = wanted.resources ? Detail.resources : 0;
    const { sites, frames } = this.#binding.running(EVERY_FRAME, flags);
    this.#known = frames;
    this.#raw = sites;
    const outside = MathMin(framesOutside(entry), sites.length);
    const own: Site[] = [];
    for (let index = 0; index < outside; index++)
      ArrayPrototypePush(own, liveSite(sites, this.#rawIndex(index)));
    this.#sites = own;
  }

  get length(): number {
    return this.#sites.length;
  }

  /** Whether the frames from `from` up to `to` are all Node's own. */
  isNodes(from: number, to: number): boolean {
    return ArrayPrototypeEvery(
      ArrayPrototypeSlice(this.#sites, from, to),
      ({ internal }) => internal,
    );
  }

  /** Where the innermost activation of `fn` is; null: it does not run. */
  indexOf(fn: AnyFunction): number | null {
    const index = framesOutside(fn);
    if (index >= this.#sites.length) return null;
    // None outside: it is the outermost frame, or not on the stack at all.
    return index > 0 || requireNative().activations(fn) > 0 ? index : null;
  }

  /**
   * Where one of several activations of `fn` is, counted from the innermost. Null when it cannot
   * be told: another function of its name runs too, or the optimizer has inlined some.
   */
  indexOfActivation(
    fn: AnyFunction,
    activation: number,
    activations: number,
  ): number | null {
    const innermost = this.indexOf(fn);
    if (innermost === null) return null;
    const { functionName, scriptName } = this.#sites[innermost] as Site;
    const alike: number[] = [];
    for (let index = innermost; index >= 0; index--) {
      const site = this.#sites[index] as Site;
      if (
        site.functionName === functionName &&
        site.scriptName === scriptName
      ) {
        ArrayPrototypePush(alike, index);
      }
    }
    if (alike.length === 1) return innermost;
    if (activation < 0 || alike.length !== activations) return null;
    return alike[activation] ?? null;
  }

  /** `first`: the first frame, of which the place is not known. */
  frames(
    from: number,
    to = this.#sites.length,
    first: First | null = null,
  ): Frame[] {
    const begin = MathMax(from, 0);
    const scopes = this.#readScopes(begin, MathMin(to, this.#sites.length));
    return ArrayPrototypeMap(
      ArrayPrototypeSlice(this.#sites, begin, to),
      (site, index) =>
        this.#frame(
          site,
          begin + index,
          index === 0 ? first : null,
          MapPrototypeGet(scopes, begin + index),
        ),
    );
  }

  #frame(
    site: Site,
    index: number,
    known: First | null,
    scopes: readonly object[] | undefined,
  ): Frame {
    const fn = this.#functionAt(index);
    const receiver = this.#receiverAt(index);
    const frame =
      known === null
        ? new Frame(site, 'running', fn ?? null, receiver)
        : new Frame(
            site.ofKind(known.kind),
            'running',
            known.function,
            known.receiver ?? receiver,
            known.origin,
          );
    if (frame.function !== null) {
      frame.hide ||= hidesItself(frame.function, false);
    }
    if (scopes !== undefined) {
      frame.hide ||= hasHideLocal(scopes);
      if (this.#wanted.locals) frame.locals = mergeScopes(scopes);
    }
    if (this.#wanted.resources) this.#addResources(frame, index, scopes);
    return frame;
  }

  #addResources(
    frame: Frame,
    index: number,
    scopes: readonly object[] | undefined,
  ): void {
    const fn = this.#functionAt(index);
    if (fn === undefined) return;
    const at = this.#rawIndex(index);
    const isPlain = this.#known.isPlain[at] === true;
    const called = this.#functionAt(index + 1);
    const name = this.#sites[index + 1]?.functionName ?? '';
    const resources = frameResources(
      {
        sites: this.#raw,
        site: at,
        fn,
        held: this.#known.held[at],
        activation: index,
        scopes: isPlain ? scopes : [],
        following: {
          fn: called,
          nextFn: this.#functionAt(index + 2),
          nextReceiver: this.#receiverAt(index + 2),
        },
        called: { fn: called, receiver: this.#receiverAt(index + 1), name },
      },
      this.#reader,
    );
    if (resources.length > 0) frame.resources = resources;
  }

  /** Of the frames whose variables are asked for, or may say that they are to be hidden. */
  #readScopes(
    from: number,
    to: number,
  ): ReadonlyMap<number, readonly object[]> {
    const { isPlain, mentionsHiding } = this.#known;
    const wanted: number[] = [];
    for (let index = from; index < to; index++) {
      const at = this.#rawIndex(index);
      if (isPlain[at] === true && (this.#wanted.locals || mentionsHiding[at]))
        ArrayPrototypePush(wanted, index);
    }
    const found = new GlobalMap<number, readonly object[]>();
    if (wanted.length === 0) return found;
    ArrayPrototypeForEach(this.#binding.runningScopes(wanted), (scopes, at) => {
      if (scopes !== undefined)
        MapPrototypeSet(found, wanted[at] as number, scopes);
    });
    return found;
  }

  /** What the addon counts from the innermost. */
  #rawIndex(index: number): number {
    return this.#raw.length - 1 - index;
  }

  /** Undefined where it is not known, as nothing is then. */
  #functionAt(index: number): AnyFunction | undefined {
    return this.#known.function[this.#rawIndex(index)] as
      AnyFunction | undefined;
  }

  #receiverAt(index: number): unknown {
    return this.#known.receiver[this.#rawIndex(index)];
  }
}

type First = Pick<Frame, 'kind' | 'function' | 'receiver' | 'origin'>;
