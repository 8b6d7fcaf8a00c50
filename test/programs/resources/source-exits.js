// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Compiled by each compiler in the test: nothing here is loaded as it is. `quick` and `slow` make
// what is disposed of at once, or only when a gate opens.

async function falling({ quick, slow }) {
  using a = quick('a');
  {
    await using b = slow('b');
    using c = quick('c');
  }
}

async function returning({ quick, slow }) {
  await using a = quick('a');
  await using b = slow('b');
  return 'returned';
}

async function throwing({ slow }) {
  try {
    await using a = slow('a');
    throw new Error('on purpose');
  } catch (error) {
    return error.message;
  }
}

async function breaking({ slow }) {
  for (const label of ['a', 'b']) {
    await using each = slow(label);
    if (label === 'a') break;
  }
}

async function continuing({ quick, slow }) {
  for (const label of ['a', 'b']) {
    await using each = label === 'a' ? quick(label) : slow(label);
    if (label === 'b') continue;
  }
}

async function inFinally({ quick, slow }) {
  try {
    using gone = quick('gone');
  } finally {
    await using a = slow('a');
  }
}

// Which of them it is cannot be told: one could have been null.
async function outermost({ quick, slow }) {
  await using a = slow('a');
  await using b = quick('b');
}

async function nothing({ slow }) {
  await using a = null;
  await using b = slow('b');
}

async function* generator({ slow }) {
  await using a = slow('a');
}

module.exports = {
  falling,
  returning,
  throwing,
  breaking,
  continuing,
  inFinally,
  outermost,
  nothing,
  generator: (makers) => generator(makers).next(),
};
