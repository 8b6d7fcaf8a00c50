// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** How many objects a dump visits, and V8's own iteration just before and just after. */

const { dump } = require('asynctb');
const { walkHeap } = require('asynctb/lowlevel');

function look() {
  const before = walkHeap().heapObjects;
  const during = dump().threads[0].stats.heapObjects;
  const after = walkHeap().heapObjects;
  return { before, during, after };
}

look();
// From here on objects are only added.
globalThis.gc();
globalThis.gc();
console.log(JSON.stringify(look()));
