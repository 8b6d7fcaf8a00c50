// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * A stack as a block of lines that tests compare: independent of the library's own formatters.
 * A place that is marked in its source, by a comment with an at sign and a name right before it,
 * is called by that name. Plain JavaScript, because child processes use it too.
 */

const { existsSync, readFileSync } = require('node:fs');
const { basename } = require('node:path');
const { fileURLToPath } = require('node:url');
const { inspect, types } = require('node:util');

const MARKER = /\/\*@([\w-]+)\*\//g;
const sources = new Map();

/** Lines and markers of a script on disk, null when it is none. */
function sourceOf(scriptName) {
  let source = sources.get(scriptName);
  if (source === undefined) {
    const path = scriptName.startsWith('file:')
      ? fileURLToPath(scriptName)
      : scriptName;
    source = existsSync(path) ? readSource(path) : null;
    sources.set(scriptName, source);
  }
  return source;
}

function readSource(path) {
  // As V8 counts lines.
  const lines = readFileSync(path, 'utf8').split(/\r\n|[\n\r\u2028\u2029]/);
  const markers = new Map();
  lines.forEach((line, row) => {
    for (const match of line.matchAll(MARKER)) {
      markers.set(`${row + 1}:${match.index + match[0].length + 1}`, match[1]);
    }
  });
  return { lines, markers, name: basename(path) };
}

/** Where a marker of a script stands, as 1-based `line:column`. */
exports.placeOf = (scriptName, marker) => {
  const found = [...(sourceOf(scriptName)?.markers ?? [])].find(
    ([, name]) => name === marker,
  );
  if (found === undefined) throw new Error(`no marker ${marker}`);
  return found[0];
};

function describePlace(frame) {
  const { scriptName, lineNumber, columnNumber } = frame;
  if (scriptName === '' && lineNumber === null) return '';
  const source = sourceOf(scriptName);
  const place = `${lineNumber}:${columnNumber}`;
  const marker = source?.markers.get(place);
  if (marker !== undefined) return ` @${marker}`;
  return ` ${source?.name ?? scriptName}:${place}`;
}

function describeFrame(frame) {
  if (frame.kind === 'combinator') {
    // Seen from one of its inputs, it does not know the others.
    if (frame.inputs === null) return frame.functionName;
    const { pending, total } = frame.inputs;
    return `${frame.functionName} (${pending} of ${total ?? '?'})`;
  }
  const name = frame.functionName === '' ? '<anonymous>' : frame.functionName;
  const state = frame.state === 'suspended' ? '' : ` ${frame.state}`;
  const mark = frame.kind === 'callback' ? '' : state;
  return `${frame.kind} ${name}${describePlace(frame)}${mark}`;
}

function describeLeaf(leaf) {
  if (types.isProxy(leaf)) return 'proxy';
  if (types.isPromise(leaf)) return 'promise';
  if (types.isGeneratorObject(leaf)) return 'generator';
  if (typeof leaf === 'object' && leaf !== null) {
    const { name } = leaf.constructor ?? Object;
    // Why it is waited for is another test's matter.
    if (name === 'Placeholder')
      return String(leaf).replace(/(Promise \{ <pending> \}) \(.*\)$/u, '$1');
    return leaf[Symbol.toStringTag] ?? name;
  }
  return typeof leaf === 'function' ? `function ${leaf.name}` : inspect(leaf);
}

/** `isLive` is false for what a dump found: it holds no functions. */
exports.describeStack = (stack, isLive = true) =>
  describe(stack, '', isLive).join('\n');

function describe(stack, indent, isLive) {
  const lines = [];
  for (const frame of stack.frames) {
    checkFrame(frame, isLive);
    // What Node's own code consists of differs from release to release.
    if (frame.internal) continue;
    lines.push(indent + describeFrame(frame));
    for (const resource of frame.resources) {
      lines.push(...describeResource(resource, frame, indent, isLive));
    }
    // Inputs without an index come in no particular order.
    const branches = frame.branches.map((branch) => [
      `${indent}  [${branch.branchIndex ?? ''}]`,
      ...describe(branch, `${indent}    `, isLive),
    ]);
    if (frame.branches.some(({ branchIndex }) => branchIndex === null)) {
      branches.sort((a, b) => (a.join('\n') < b.join('\n') ? -1 : 1));
    }
    lines.push(...branches.flat());
  }
  for (const leaf of stack.leaves) {
    lines.push(`${indent}leaf ${describeLeaf(leaf)}`);
  }
  for (const error of errorsOf(stack)) {
    lines.push(`${indent}error ${error.code ?? error.stack}`);
  }
  return lines;
}

