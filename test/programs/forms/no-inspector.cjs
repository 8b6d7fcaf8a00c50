// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** As in a Node that was built without the inspector. */

Object.defineProperty(process.features, 'inspector', { value: false });
const { capabilities, extract } = require('asynctb');

const generator = (function* generator() {
  yield 1;
})();
const { frames, error } = extract(generator);
console.log(
  JSON.stringify({
    inspector: capabilities().inspector,
    frames: frames.length,
    message: error?.message ?? '',
  }),
);
