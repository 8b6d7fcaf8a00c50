// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Runs the same suspended function once a map of a JSON file (a list of `{ name, filename, map }`), and
 * prints what `extract()` and `dump()` say of each. With `--enable-source-maps` from files, since Node keeps
 * maps of what it has loaded itself.
 */

const { readFileSync, writeFileSync } = require('node:fs');
const vm = require('node:vm');
const { dump, extract } = require('asynctb');

const cases = JSON.parse(readFileSync(process.argv[2], 'utf8'));
globalThis.gate = new Promise((resolve) => (globalThis.open = resolve));

const isWork = ({ functionName }) => functionName.startsWith('work');
const shown = (frame) => ({
  place: [frame.scriptName, frame.lineNumber, frame.columnNumber],
  text: frame.lineText,
  generated: frame.generated,
  note: frame.note,
});

const kept = [];
const extracted = cases.map(({ filename, map, url }, index) => {
  const text = typeof map === 'string' ? map : JSON.stringify(map);
  const inline = `data:application/json;base64,${Buffer.from(text ?? '').toString('base64')}`;
  const code = `globalThis.made = (async function work${index}() { await gate; })()\n//# sourceMappingURL=${url ?? inline}`;
  if (process.execArgv.includes('--enable-source-maps')) {
    writeFileSync(filename, code);
    require(filename);
  } else {
    vm.runInThisContext(code, { filename });
  }
  const promise = globalThis.made;
  kept.push(promise);
  const stack = extract(promise);
  return {
    ...shown(stack.frames.find(isWork)),
    error: stack.error?.message ?? null,
    printed: stack.format() + stack.formatFlat() + JSON.stringify(stack),
  };
});

const whole = dump();
const frames = whole.threads[0].groups.flatMap(({ stack }) =>
  stack.frames.filter(isWork),
);
const dumped = cases.map((_each, index) =>
  shown(frames.find(({ functionName }) => functionName === `work${index}`)),
);
const printed = String(whole) + JSON.stringify(whole);
console.log(JSON.stringify({ extracted, dumped, printed }));
