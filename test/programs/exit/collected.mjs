// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Ends with code 13 after V8 has collected what nobody could settle. Needs --expose-gc.

async function lost() {
  await new Promise(() => {});
}

process.disconnect();
setImmediate(() => globalThis.gc());
await lost();
