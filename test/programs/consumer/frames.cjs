// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Prints what extract() says of two async functions, for whoever gives it the package.

async function inner(parked) {
  await parked;
}

async function outer(parked) {
  await inner(parked);
}

module.exports = function report({ capabilities, extract }) {
  let release;
  const target = outer(
    new Promise((resolve) => {
      release = resolve;
    }),
  );
  const { frames, error } = extract(target);
  const names = frames.map(({ functionName }) => functionName);
  const message = error === null ? null : String(error.message);
  release();
  console.log(
    JSON.stringify({ names, error: message, capabilities: capabilities() }),
  );
};
