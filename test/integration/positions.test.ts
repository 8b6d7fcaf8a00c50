// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { extract, type Frame, type Stack } from 'asynctb';
import { describe, expect, it } from 'vitest';
import { loadForms, loadProgram } from '../support/forms';
import { inspectedLocation } from '../support/inspected-location';

interface Positions {
  outermost(gate: Promise<unknown>): Promise<unknown>;
}

const { outermost } = loadProgram<Positions>('positions.cjs');

function* allFrames(stack: Stack): Generator<Frame> {
  for (const frame of stack) {
    yield frame;
    for (const branch of frame.branches) yield* allFrames(branch);
  }
}

/** `name path:line:column` of each frame that V8 lists as awaited, innermost first. */
function awaitedIn(error: Error): string[] {
  return [
    ...(error.stack ?? '').matchAll(
      /^ +at (?:async )?(\S+) \((\S+positions\.cjs:\d+:\d+)\)$/gm,
    ),
  ].map(([, name, place]) => `${name?.split('.').at(-1)} ${place}`);
}

describe('positions', () => {
  const { sync = [] } = loadForms('generators');
  const { async = [] } = loadForms('async-generators');

  it.each([...sync, ...async])(
    "of generators are the inspector's: $name",
    async (form) => {
      const parked = await form.park();
      const stack = extract(parked.target);
      const suspended = stack.frames.filter(
        (frame) => frame.state === 'suspended',
      );
      expect(
        suspended.map((frame) => [frame.lineNumber, frame.columnNumber]),
      ).toEqual(
        suspended.map((frame) => inspectedLocation(frame.origin as object)),
      );
      parked.gate?.resolve(null);
      await parked.finish();
    },
  );

  it("of async functions are those of V8's own async stack traces", async () => {
    let resume: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      resume = resolve;
    });
    const target = outermost(gate);
    await new Promise(setImmediate);
    const ours = [...allFrames(extract(target))]
      .filter((frame) => frame.kind !== 'combinator')
      .map(
        ({ functionName, scriptName, lineNumber, columnNumber }) =>
          `${functionName} ${scriptName}:${lineNumber}:${columnNumber}`,
      );
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 100;
    resume?.();
    const error = await target.then(
      () => new Error('it did not throw'),
      (thrown: Error) => thrown,
    );
    Error.stackTraceLimit = limit;
    const theirs = awaitedIn(error);
    expect(theirs.length).toBeGreaterThan(8);
    // The innermost one runs when it throws: it is not awaited any more.
    expect(ours.reverse()).toEqual([ours[0], ...theirs.slice(1)]);
  });
});
