// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * `npm run torture [-- --minutes 8 --seed 1 --node 24 --only programs]`: repeats, on each Node, generated programs
 * with a model that knows who waits for whom, the ways in which processes end while they are dumped, hostile
 * globals, and limits. What fails is printed with its seed and how to try it again, and a generated program is
 * kept in its file.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeBinary, selectReleases } from '../lib/nodes';
import { projectRoot } from '../lib/suite';
import { syncWorktree } from '../lib/worktree';
import type { Check } from './check';
import type { Subject } from './child';
import { exits } from './exits';
import { hostile } from './hostile';
import { limits } from './limits';
import { checkProgram } from './programs';
import { Random } from './random';

const programs: Check = {
  name: 'program',
  run: (subject, random, folder) =>
    checkProgram(random.fork(), subject, folder),
};

const PARTS: Readonly<Record<string, readonly Check[]>> = {
  programs: [],
  exits,
  hostile,
  limits,
};

const { releases, rest } = selectReleases(process.argv.slice(2));
const { values } = parseArgs({
  args: [...rest],
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string', default: '8' },
    /** Parts, by name. */
    only: { type: 'string', multiple: true },
    /** One generated program, by the seed that its failure has named. */
    program: { type: 'string' },
    /** One check of the other parts, by its name, with the seed that its failure has named. */
    check: { type: 'string' },
  },
});

/** The package as it is built for each Node; the copies are those of `npm run test:matrix`. */
function prepare(): Subject[] {
  return releases.map((release) => {
    const node = nodeBinary(release);
    if (release.version === process.versions.node) {
      const register = join(projectRoot, 'dist', 'register.js');
      return { version: release.version, node, root: projectRoot, register };
    }
    const root = syncWorktree('matrix', release.version);
    const { status } = spawnSync(node, ['scripts/setup.mjs'], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) throw new Error(`no build for Node ${release.version}`);
    const register = join(root, 'dist', 'register.js');
    return { version: release.version, node, root, register };
  });
}

let passed = 0;
let failed = 0;

async function attempt(
  check: Check,
  subject: Subject,
  seed: number,
  folder: string,
): Promise<void> {
  const problem = await check
    .run(subject, new Random(seed), folder)
    .catch((error: unknown) => String(error));
  if (problem === null) {
    passed++;
    return;
  }
  failed++;
  console.log(
    `FAILED Node ${subject.version}, ${check.name}, seed ${seed}:\n${problem}\n` +
      (check === programs
        ? ''
        : `again: npm run torture -- --node ${subject.version} --check '${check.name}' --seed ${seed}\n`),
  );
}

/** One thing, on each Node; null: no single one is asked for. */
function single(seed: number): [check: Check, seed: number] | null {
  const { program, check: name } = values;
  if (program !== undefined) {
    const number = Number(program);
    return [
      {
        name: 'program',
        run: (subject, _random, folder) =>
          checkProgram(number, subject, folder),
      },
      number,
    ];
  }
  if (name === undefined) return null;
  const check = Object.values(PARTS)
    .flat()
    .find((each) => each.name === name);
  if (check === undefined) throw new Error(`no check named ${name}`);
  return [check, seed];
}

async function main(): Promise<void> {
  const subjects = prepare();
  const folder = mkdtempSync(join(tmpdir(), 'asynctb-torture-'));
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const random = new Random(seed);
  const one = single(seed);
  if (one !== null) {
    for (const subject of subjects)
      await attempt(one[0], subject, one[1], folder);
    return;
  }
  const only = values.only ?? Object.keys(PARTS);
  const known = new Set(only);
  for (const name of only) {
    if (!(name in PARTS)) throw new Error(`no part named ${name}`);
  }
  console.log(`torture: seed ${seed}, ${values.minutes} minutes`);
  const end = Date.now() + Number(values.minutes) * 60_000;
  // Everything of the tables once on some Node each turn, programs in between.
  const table = Object.entries(PARTS).flatMap(([name, checks]) =>
    known.has(name) ? checks : [],
  );
  let turn: Check[] = [];
  const next = (): Check => {
    if (known.has('programs') && random.chance(0.6)) return programs;
    if (turn.length === 0) turn = [...table];
    if (turn.length === 0) return programs;
    return turn.splice(random.whole(0, turn.length - 1), 1)[0] as Check;
  };
  const work = async (): Promise<void> => {
    while (Date.now() < end) {
      await attempt(next(), random.pick(subjects), random.fork(), folder);
    }
  };
  await Promise.all(
    Array.from({ length: Math.min(availableParallelism(), 4) }, work),
  );
}

main().then(
  () => {
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed === 0 ? 0 : 1;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
