// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Compiled by each compiler in the test: nothing here is loaded as it is.

async function nested(held, gate) {
  using a = held('a');
  await using b = await held('b');
  {
    using c = held('c'),
      d = held('d');
    await gate;
  }
}

async function left(held, gate) {
  using a = held('a');
  {
    using gone = held('gone');
  }
  using nothing = null;
  await using nothingToo = undefined;
  await gate;
  using never = held('never');
}

async function loop(held, gate) {
  for (using each of [held('a'), held('b')]) {
    if (each.label === 'b') await gate;
  }
}

function* generator(held) {
  using a = held('a');
  yield a;
}

module.exports = { nested, left, loop, generator };
