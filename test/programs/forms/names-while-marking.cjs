// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Computed methods of many contexts, some of which V8 makes while its collector is marking. Prints what
 * asynctb calls them.
 */

const vm = require('node:vm');
const { capabilities, extract } = require('asynctb');

const names = {};
// Who waits for what nobody holds is garbage.
let open;
const gate = new Promise((resolve) => (open = resolve));
for (let i = 0; i < 40; i++) {
  const method = vm.runInNewContext(
    `({ async ['computed ' + 'name']() { await gate; } })['computed name']`,
    { gate },
  );
  const [frame] = extract(method());
  names[frame.functionName] = (names[frame.functionName] ?? 0) + 1;
}
const { available } = capabilities().functionNames;
process.stdout.write(JSON.stringify({ names, available }));
open();
