// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * For a Vitest of its own. Writes down where suspended and running functions are, as asynctb sees them and
 * as `Error.stack` does. What stands before them is there to be taken out or moved by Vitest.
 */

import { writeFileSync } from 'node:fs';
import { dump, extract, extractSince, type Frame } from 'asynctb';
import { test, vi } from 'vitest';
import { never, stacks, startTyped } from './typed';
import { startPlain } from './plain.mjs';

vi.mock('./nothing.mjs', () => ({
  nothing: 1,
}));

interface Shape {
  readonly first: number;
  readonly second: string;
}

type Both = Shape | null;

async function inTest(shape: Both): Promise<Both> {
  await (stacks.push(new Error('here').stack ?? ''), never);
  return shape;
}

const place = (frame: Frame | undefined): string =>
  `${frame?.scriptName}:${frame?.lineNumber}`;

const placeInStack = (stack: string | undefined): string =>
  /\(?(?:file:\/\/)?(\/[^()\n]*:\d+):\d+\)?$/m.exec(stack ?? '')?.[1] ?? 'none';

test('places', async () => {
  const { startLate } = await import('./late');
  const targets = [inTest(null), startTyped(null), startPlain(), startLate()];
  const extracted = targets.map((target) => place(extract(target).frames[0]));
  const running = extractSince(null).frames.at(-1);
  const here = new Error('here').stack;
  const { groups } = dump().threads[0] as ReturnType<typeof dump>['threads'][0];
  const dumped = groups.flatMap(({ stack }) => stack.frames.map(place));
  writeFileSync(
    process.env.PLACES as string,
    JSON.stringify({
      stacks: stacks.map(placeInStack),
      extracted,
      dumped,
      texts: targets.map((target) => extract(target).frames[0]?.lineText),
      running: Math.abs(
        Number(placeInStack(here).split(':').pop()) -
          (running?.lineNumber ?? 0),
      ),
    }),
  );
});
