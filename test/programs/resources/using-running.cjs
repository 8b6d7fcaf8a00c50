// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Only for a V8 with `using` declarations. Functions that call `look` while they hold something. */

const { Held } = require('./held.cjs');

function nested(look) {
  using a = new Held('a');
  {
    using gone = new Held('gone');
  }
  using nothing = null;
  {
    using b = new Held('b'),
      c = new Held('c');
    look();
  }
  using never = new Held('never');
}

async function asynchronous(look) {
  using a = new Held('a');
  await using b = new Held('b');
  await null;
  look();
}

function* generator(look) {
  using a = new Held('a');
  look();
  yield a;
}

function caller(look) {
  using outside = new Held('outside');
  return nested(look);
}

/** `look` is called by the disposal of `label`. */
function leaving(look, label) {
  class Looking extends Held {
    [Symbol.dispose]() {
      if (this.label === label) look();
    }
  }
  using a = new Looking('a');
  using b = new Looking('b');
  using c = new Looking('c');
  return label;
}

/** The method is called by the program itself: nothing is being left. */
function callsItself(look) {
  class Looking extends Held {
    [Symbol.dispose]() {
      if (!this.looked) look();
      this.looked = true;
    }
  }
  using a = new Looking('a');
  using b = new Held('b');
  a[Symbol.dispose]();
  return b;
}

/** The same by another name, while something that was entered later is held. */
function callsByName(look) {
  class Closing extends Held {
    close() {
      if (!this.looked) look();
      this.looked = true;
    }
  }
  Closing.prototype[Symbol.dispose] = Closing.prototype.close;
  using a = new Closing('a');
  using b = new Held('b');
  a.close();
  return b;
}

module.exports = {
  asynchronous,
  caller,
  callsByName,
  callsItself,
  generator,
  leaving,
  nested,
};
