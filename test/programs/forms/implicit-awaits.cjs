// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Functions that wait without an `await`. The comment `here` marks the line where control is. Prints the
 * line and the text of each, as extract() and a dump with and without the marked one say.
 */

const { dump, extract } = require('asynctb');
const { readFileSync } = require('node:fs');

const lines = readFileSync(__filename, 'utf8').split('\n');
const hold = [];
const gate = () => new Promise((resolve) => hold.push(resolve));
const slow = async () => {
  await gate();
};
const never = () => null;
const items = () => ({
  [Symbol.asyncIterator]() {
    return { next: async () => ({ value: 1, done: false }), return: gate };
  },
});
async function* endless() {
  try {
    for (;;) yield 1;
  } finally {
    await slow();
  }
}

const generators = {
  async *returnsACall() {
    return slow(); // here
  },
  async *returnsOneOfTwo() {
    return hold // here
      ? slow()
      : never();
  },
  async *returnsTheFirstOf() {
    return slow() || // here
      never() ||
      never();
  },
  async *returnsWithArguments() {
    return slow( // here
      String(1),
      () => {
        return never();
      },
    );
  },
  async *returnsAVariable() {
    const work = slow();
    never();
    return work; // here
  },
  async *returnsInATry() {
    try {
      return slow(); // here
    } finally {
      never();
    }
  },
  async *returnsWhatIsAwaited() {
    return await slow(); // here
  },
  async *yieldsWhatIsPending() {
    yield slow(); // here
  },
  async *leavesALoop() {
    for await (const item of endless()) { // here
      if (item) break;
      else never();
    }
  },
};

const functions = {
  async breaks() {
    for await (const item of endless()) { // here
      if (item) {
        break;
      } else {
        return never();
      }
    }
  },
  async breaksAtOnce() {
    for await (const item of items()) {
      never(item);
      break; // here
    }
  },
  async throwsInACall() {
    for await (const item of items()) { // here
      never(JSON.parse(`{${item}`));
    }
  },
  async breaksWithoutABlock() {
    for await (const item of items()) // here
      if (item)
        break;
  },
  async returns() {
    for await (const item of items()) {
      return item; // here
    }
  },
  async returnsWhatACallGives() {
    for await (const item of items()) { // here
      return String(
        item,
      );
    }
  },
  async throws() {
    for await (const item of items()) { // here
      if (item) throw new Error('on purpose');
    }
  },
  async goesOnOutside() {
    outer: for (const one of [1, 2]) {
      for await (const item of items()) { // here
        if (item) continue outer;
      }
      never(one);
    }
  },
  async breaksTheInnerOne() {
    for await (const one of [1]) {
      for await (const item of items()) {
        never(one, item);
        break; // here
      }
    }
  },
  async waitsForTheNext() {
    const source = { next: gate };
    for await (const item of { [Symbol.asyncIterator]: () => source }) { // here
      never(item);
    }
  },
};

/** The line that is marked in the text of a function. */
function marked(fn, name) {
  const begin = lines.findIndex((line) =>
    line.startsWith(`  async ${fn}`) && line.includes(`${name}(`),
  );
  for (let row = begin; ; row++) {
    if (lines[row].includes('// here')) return lines[row];
  }
}

async function main() {
  const tasks = [];
  for (const [name, start] of Object.entries(generators)) {
    tasks.push([name, start().next(), marked('*', name)]);
  }
  for (const [name, start] of Object.entries(functions)) {
    tasks.push([name, start(), marked('', name)]);
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  const frames = dump().threads[0].groups.flatMap(({ stack }) => stack.frames);
  console.log(
    JSON.stringify(
      tasks.map(([name, task, line]) => {
        const [frame] = extract(task).frames;
        const dumped = frames.find((each) => each.functionName === name);
        return {
          name,
          line,
          extracted: frame.lineText,
          dumped: dumped.lineText,
          at: frame.lineText.slice(frame.columnNumber - 1),
          isOfItsLine:
            frame.scriptName !== __filename ||
            lines[frame.lineNumber - 1] === frame.lineText,
        };
      }),
    ),
  );
  process.exit();
}

main();
