// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Prints what is in the loop, and which listeners the process has, and ends by itself.

process.disconnect();
const counts = {};
for (const name of ['SIGUSR2', 'newListener', 'removeListener', 'exit']) {
  counts[name] = process.listenerCount(name);
}
setImmediate(() => {
  console.log(JSON.stringify([process.getActiveResourcesInfo(), counts]));
});
