// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  COMBINATORS,
  NodeType,
  PERHAPS_RACE,
  SiteMark,
} from '../base/capture-schema.js';
import { AsynctbError } from '../base/errors.js';
import { ArrayPrototypePush } from '../base/lists.js';
import { MathMin, TypedArrayPrototypeGetLength } from '../base/primordials.js';
import { tooManyFrames } from './end-errors.js';
import { Frame, type FrameState } from './frame.js';
import { type Place, Places } from './places.js';
import { type CapturedThread, combinatorSite, hasMark, Site } from './site.js';
import { Stack } from './stack.js';

/** What single nodes of a capture are: frames, combinators and their places. */
export class RawFrames {
  readonly #raw: CapturedThread;
  readonly #places: Places;
  readonly #stackAt: (node: number) => Stack;

  /** `stackAt` gives the stack of something that a frame holds. */
  constructor(
    raw: CapturedThread,
    places: Places,
    stackAt: (node: number) => Stack,
  ) {
    this.#raw = raw;
    this.#places = places;
    this.#stackAt = stackAt;
  }

  /** What runs on the thread; null when nothing does. */
  running(maxFrames: number): Stack | null {
    const { running } = this.#raw;
    if (running === null || TypedArrayPrototypeGetLength(running) === 0)
      return null;
    const stack = new Stack(undefined);
    const count = MathMin(TypedArrayPrototypeGetLength(running), maxFrames);
    for (let at = 0; at < count; at++) {
      const index = running[at] as number;
      const place = this.#places.at(index);
      if (place === null) {
        stack.error = malformed(`site ${index}`);
        return stack;
      }
      ArrayPrototypePush(stack.frames, frameAt(place, 'running'));
    }
    if (TypedArrayPrototypeGetLength(running) > maxFrames)
      stack.error = tooManyFrames(maxFrames);
    return stack;
  }

  /** Null when the capture is damaged. */
  frame(node: number): Frame | null {
    const place = this.#places.at(this.#raw.nodes.payload[node] ?? -1);
    if (place === null) return null;
    const frame = frameAt(this.#whereItRuns(place), place.state);
    frame.locals = this.#raw.locals?.[node] ?? null;
    const held = this.#raw.resourcesAt?.(node, (inner) => this.#stackAt(inner));
    if (held !== undefined && held.length > 0) frame.resources = held;
    return frame;
  }

  /**
   * Of a module that runs, the place where it is now, if that can be told: it begins nowhere, as other
   * functions do.
   */
  #whereItRuns(place: Place): Place {
    const { kind, scriptName, functionName } = place.site;
    if (place.state !== 'running' || kind !== 'module') return place;
    let found: Site | null = null;
    let count = 0;
    const { running } = this.#raw;
    for (
      let i = 0;
      running !== null && i < TypedArrayPrototypeGetLength(running);
      i++
    ) {
      const site = this.#places.at(running[i] ?? -1)?.site;
      if (
        site?.scriptName === scriptName &&
        site.functionName === functionName
      ) {
        found = site;
        count++;
      }
    }
    const nowhere = { scriptName, lineNumber: null, columnNumber: null };
    const site =
      found !== null && count === 1
        ? found.ofKind(kind)
        : new Site(functionName, nowhere, '', kind);
    return { ...place, site };
  }

  /** Null when the capture is damaged. */
  combinator(node: number): Frame | null {
    const { nodes } = this.#raw;
    const name = COMBINATORS[nodes.payload[node] ?? -1];
    if (name === undefined) return null;
    const total = nodes.total[node] ?? 0;
    return Frame.combinator(name, {
      total: total > 0 ? total : null,
      pending: total === PERHAPS_RACE ? 1 : (nodes.branchesCount[node] ?? 0),
    });
  }

  /** Whether a node is a combinator only if the frame above awaits a race, which it does not. */
  isNoRace(node: number, above: number | null): boolean {
    const { nodes, sites } = this.#raw;
    if (
      nodes.type[node] !== NodeType.combinator ||
      nodes.total[node] !== PERHAPS_RACE
    ) {
      return false;
    }
    if (above === null || nodes.type[above] !== NodeType.frame) return true;
    return !hasMark(sites, nodes.payload[above] ?? -1, SiteMark.awaitsRace);
  }

  /** Of the frames of a stack, those up to its first combinator, which has no place. */
  placesFrom(start: number, most: number): Site[] {
    const { nodes } = this.#raw;
    const sites: Site[] = [];
    let above: number | null = null;
    for (let node = start; node >= 0 && sites.length < most;) {
      const type = nodes.type[node];
      if (type === NodeType.frame) {
        const place = this.#places.at(nodes.payload[node] ?? -1);
        if (place === null) break;
        ArrayPrototypePush(sites, place.site);
        above = node;
      } else if (type !== NodeType.combinator) {
        break;
      } else if (!this.isNoRace(node, above)) {
        ArrayPrototypePush(
          sites,
          combinatorSite(COMBINATORS[nodes.payload[node] ?? -1] ?? 'import'),
        );
        break;
      }
      node = nodes.next[node] ?? -1;
    }
    return sites;
  }
}

function frameAt(place: Place, state: FrameState): Frame {
  const frame = new Frame(place.site, state);
  frame.hide ||= place.hides;
  frame.hideLine = place.hidesLine;
  return frame;
}

export function malformed(what: string): AsynctbError {
  return new AsynctbError(
    'ERR_ASYNCTB_BAD_CAPTURE',
    `the capture is damaged at ${what}: please report it`,
  );
}
