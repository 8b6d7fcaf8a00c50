// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Only for a V8 with `using` declarations. */

const { held } = require('./held.cjs');

exports.generator = function* generator() {
  using a = held('a');
  {
    using gone = held('gone');
  }
  using nothing = null;
  using b = held('b');
  yield [a, b];
  using never = held('never');
};
