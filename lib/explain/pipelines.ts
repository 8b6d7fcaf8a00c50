// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Pipelines of streams: which of the streams stalls, by what they have in their buffers. Pure. */

import { ArrayPrototypePush } from '../base/lists.js';
import { RegExpTest } from '../base/patterns.js';
import type { Path } from './paths.js';
import type { Thing } from './thing.js';

/** A stream, or a function, of a pipeline. Null: it has none of that, or it is not known. */
export interface Stage {
  readonly name: string;
  /** How much is in the buffer for who reads from it. */
  readonly readable: number | null;
  /** How much it was given that it has not dealt with. */
  readonly writable: number | null;
  /** How many streams it is piped to: none any more once it has ended. */
  readonly pipes: number | null;
}

export interface Pipeline {
  readonly stages: readonly Stage[];
  /** Functions between the streams are among the stages. */
  readonly isWhole: boolean;
}

/** The pipeline that a way leads through. */
export function pipelineOf(path: Path): Pipeline | null {
  let found: Pipeline | null = null;
  for (let at: Path | null = path; at !== null; at = at.below) {
    const { thing } = at;
    const script = thing.site?.scriptName ?? '';
    if (!RegExpTest(SCRIPTS, script)) continue;
    const isWhole = script === 'node:stream/promises';
    const stages = stagesOf(thing);
    if (stages.length > 0 && (isWhole || found === null))
      found = { stages, isWhole };
  }
  return found;
}

const SCRIPTS = /^node:(?:internal\/streams\/pipeline|stream\/promises)$/;

function stagesOf(thing: Thing): Stage[] {
  const stages: Stage[] = [];
  const count = thing.length('streams') ?? 0;
  for (let at = 0; at < count; at++) {
    const prefix = `streams.${at}.`;
    const name = thing.text(`${prefix}name`);
    if (name === null) return [];
    const file = thing.text(`${prefix}path`);
    ArrayPrototypePush(stages, {
      name: file === null ? name : `${name} (${file})`,
      readable: thing.number(`${prefix}readable`),
      writable: thing.number(`${prefix}writable`),
      pipes: thing.length(`${prefix}pipes`),
    });
  }
  return stages;
}

/** `the end of a pipeline: Source → Zip → Sink, which stalls at stream 1 of 3, Source: it gives no data` */
export function pipelineText(pipeline: Pipeline): string {
  const { stages } = pipeline;
  let text = 'the end of a pipeline: ';
  for (let at = 0; at < stages.length; at++)
    text += `${at === 0 ? '' : ' → '}${(stages[at] as Stage).name || 'a function'}`;
  const stall = stallOf(pipeline);
  if (stall === null) return text;
  const { name } = stages[stall.index] as Stage;
  const which = `${stall.index + 1} of ${stages.length}`;
  return `${text}, which stalls at ${which}, ${name || 'a function'}: ${stall.why}`;
}

interface Stall {
  readonly index: number;
  readonly why: string;
}

function stallOf({ stages, isWhole }: Pipeline): Stall | null {
  const last = stages.length - 1;
  if (isSome(stages[last]?.readable))
    return { index: last, why: 'nobody reads what it gives' };
  // What a stream was given it has not dealt with, and nothing behind it is full.
  for (let index = last; index > 0; index--)
    if (isSome(stages[index]?.writable))
      return { index, why: 'a write has not ended' };
  // All that is behind a function has been dealt with.
  for (let index = last; index >= 0; index--)
    if (isFunction(stages[index])) return { index, why: 'it gives no data' };
  for (let index = 0; index < last; index++) {
    if (!isSome(stages[index]?.pipes)) continue;
    return {
      index,
      why: index === 0 ? 'it gives no data' : 'it has not come to its end',
    };
  }
  return isWhole ? { index: last, why: 'it has not come to its end' } : null;
}

const isSome = (count: number | null | undefined): boolean =>
  typeof count === 'number' && count > 0;

/** Or something else that says nothing of what it has. */
function isFunction(stage: Stage | undefined): boolean {
  return stage?.readable === null && stage.writable === null;
}
