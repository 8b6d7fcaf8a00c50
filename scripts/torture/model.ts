// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * What must be found out of a program: who waits for whom. It is known from how the program was
 * made; nobody is asked.
 */

/** A frame of a function, at a mark in the text of the program. */
export interface FunctionFrame {
  readonly kind:
    'async-function' | 'async-generator' | 'generator' | 'callback' | 'module';
  readonly name: string;
  readonly mark: number;
}

interface CombinatorFrame {
  readonly kind: 'combinator';
  readonly name: string;
  /** The inputs that are pending. */
  readonly branches: readonly (readonly [index: number | null, chain: Chain])[];
}

export type ModelFrame = FunctionFrame | CombinatorFrame;

/** The frame of a promise that one of several functions will settle. From below, it is not seen. */
export const SETTLED_BY_ONE_OF = 'settled by one of';

/** The frames of what is awaited, outermost first; a combinator is the last. */
export interface Chain {
  readonly frames: readonly ModelFrame[];
  /** What the innermost frame waits for: the name of a gate; null after a combinator. */
  readonly gate: string | null;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The lines of a chain, as `compare.ts` writes those that asynctb found. */
export function chainLines(
  chain: Chain,
  positions: readonly Position[],
): string[] {
  const lines: string[] = [];
  for (const frame of chain.frames) {
    if (frame.kind === 'combinator') {
      lines.push(frame.name);
      lines.push(
        ...branchLines(
          frame.name,
          frame.branches.map(([index, branch]) => [
            index,
            chainLines(branch, positions),
          ]),
        ),
      );
    } else {
      const { line, column } = positions[frame.mark] as Position;
      lines.push(frameLine(frame.kind, frame.name, line, column));
    }
  }
  if (chain.gate !== null) lines.push('(promise)');
  return lines;
}

export function frameLine(
  kind: string,
  name: string,
  line: number | null,
  column: number | null,
): string {
  return `${kind} ${name} ${line}:${column}`;
}

/** The inputs of a race have no order, nor have those that settle a promise. */
export function branchLines(
  name: string,
  branches: readonly (readonly [index: number | null, lines: string[]])[],
): string[] {
  const texts = branches.map(([index, lines]) =>
    [`  [${index ?? ''}]`, ...lines.map((line) => `    ${line}`)].join('\n'),
  );
  if (name === 'Promise.race' || name === SETTLED_BY_ONE_OF) texts.sort();
  return texts.flatMap((text) => text.split('\n'));
}

/** Every way from the outermost frame to a gate, outermost first; combinators by name only. */
export function waysToGates(chain: Chain): (readonly [string, ModelFrame[]])[] {
  const last = chain.frames.at(-1);
  if (last?.kind !== 'combinator') {
    return chain.gate === null ? [] : [[chain.gate, [...chain.frames]]];
  }
  const above =
    last.name === SETTLED_BY_ONE_OF ? chain.frames.slice(0, -1) : chain.frames;
  return last.branches.flatMap(([, branch]) =>
    waysToGates(branch).map(
      ([gate, frames]) => [gate, [...above, ...frames]] as const,
    ),
  );
}
