// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Parks all forms at the same time, and prints what `extract` says of each, and which of the other doors do
 * not say the same. Argument: `here` asks all doors of this thread, `worker` parks the forms in a worker and
 * asks for its dump from here, `signal` waits for a signal. Files behind that are modules that a compiler
 * has made: they are parked as well.
 */

const { basename } = require('node:path');
const { parentPort, Worker } = require('node:worker_threads');
const { dump, dumpAsync, extract, extractMany } = require('asynctb');
const { allForms } = require('../forms/files.cjs');
const { compiledForms, heldForms } = require('./held.cjs');

const keep = [];

/** Who settles what is waited for in the end is asked for by `extract` only. */
const NOTE = /(Promise \{ <pending> \}) \(.*\)/gu;

/** The lines of a stack in JSON, with all that any door knows of it. */
function linesOf(stack, indent = '') {
  const lines = [];
  for (const frame of stack.frames) {
    const { kind, functionName, state, inputs, note, hide } = frame;
    const place = `${frame.scriptName}:${frame.lineNumber}:${frame.columnNumber}`;
    const marks = `${hide ? ' hide' : ''}${note === undefined ? '' : ` note ${note}`}`;
    const counted =
      inputs === undefined ? '' : ` ${inputs.pending} of ${inputs.total}`;
    lines.push(
      `${indent}${kind} ${functionName} ${state} ${place}${counted}${marks} | ${frame.lineText}`,
    );
    for (const resource of frame.resources)
      lines.push(...linesOfResource(resource, `${indent}  `));
    for (const branch of frame.branches) {
      lines.push(
        `${indent}  [${branch.branchIndex}]`,
        ...linesOf(branch, `${indent}    `),
      );
    }
  }
  for (const leaf of stack.leaves) lines.push(`${indent}leaf ${leaf}`);
  if (stack.error !== null)
    lines.push(`${indent}error ${stack.error.code} ${stack.error.message}`);
  return lines;
}

function linesOfResource(resource, indent) {
  const { children, innerStack, ...own } = resource;
  const lines = [`${indent}holds ${JSON.stringify(own)}`];
  if (innerStack !== null) lines.push(...linesOf(innerStack, `${indent}  | `));
  for (const child of children)
    lines.push(...linesOfResource(child, `${indent}  `));
  return lines;
}

const blockOf = (stack) =>
  linesOf(stack.toJSON()).join('\n').replace(NOTE, '$1');
/** Without the first line, which says what was asked for. */
const textOf = (stack) =>
  String(stack).split('\n').slice(1).join('\n').replace(NOTE, '$1');

async function parkAll() {
  const parked = [];
  for (const form of [...allForms(), ...heldForms(), ...compiled()]) {
    const each = await form.park();
    keep.push(each);
    parked.push({ name: form.name, target: each.target });
  }
  await new Promise((resolve) => setImmediate(resolve));
  return parked;
}

const compiled = () =>
  process.argv
    .slice(3)
    .flatMap((file) =>
      compiledForms({ name: basename(file), module: require(file) }),
    );

function extractAll(parked) {
  return parked.flatMap(({ name, target }) => partsOf(name, extract(target)));
}

/**
 * A combinator that no code waits for is no task: those of its inputs are. Nothing is said of what has
 * no frame.
 */
function partsOf(name, stack) {
  const [first] = stack.frames;
  if (first === undefined) return [];
  if (first.kind === 'combinator') {
    return first.branches.flatMap((branch) =>
      partsOf(`${name}: an input`, branch),
    );
  }
  return [
    { name, kind: first.kind, block: blockOf(stack), text: textOf(stack) },
  ];
}

/** Each form with the doors that do not have it. */
function compare(expected, doors) {
  return expected.map((form) => ({
    ...form,
    missing: Object.entries(doors)
      .filter(([, blocks]) => !blocks.some((each) => isEndOf(form.block, each)))
      .map(([door]) => door),
  }));
}

/** Who awaits the target stands above it. */
const isEndOf = (block, whole) =>
  whole === block || whole.endsWith(`\n${block}`);

const groupsOf = ({ groups }) => groups.map(({ stack }) => blockOf(stack));

function printAll(forms) {
  process.stdout.write(JSON.stringify(forms), () => process.exit());
}

async function here() {
  const parked = await parkAll();
  const expected = extractAll(parked);
  const many = extractMany(parked.map(({ target }) => target))
    .flatMap((stack) => partsOf('', stack))
    .map(({ block }) => block);
  const doors = {
    extractMany: many,
    dump: groupsOf(dump().threads[0]),
    dumpAsync: groupsOf((await dumpAsync()).threads[0]),
  };
  printAll(compare(expected, doors));
}

function fromWorker() {
  const worker = new Worker(__filename, {
    argv: ['inside', ...process.argv.slice(3)],
  });
  worker.once('message', (expected) => {
    const { threads } = dump({ timeoutMs: 60_000 });
    const found = threads.find(({ threadId }) => threadId === worker.threadId);
    printAll(compare(expected, { worker: groupsOf(found) }));
  });
}

async function inside() {
  require('asynctb').registerThread();
  parentPort.on('message', () => {});
  parentPort.postMessage(extractAll(await parkAll()));
}

async function signal() {
  const expected = extractAll(await parkAll());
  setInterval(() => {}, 1_000);
  console.log(`${JSON.stringify(expected)}\nready`);
}

const programs = { here, worker: fromWorker, inside, signal };
void programs[process.argv[2]]();
