// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * `npm run sanitize [-- address] [thread] [undefined] [reads] [--node 24] [vitest's arguments]`: the tests that
 * start processes and threads, with an addon that AddressSanitizer (which includes LeakSanitizer),
 * ThreadSanitizer or UndefinedBehaviorSanitizer is compiled into, or one that checks its own loads from
 * V8's heap. Fails when a test fails, and for each report that no line of `scripts/sanitizers/` excuses.
 *
 * Node itself is the official build, of which the sanitizers see allocations, locks and system
 * calls, but no loads and stores. So what they check is our code, and memory that it shares.
 *
 * cmake-js compiles, as `native/binding.gyp` is for what ships. It is told where the headers are, and so
 * downloads none. Each sanitizer has a copy of the project with a build/ of its own.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  builtPath,
  cleanEnvironment,
  nodeAddonApiInclude,
} from './build-native.mjs';
import {
  nodeBinary,
  nodeDirectory,
  selectReleases,
  type NodeRelease,
} from './lib/nodes';
import { readReports } from './lib/sanitizer-reports';
import { syncWorktree } from './lib/worktree';

const SANITIZERS = ['address', 'thread', 'undefined', 'reads'] as const;
type Sanitizer = (typeof SANITIZERS)[number];

/** One run, on the newest release line that is in long-term support. */
const DEFAULT_NODE = '24';

/** `reads` needs none: it ends the process itself, so that a test fails. */
const RUNTIMES: Readonly<Record<Sanitizer, string | null>> = {
  address: 'libasan.so',
  thread: 'libtsan.so',
  undefined: 'libubsan.so',
  reads: null,
};

/** What starts processes and threads; where memory is read and computed with, all that reaches the addon. */
const TESTS: Readonly<Record<Sanitizer, readonly string[]>> = {
  address: ['test/lifecycle'],
  thread: ['test/lifecycle'],
  undefined: ['test/lifecycle', 'test/integration'],
  reads: ['test/lifecycle', 'test/integration'],
};

/** It makes a package of its own, without a sanitizer. */
const NOT_RUN = 'test/lifecycle/package.test.ts';

/** Parts of the names of tests that a sanitizer's runtime itself makes fail. */
const LEFT_OUT: Readonly<Record<Sanitizer, readonly string[]>> = {
  address: [
    // The runtime opens files at the end, and waits for ever when it cannot.
    'without a file descriptor left',
    'a process that may open no file any more is dumped all the same',
    // It needs address space itself, and ends the process when it gets none.
    'a process that may use',
  ],
  thread: [
    // These start a shell or Python, which crash with the runtime in them.
    'without a file descriptor left',
    'that takes no more .*is reported, and',
    'dumps where the signal was ignored',
    'a stderr that takes nothing',
    'may open no file any more',
    'a process that may use',
    "process.execve\\(\\)' is never harmed",
    // The runtime keeps a signal until the thread is in a system call that it knows to wait, or
    // comes to the next call of a library. These threads never do.
    'reaches a main thread that waits in Atomics.wait',
    'running frames that are hidden',
    'with the smallest alternate signal stack is read on its own',
    'shows what has called into native code that blocks the main thread',
    'watches by ASYNCTB_WATCHDOG, what blocks in native code too',
    'blocked by .* shows what called it',
    'shows what called it, and that it is blocked',
    'a thread that is blocked by what JavaScript has called',
    'called by JavaScript that C\\+\\+ has called shows all of it',
    'under more frames than fit says so',
    'answer also while others are blocked in native code',
    // A capture is so slow with it that it loses its turn: test/native says what is owed then.
    'capture only some at a time',
  ],
  undefined: [],
  reads: [],
};

function compile(
  root: string,
  release: NodeRelease,
  sanitizer: Sanitizer,
): boolean {
  const node = nodeBinary(release);
  const log = join(root, 'build', 'native.log');
  const { status, stdout, stderr } = spawnSync(
    node,
    [
      join(root, 'node_modules', 'cmake-js', 'bin', 'cmake-js'),
      'build',
      // Whose runtimes these are.
      '--prefer-gnu',
      '--directory=scripts/sanitizers',
      '--out=build',
      `--CDASYNCTB_SANITIZER=${sanitizer}`,
      `--CDASYNCTB_NODE_ADDON_API=${nodeAddonApiInclude() ?? ''}`,
    ],
    {
      cwd: root,
      encoding: 'utf8',
      // It looks for the headers where npm's settings say.
      env: {
        ...cleanEnvironment(),
        npm_config_nodedir: nodeDirectory(release),
      },
    },
  );
  mkdirSync(dirname(log), { recursive: true });
  writeFileSync(log, stdout + stderr);
  if (status !== 0) {
    console.error(`${stdout}${stderr}`);
    return false;
  }
  // Where the library looks for it.
  renameSync(
    join(root, 'build', 'Release', 'asynctb.node'),
    join(root, builtPath(String(release.abi))),
  );
  return true;
}

