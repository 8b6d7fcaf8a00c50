// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The texts of functions, up to the places where their frames stand. */

import { RegExpTest } from '../base/patterns.js';
import {
  GlobalMap,
  MapPrototypeClear,
  MapPrototypeGet,
  MapPrototypeSet,
  MathMin,
} from '../base/primordials.js';
import { CompiledText } from './compiled-text.js';
import type { OpenDeclarations } from './using-declarations.js';

const HELPERS =
  /add_?disposable_?resource|\b_{1,2}using(?:_?ctx)?\d*\b|\bhasError\b/i;

/** Whether a function's text may be a compiler's: only then its variables are looked at. */
function mayBeCompiled(text: string): boolean {
  return RegExpTest(HELPERS, text);
}

/** What the text of a function says of one place in it. */
export interface PlaceSource {
  /** From the function's parameters to a little behind the place. */
  readonly text: string;
  /** Where in the text it is. */
  readonly place: number;
  /** Null unless a compiler may have written it. */
  readonly compiled: CompiledText | null;
  /** Made when it is needed. */
  declarations: OpenDeclarations | null;
  /** The same. */
  variables: ReadonlyMap<string, number | null> | null;
}

/** Places, not tasks: a program has few of them. */
const MOST_PLACES = 1_000;
/** A longer function is a bundle's wrapper, or generated. */
const LONGEST_TEXT = 200_000;
/** Enough for the token at the place. */
const LOOK_AHEAD = 16;

/** The texts of a thread's places. */
export class PlaceSources {
  readonly #ofScripts = new GlobalMap<number, Map<number, PlaceSource>>();
  #count = 0;

  find(script: number, offset: number, make: () => PlaceSource): PlaceSource {
    let places = MapPrototypeGet(this.#ofScripts, script);
    const known =
      places === undefined ? undefined : MapPrototypeGet(places, offset);
    if (known !== undefined) return known;
    const place = make();
    if (this.#count >= MOST_PLACES) {
      MapPrototypeClear(this.#ofScripts);
      this.#count = 0;
      places = undefined;
    }
    if (places === undefined) {
      places = new GlobalMap();
      MapPrototypeSet(this.#ofScripts, script, places);
    }
    MapPrototypeSet(places, offset, place);
    this.#count++;
    return place;
  }
}

/**
 * @param at where the place is in the function, counted from its parameters
 * @param read gives so much of the function's text
 */
export function placeSource(
  at: number,
  read: (length: number) => string,
): PlaceSource {
  const text = at > LONGEST_TEXT ? '' : read(at + LOOK_AHEAD);
  return {
    text,
    place: MathMin(at, text.length),
    compiled: mayBeCompiled(text) ? new CompiledText(text) : null,
    declarations: null,
    variables: null,
  };
}
