// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** A whole program, with what must be found of it. */

import type { Features } from './builder';
import { Forms } from './forms';
import type { Chain, Position } from './model';
import { Random } from './random';
import { mark, takeMarks } from './source-text';

export interface Program {
  readonly seed: number;
  readonly isModule: boolean;
  readonly text: string;
  readonly positions: readonly Position[];
  /** Each is a promise in the program's `targets`, and a task. */
  readonly tasks: readonly Chain[];
  /** Sync generators in the program's `generators`. */
  readonly generators: readonly Chain[];
  /** Of a module that waits at its top level; a task as well. */
  readonly topLevel: Chain | null;
  /** All gates that something waits for. */
  readonly gates: readonly string[];
  /** Other tasks begin and end while it is looked at; their functions' names begin with `churn`. */
  readonly churns: boolean;
  readonly bySignal: boolean;
}

export function generate(seed: number, features: Features): Program {
  const random = new Random(seed);
  const forms = new Forms(random, features, {
    depth: random.whole(1, 6),
    functions: random.whole(2, 40),
  });
  const isModule = random.chance(0.4);
  const tasks = Array.from({ length: random.whole(1, 6) }, () => forms.task());
  const generators = Array.from({ length: random.whole(0, 2) }, () =>
    forms.syncGenerator(random.whole(0, 4)),
  );
  const churns = random.chance(0.3);
  const bySignal = churns || random.chance(0.4);
  const topMark = forms.newMark();
  const topInner =
    isModule && random.chance(0.5) ? forms.awaitable(random.whole(0, 2)) : null;
  const marked = [
    isModule
      ? `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);`
      : `'use strict';`,
    ...PROLOGUE,
    ...(features.withResolvers ? [WITH_RESOLVERS] : []),
    ...forms.declarations,
    `const targets = [\n${tasks.map(({ code }) => `${code},\n`).join('')}];`,
    `const generators = [\n${generators.map(({ code }) => `${code},\n`).join('')}];`,
    `for (const each of generators) each.next();`,
    ...(churns ? CHURN : []),
    `report({ targets, generators, gates, churns: ${churns}, bySignal: ${bySignal} });`,
    ...(topInner === null
      ? []
      : [`keep.push(${mark(topMark)}await ${topInner.code});`]),
  ].join('\n');
  const { text, positions } = takeMarks(`${marked}\n`);
  return {
    seed,
    isModule,
    text,
    positions,
    tasks: tasks.map(({ chain }) => chain),
    generators: generators.map(({ chain }) => chain),
    topLevel:
      topInner === null
        ? null
        : {
            frames: [
              { kind: 'module', name: '', mark: topMark },
              ...topInner.chain.frames,
            ],
            gate: topInner.chain.gate,
          },
    gates: forms.gates,
    churns,
    bySignal,
  };
}

const PROLOGUE = [
  `const report = require(process.env.TORTURE_REPORT);`,
  `const keep = (globalThis.keep = []);`,
  `const gates = {};`,
  `function newGate(name) {
let open;
gates[name] = new Promise((resolve) => {
open = resolve;
});
keep.push(open);
return gates[name];
}`,
  `function deferred(start) {
let resolve, reject;
const promise = new Promise((a, b) => {
resolve = a;
reject = b;
});
start(resolve, reject);
return promise;
}`,
  `function settledBy(start) {
const made = {};
made.promise = new Promise((resolve, reject) => {
made.resolve = resolve;
made.reject = reject;
});
start(made);
return made.promise;
}`,
  `class Subclass extends Promise {}`,
  `process.on('unhandledRejection', () => {});`,
];

/** The same with the language's own pair. */
const WITH_RESOLVERS = `function settledByNative(start) {
const made = Promise.withResolvers();
start(made);
return made.promise;
}`;

/** Short tasks without end: what is found of the others must not depend on them. */
const CHURN = [
  `const churnGates = [];
async function churnInner(n) {
await new Promise((resolve) => churnGates.push(resolve));
return n;
}
async function* churnItems(n) {
for (let i = 0; i < n; i++) yield await churnInner(i);
}
async function churn(n) {
await Promise.all([churnInner(n), churnInner(n).then(async function churnCallback(v) {
return await churnInner(v);
})]);
for await (const each of churnItems(2)) keep.length, each;
await new Promise((resolve) => setTimeout(resolve, n % 5));
}
function churnTurn() {
for (let i = 0; i < 20; i++) churn(i).catch(function churnFails() {});
for (const each of churnGates.splice(0, churnGates.length * Math.random())) each();
setImmediate(churnTurn);
}
churnTurn();`,
];
