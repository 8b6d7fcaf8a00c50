// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

function* plain /*@plain*/(limit) {
  const first = /*@plain-1*/yield limit;
  /*@plain-2*/yield first + 1;
  return 'end';
}

function* withDefaults /*@defaults*/(a, { b } = { b: 2 }) {
  /*@defaults-1*/yield a + b;
}

function* leafOfChain(values) {
  /*@chain-leaf*/yield* values;
}

function* middle() {
  const inner = /*@chain-middle*/yield* leafOfChain(['a', 'b']);
  return inner;
}

function* outer() {
  try {
    for (const round of [1, 2]) {
      /*@chain-outer*/yield* /* a comment */ middle(round);
    }
  } finally {
    void 0;
  }
}

function* innermost() {
  /*@innermost*/yield 'value';
  return 'returned';
}

function* delegating() {
  return (/*@delegating*/yield* innermost()) + '!';
}

function* delegatesOutside() {
  return /*@delegates-outside*/yield* delegating();
}

/** A loop over generators keeps them in the same registers as a delegation would. */
function* loop() {
  for (const value of delegating()) {
    /*@loop*/yield value;
  }
}

function* loopInLoop() {
  for (const outerValue of delegating()) {
    for (const innerValue of delegating()) {
      /*@loop-in-loop*/yield outerValue + innerValue;
    }
  }
}

function* loopThenDelegate() {
  for (const value of [1]) void value;
  for (const value of innermost()) void value;
  /*@loop-then-delegate*/yield* innermost();
}

function* delegateInLoop() {
  for (const value of delegating()) {
    void value;
    /*@delegate-in-loop*/yield* innermost();
  }
}

/** The delegation is over: what it leaves in the registers is stale. */
function* delegateThenPlain() {
  /*@delegated*/yield* innermost();
  /*@delegate-then-plain*/yield 'plain';
}

function* yieldsAGenerator() {
  const other = innermost();
  other.next();
  const next = other.next;
  /*@yields-a-generator*/yield [other, next];
}

function* spread() {
  /*@spread*/yield [...innermost(), yield 'first'];
}

function* twoOnALine() {
  (yield 1, /*@second-on-line*/yield 2);
}

class Tree {
  #value = 'private';
  *[Symbol.iterator]() {
    /*@iterator-method*/yield* this.#walk();
  }
  *#walk() {
    /*@private-method*/yield this.#value;
  }
  static *make() {
    /*@static-method*/yield new Tree();
  }
  *['computed' + 1]() {
    /*@computed-method*/yield 1;
  }
}

/** A hand-written iterator cannot be looked into: it is what remains. */
function* overIterator() {
  let left = 3;
  class Countdown {
    [Symbol.iterator]() {
      return this;
    }
    next() {
      return { done: left === 0, value: left-- };
    }
  }
  /*@over-iterator*/yield* new Countdown();
}

function advanced(generator, times = 1) {
  for (let i = 0; i < times; i++) generator.next();
  return generator;
}

/** Runs it to its end and says what came out. */
function rest(generator) {
  const values = [];
  for (;;) {
    const { done, value } = generator.next(0);
    values.push(value);
    if (done) return values;
  }
}

const of = (make, times, expected, result) => ({
  park: () => {
    const target = advanced(make(), times);
    return { target, finish: () => rest(target) };
  },
  expected,
  result,
});

exports.sync = [
  {
    name: 'P4 a generator that has not started stands at its function',
    ...of(() => plain(1), 0, 'generator plain @plain not-started', [
      1,
      1,
      'end',
    ]),
  },
  {
    name: 'P4 default and destructured parameters do not count as started',
    ...of(
      () => withDefaults(1),
      0,
      'generator withDefaults @defaults not-started',
      [3, undefined],
    ),
  },
  {
    name: 'P5 a suspended generator stands at its yield',
    ...of(() => plain(1), 1, 'generator plain @plain-1', [1, 'end']),
  },
  {
    name: 'P5 and at the next one after it was resumed',
    ...of(() => plain(1), 2, 'generator plain @plain-2', ['end']),
  },
  {
    name: 'P8 a finished generator has no frames',
    ...of(() => plain(1), 3, '(no frames)', [undefined]),
  },
  {
    name: 'P8 nor has one that was returned before it started',
    park: () => {
      const target = plain(1);
      target.return('early');
      return { target, finish: () => rest(target) };
    },
    expected: '(no frames)',
    result: [undefined],
  },
  {
    name: 'P8 nor one that threw',
    park: () => {
      const target = advanced(plain(1));
      try {
        target.throw(new Error('on purpose'));
      } catch {
        // It is over now.
      }
      return { target, finish: () => rest(target) };
    },
    expected: '(no frames)',
    result: [undefined],
  },
  {
    name: 'P1 yield* leads through every generator to an iterator that is none',
    ...of(
      outer,
      1,
      `
generator outer @chain-outer
generator middle @chain-middle
generator leafOfChain @chain-leaf
leaf Array Iterator`,
      ['b', 'a', 'b', undefined],
    ),
  },
  {
    name: 'P1 yield* on two lines, and inside of an expression',
    ...of(
      delegatesOutside,
      1,
      `
generator delegatesOutside @delegates-outside
generator delegating @delegating
generator innermost @innermost`,
      ['returned!'],
    ),
  },
  {
    name: 'a plain yield inside of for…of is no yield*',
    ...of(loop, 1, 'generator loop @loop', [undefined]),
  },
  {
    name: 'nor is one inside of two loops',
    ...of(loopInLoop, 1, 'generator loopInLoop @loop-in-loop', [undefined]),
  },
  {
    name: 'nor a yield after a yield* that is over',
    ...of(
      delegateThenPlain,
      2,
      'generator delegateThenPlain @delegate-then-plain',
      [undefined],
    ),
  },
  {
    name: 'nor a yield of a generator that is held together with its next',
    ...of(
      yieldsAGenerator,
      1,
      'generator yieldsAGenerator @yields-a-generator',
      [undefined],
    ),
  },
  {
    name: 'P1 a yield* after loops',
    ...of(
      loopThenDelegate,
      1,
      `
generator loopThenDelegate @loop-then-delegate
generator innermost @innermost`,
      [undefined],
    ),
  },
  {
    name: 'P1 a yield* inside of a loop over another generator',
    ...of(
      delegateInLoop,
      1,
      `
generator delegateInLoop @delegate-in-loop
generator innermost @innermost`,
      [undefined],
    ),
  },
  {
    name: 'P5 the second of two yields on a line',
    ...of(twoOnALine, 2, 'generator twoOnALine @second-on-line', [undefined]),
  },
  {
    name: 'P5 a yield around another one',
    ...of(spread, 2, 'generator spread @spread', [undefined]),
  },
  {
    name: 'P1 methods: computed, private',
    ...of(
      () => new Tree()[Symbol.iterator](),
      1,
      `
generator [Symbol.iterator] @iterator-method
generator #walk @private-method`,
      [undefined],
    ),
  },
  {
    name: 'P5 a static method',
    park: () => {
      const target = advanced(Tree.make());
      return { target, finish: () => rest(target) };
    },
    expected: 'generator make @static-method',
    result: [undefined],
  },
  {
    name: 'P5 a method with a computed name',
    ...of(
      () => new Tree().computed1(),
      1,
      'generator computed1 @computed-method',
      [undefined],
    ),
  },
  {
    name: 'P5 yield* over a hand-written iterator leaves it as the leaf',
    ...of(
      overIterator,
      1,
      `
generator overIterator @over-iterator
leaf Countdown`,
      [2, 1, undefined],
    ),
  },
];
