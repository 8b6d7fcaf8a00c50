// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Loads a compiled `loader.ts` and prints where asynctb sees its functions: suspended, running,
 * waiting for another, and in a dump. Whatever it does by `node:fs` or a stack hook is noted.
 */

// It makes Node keep source maps, as --enable-source-maps does.
delete process.env.NODE_V8_COVERAGE;

const fs = require('node:fs');
const { pathToFileURL } = require('node:url');
const asynctb = require('asynctb');

const [file, patched] = process.argv.slice(2);
const { callGraph, dump, extract, extractSince } = asynctb;
const noted = [];

function watchTheProgram() {
  for (const name of Object.keys(fs)) {
    const original = fs[name];
    if (typeof original !== 'function' || /^[A-Z_]/.test(name)) continue;
    fs[name] = (...args) => {
      noted.push(`fs.${name}`);
      return original.apply(fs, args);
    };
  }
  Error.prepareStackTrace = (error) => {
    noted.push('prepareStackTrace');
    return String(error);
  };
}

const places = (stack) =>
  (stack?.frames ?? [])
    .filter(({ functionName }) =>
      /^(load|main|run|numbers)$/.test(functionName),
    )
    .map((frame) => ({
      name: frame.functionName,
      script: frame.scriptName,
      place: `${frame.lineNumber}:${frame.columnNumber}`,
      text: frame.lineText.trim(),
      generated: frame.generated,
      shown: String(frame),
      state: frame.state,
    }));

async function show() {
  const loader = file.endsWith('.cjs')
    ? require(file)
    : await import(pathToFileURL(file).href);
  // What is loaded at the first use of a map is loaded by another script's.
  if (patched !== undefined) {
    const warm = require(patched).main(new Promise(() => {}));
    extract(warm);
    watchTheProgram();
  }
  let open;
  const gate = new Promise((resolve) => (open = resolve));
  const target = loader.main(gate);
  const generator = loader.numbers();
  generator.next();
  await new Promise(setImmediate);
  const stack = extract(target);
  const [waiting] = callGraph(gate).awaitedBy;
  const groups = dump().threads[0].groups.map((group) => group.stack);
  const result = {
    suspended: places(stack),
    generator: places(extract(generator)),
    running: places(loader.run(() => extractSince(null))),
    waiting: places(waiting?.stack ?? stack),
    dumped: groups.flatMap(places),
    dumpRunning: places(loader.run(() => dump()).threads[0].running),
    text: stack.format(),
    noted: [...new Set(noted)],
  };
  open({ id: 7 });
  Error.prepareStackTrace = undefined;
  result.value = await target;
  console.log(JSON.stringify(result));
}

show();
