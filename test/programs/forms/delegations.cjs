// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Delegations among other things that V8 keeps in the same registers: iterators of loops, of
 * spreads and of patterns, and an iterator beside its `next` in the arguments of a call.
 */

function* inner() {
  /*@inner*/yield 'value';
  return 'returned';
}

function* decoy() {
  yield undefined;
  yield 2;
}

const suspended = () => {
  const generator = decoy();
  generator.next();
  return generator;
};

const all = (...values) => values.length;
const many = Array.from({ length: 300 }, (_, index) => index);

const of = (name, make, times = 1) => ({
  name,
  park: () => {
    const target = make();
    for (let i = 0; i < times; i++) target.next();
    return { target, finish: () => target.return('stopped').value };
  },
  expected: `
generator ${make.name} @${make.name}
generator inner @inner`,
  result: 'stopped',
});

exports.delegations = [
  of('P1 in the default of a pattern', function* inPattern() {
    const [x = /*@inPattern*/yield* inner()] = decoy();
    return x;
  }),
  of('P1 in a nested pattern', function* inNestedPattern() {
    const [[x = /*@inNestedPattern*/yield* inner()]] = [decoy()];
    return x;
  }),
  of('P1 in a spread behind another one', function* inSpread() {
    return [...decoy(), .../*@inSpread*/yield* inner()];
  }),
  of('P1 beside an iterator and its next', function* besidePair() {
    const it = suspended();
    return all(it, it.next, /*@besidePair*/yield* inner());
  }),
  of('P1 beside a next and its iterator', function* besideReversedPair() {
    const it = suspended();
    return all(it.next, it, /*@besideReversedPair*/yield* inner());
  }),
  of('P1 in the argument of a next()', function* inNext() {
    const it = suspended();
    return it.next(/*@inNext*/yield* inner());
  }),
  of(
    'P1 after such a pair was held across a yield',
    function* afterPair() {
      const it = suspended();
      all(1, 2, 3, 4, 5, 6, 7, 8, 9, it, it.next, yield 0);
      all(1, 2, 3, 4, 5, 6, 7, 8, 9, it.next, it, yield 0);
      /*@afterPair*/yield* inner();
    },
    3,
  ),
  of(
    'P1 after loops that were left',
    function* afterBreak() {
      outer: for (const a of decoy()) {
        for (const b of decoy()) {
          yield [a, b];
          break outer;
        }
      }
      /*@afterBreak*/yield* inner();
    },
    2,
  ),
  of('P1 inside of two loops', function* insideLoops() {
    for (const a of decoy()) {
      for (const b of decoy()) {
        void [a, b, /*@insideLoops*/yield* inner()];
      }
    }
  }),
  of('P1 in the head of a loop', function* inHead() {
    for (const a of (/*@inHead*/yield* inner(), decoy())) void a;
  }),
  of('P1 in a finally block', function* inFinally() {
    try {
      for (const a of decoy()) throw a;
    } catch {
      // Left on purpose.
    } finally {
      /*@inFinally*/yield* inner();
    }
  }),
  of('P1 in a template', function* inTemplate() {
    return `${all(suspended())} ${/*@inTemplate*/yield* inner()}`;
  }),
  of('P1 in a computed key', function* inKey() {
    return { [suspended().next()]: 1, [/*@inKey*/yield* inner()]: 2 };
  }),
  {
    name: 'P1 among more variables than fit into a byte',
    park: () => {
      const source = `(inner) => function* wide() {
  ${many.map((index) => `let v${index} = ${index};`).join(' ')}
  yield* inner();
  return ${many.map((index) => `v${index}`).join(' + ')};
}`;
      const target = (0, eval)(`${source}\n//# sourceURL=wide.js`)(inner)();
      target.next();
      return { target, finish: () => target.next().value };
    },
    expected: `
generator wide wide.js:3:3
generator inner @inner`,
    result: (299 * 300) / 2,
  },
  {
    name: 'P1 far down in a long function',
    park: () => {
      const source = `(inner) => function* long() {
  ${many.map((index) => `if (arguments[${index}]) all('${'x'.repeat(20)}${index}');\n`).join('')}
  yield* inner();
}`;
      const target = (0, eval)(`${source}\n//# sourceURL=long.js`)(inner)();
      target.next();
      return { target, finish: () => target.next().value };
    },
    expected: `
generator long long.js:303:3
generator inner @inner`,
    result: undefined,
  },
];