/** Its source text, its value, and what is in it. */
function describeResource(resource, frame, indent, isLive) {
  const { value, isAsync, isExiting, name, lineNumber, description } = resource;
  const keyword = isAsync ? 'await using' : 'using';
  const label =
    (types.isProxy(value) ? undefined : value?.label) ?? describeLeaf(value);
  const exiting = isExiting ? ' exiting' : '';
  const text = description ?? `${keyword} ${name ?? '?'}`;
  const lines = [`${indent}  ${text} -> ${label}${exiting}`];
  if (lineNumber !== null) {
    const line = sourceOf(frame.scriptName)?.lines[lineNumber - 1];
    ensure(line === undefined || line.includes(name), `not line ${lineNumber}`, resource);
  } else if (name !== null) {
    lines[0] += ' (no line)';
  }
  for (const child of resource.children) {
    lines.push(...describeResource(child, frame, `${indent}  `, isLive));
  }
  if (resource.innerStack !== null) {
    lines.push(...describe(resource.innerStack, `${indent}    `, isLive));
  }
  return lines;
}

function errorsOf({ error }) {
  if (error === null) return [];
  return error instanceof AggregateError ? error.errors : [error];
}

function ensure(condition, what, frame) {
  if (!condition) throw new Error(`${what}: ${inspect(frame)}`);
}

/** What holds for each frame, whatever the form. */
function checkFrame(frame, isLive) {
  const { kind, state } = frame;
  if (kind === 'combinator') {
    const pending = frame.branchesUp
      ? Number(frame.functionName.replace('awaited by ', ''))
      : (frame.inputs?.pending ?? 0);
    ensure(pending === frame.branches.length, 'miscounted', frame);
    return;
  }
  ensure(frame.branches.length === 0, 'has branches', frame);
  // A module that has not begun has nothing that scripts could hold, but its promise.
  if (kind === 'wasm' || (kind === 'module' && state === 'not-started')) return;
  if (!isLive) {
    ensure(frame.function === null, 'holds a function', frame);
    ensure(frame.receiver === undefined, 'holds a receiver', frame);
    ensure(frame.origin === null, 'has an origin', frame);
  } else if (state !== 'running') {
    ensure(typeof frame.function === 'function', 'has no function', frame);
    // P16: what scripts can hold, never the engine's own object of an async function.
    const { origin } = frame;
    ensure(
      types.isPromise(origin) || types.isGeneratorObject(origin),
      'has another origin',
      frame,
    );
    ensure(
      types.isGeneratorObject(origin) === kind.endsWith('generator'),
      'has the origin of another kind',
      frame,
    );
  }
  if (frame.scriptName === '' || frame.lineNumber === null) return;
  const source = sourceOf(frame.scriptName);
  const line = source?.lines[frame.lineNumber - 1];
  if (line === undefined || line.length > 240) return;
  // Without positions there is no text.
  if (frame.lineText === '' && process.env.ASYNCTB_DISABLE) return;
  ensure(frame.lineText.trim() === line.trim(), 'has another line', frame);
}

/** Every formatter must cope with every stack. */
exports.runFormatters = (stack) => {
  const text = stack.format();
  ensure(String(stack) === text, 'toString differs', stack);
  ensure(inspect(stack) === text, 'inspect differs', stack);
  const ascii = stack.format({
    asciiOnly: true,
    locals: true,
    showHiddenFrames: true,
    showInternalFrames: true,
  });
  // eslint-disable-next-line no-control-regex
  ensure(/^[\x20-\x7e\n]*$/.test(ascii), 'is not ASCII', stack);
  const flat = stack.formatFlat({ showResources: true });
  const all = [...framesOf(stack)];
  for (const frame of all.slice(0, 100)) {
    if (frame.internal || frame.hide) continue;
    const name = frame.functionName;
    const isAscii = /^[\x20-\x7e]*$/.test(name);
    for (const printed of isAscii ? [text, ascii, flat] : [text, flat]) {
      if (all.length > 100 || printed.includes('alike')) break;
      ensure(printed.includes(name), `${name} is not printed`, stack);
    }
  }
  const json = JSON.parse(JSON.stringify(stack.toJSON({ locals: true })));
  ensure(json.frames.length === stack.length, 'JSON lacks frames', stack);
  ensure([...stack].length === stack.length, 'not iterable', stack);
  return text;
};

function* framesOf(stack) {
  for (const frame of stack) {
    yield frame;
    for (const branch of frame.branches) yield* framesOf(branch);
  }
}
