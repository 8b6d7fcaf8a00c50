// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { FRAME_STATES, SiteMark } from '../base/capture-schema.js';
import type { FrameState } from './frame.js';
import { type CapturedThread, hasMark, plainSite, type Site } from './site.js';

/** Where a frame of a capture stands, and what is said of that place. */
export interface Place {
  readonly site: Site;
  readonly state: FrameState;
  readonly hides: boolean;
  readonly hidesLine: boolean;
}

/** The places of one capture, each made when it is first asked for. */
export class Places {
  readonly #raw: CapturedThread;
  readonly #known: (Place | undefined)[] = [];

  constructor(raw: CapturedThread) {
    this.#raw = raw;
  }

  /** Null: there is no such site. */
  at(index: number): Place | null {
    const known = this.#known[index];
    if (known !== undefined) return known;
    const { sites, makeSite = plainSite } = this.#raw;
    if (index < 0 || index >= sites.length) return null;
    const place: Place = {
      site: makeSite(sites, index),
      state: FRAME_STATES[sites.state[index] ?? -1] ?? 'suspended',
      hides: hasMark(sites, index, SiteMark.hide),
      hidesLine: hasMark(sites, index, SiteMark.hideLine),
    };
    this.#known[index] = place;
    return place;
  }
}