/** The compiler's runtime of a sanitizer, which must be the first library of a process. */
function runtimeOf(sanitizer: Sanitizer): string | undefined {
  const name = RUNTIMES[sanitizer];
  if (name === null) return undefined;
  const { stdout } = spawnSync('g++', [`-print-file-name=${name}`], {
    encoding: 'utf8',
  });
  const path = stdout.trim();
  if (path === name || path === '') {
    throw new Error(`g++ comes without ${name}`);
  }
  return path;
}

function environmentOf(
  sanitizer: Sanitizer,
  root: string,
  reports: string,
): NodeJS.ProcessEnv {
  const options = (...more: string[]): string =>
    // Tests compare how processes end, so a report does not change that; it is read afterwards.
    [`log_path=${join(reports, 'report')}`, 'exitcode=0', ...more].join(':');
  const known = join(root, 'scripts', 'sanitizers');
  return {
    ...process.env,
    LD_PRELOAD: runtimeOf(sanitizer),
    TEST_MINUTES: '60',
    // A bad access ends the process at once, by the abort that Node's own failed checks end in.
    ASAN_OPTIONS: options('detect_leaks=1', 'abort_on_error=1'),
    LSAN_OPTIONS: `exitcode=0:suppressions=${join(known, 'leaks.txt')}`,
    TSAN_OPTIONS: options(
      // Of Node the runtime sees neither loads nor stores, and so not the atomic ones by which its
      // threads agree on whose a piece of memory is. What Node does to its own is none of ours.
      'ignore_noninstrumented_modules=1',
      `suppressions=${join(known, 'races.txt')}`,
    ),
    UBSAN_OPTIONS: options('print_stacktrace=1'),
  };
}

function runWith(
  sanitizer: Sanitizer,
  release: NodeRelease,
  args: readonly string[],
): boolean {
  console.log(`\n── ${sanitizer} sanitizer, Node ${release.version} ──`);
  const root = syncWorktree(`sanitize-${sanitizer}`, release.version);
  const node = nodeBinary(release);
  const { status } = spawnSync(node, ['scripts/setup.mjs', '--only=ts'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0 || !compile(root, release, sanitizer)) return false;
  const reports = join(root, '.cache', 'reports');
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const tests = spawnSync(
    // Neither runtime finds room for its shadow wherever the kernel may put libraries.
    'setarch',
    [
      '--addr-no-randomize',
      node,
      'node_modules/tsx/dist/cli.mjs',
      'scripts/test.ts',
      '--no-typecheck',
      `--exclude=${NOT_RUN}`,
      ...(LEFT_OUT[sanitizer].length > 0
        ? [`--testNamePattern=^(?!.*(?:${LEFT_OUT[sanitizer].join('|')}))`]
        : []),
      // These are several times as slow.
      '--testTimeout=120000',
      ...(args.length > 0 ? args : TESTS[sanitizer]),
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: environmentOf(sanitizer, root, reports),
    },
  );
  const found = readReports(reports);
  for (const { text, count } of found) {
    console.error(`\n${text}${count > 1 ? `\n(${count} times)` : ''}`);
  }
  console.log(`${sanitizer} sanitizer: ${found.length} different reports`);
  return tests.status === 0 && found.length === 0;
}

function main(): boolean {
  const args = process.argv.slice(2);
  const { releases, rest } = selectReleases(
    args.some((arg) => arg.startsWith('--node'))
      ? args
      : ['--node', DEFAULT_NODE, ...args],
  );
  const isSanitizer = (arg: string): arg is Sanitizer =>
    SANITIZERS.some((name) => name === arg);
  const chosen = rest.filter(isSanitizer);
  const others = rest.filter((arg) => !isSanitizer(arg));
  return releases.every((release) =>
    (chosen.length > 0 ? chosen : SANITIZERS)
      .map((sanitizer) => runWith(sanitizer, release, others))
      .every(Boolean),
  );
}

process.exitCode = main() ? 0 : 1;
