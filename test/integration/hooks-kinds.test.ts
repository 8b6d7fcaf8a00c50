// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** A registration says `{ class }` or `{ when }`: nothing is guessed from what a function looks like. */

import { describe, expect, it } from 'vitest';
import {
  elaborateResource,
  extract,
  fillResource,
  type KindOrFunction,
  localResource,
  PRUNE,
  Resource,
  unwrapItem,
  unwrapResource,
} from '../../lib/hooks';
import { registering } from '../support/hooks';

class Ticket {
  constructor(readonly of: object) {}
}
class Special extends Ticket {}

/** As it was written before there were classes. */
function Old(this: { of: object }, of: object): void {
  this.of = of;
}
const OldClass = Old as unknown as new (of: object) => { of: object };

function* shelf(): Generator<number, void> {
  yield 1;
}
function suspended(): Generator<number, void> {
  const generator = shelf();
  generator.next();
  return generator;
}

const register = registering();

const namesIn = (item: unknown): string[] =>
  extract(item).frames.map(({ functionName }) => functionName);

describe('P40 { class }', () => {
  it('is for the instances of a class, and of those that inherit from it', () => {
    register(unwrapItem.register({ class: Ticket }, (ticket) => ticket.of));
    expect(namesIn(new Ticket(suspended()))).toEqual(['shelf']);
    expect(namesIn(new Special(suspended()))).toEqual(['shelf']);
    expect(namesIn({ of: suspended() })).toEqual([]);
  });

  it('is for those of a function, and for the generators of one', () => {
    register(unwrapItem.register({ class: OldClass }, ({ of }) => of));
    expect(namesIn(new OldClass(suspended()))).toEqual(['shelf']);
    register(
      unwrapItem.register({ class: shelf as never }, () => [suspended()]),
    );
    expect(extract(suspended()).error).toMatchObject({
      code: 'ERR_ASYNCTB_UNWRAP_LOOP',
    });
  });

  it('is for functions, where it is Function itself', () => {
    register(unwrapItem.register({ class: Function }, () => suspended()));
    expect(namesIn(() => 0)).toEqual(['shelf']);
  });
});

describe('P40 { when }', () => {
  const isTicket = (value: unknown): value is Ticket => value instanceof Ticket;

  it('asks the predicate about each item', () => {
    register(unwrapItem.register({ when: isTicket }, (ticket) => ticket.of));
    expect(namesIn(new Ticket(suspended()))).toEqual(['shelf']);
    expect(namesIn({ of: suspended() })).toEqual([]);
  });

  it('also asks one that is written with `function`, which alone would stand for its instances', () => {
    const predicate = function (value: unknown): value is Ticket {
      return value instanceof Ticket;
    };
    register(unwrapItem.register({ when: predicate }, (ticket) => ticket.of));
    expect(namesIn(new Ticket(suspended()))).toEqual(['shelf']);
  });

  it('is taken back alone', () => {
    const takeBack = unwrapItem.register({ when: isTicket }, ({ of }) => of);
    takeBack();
    expect(namesIn(new Ticket(suspended()))).toEqual([]);
  });
});

describe('P42 resources', () => {
  it('are found by both', () => {
    register(unwrapResource.register({ class: Special }, ({ of }) => of));
    register(
      elaborateResource.register(
        { when: (value) => value instanceof Map },
        (_map, resource) => (resource.description = 'a map'),
      ),
    );
    register(
      unwrapResource.register({ when: (v) => v instanceof Set }, () => PRUNE),
    );
    const resource = new Resource(new Special(new Map()));
    fillResource(resource);
    expect(resource.description).toBe('a map');
    const hidden = new Resource(new Set());
    fillResource(hidden);
    expect(hidden.hide).toBe(true);
  });
});

describe('P40 a function alone', () => {
  it('is a class if it has a prototype, and else a predicate', () => {
    register(unwrapItem.register(OldClass, ({ of }) => of));
    expect(namesIn(new OldClass(suspended()))).toEqual(['shelf']);
    register(
      unwrapItem.register(
        (value: unknown): value is Ticket => value instanceof Ticket,
        ({ of }) => of,
      ),
    );
    expect(namesIn(new Ticket(suspended()))).toEqual(['shelf']);
  });
});

describe('P40 what is unclear throws at once', () => {
  const isAnything = (): boolean => true;
  const wrong: [string, unknown, RegExp][] = [
    ['neither', {}, /^type must be either/],
    ['both', { class: Ticket, when: isAnything }, /^type must be either/],
    ['an inherited one', Object.create({ class: Ticket }), /^type must be/],
    ['a class that is none', { class: isAnything }, /^type\.class must be/],
    ['a class by name', { class: 'Ticket' }, /^type\.class must be/],
    ['a proxy as class', { class: new Proxy(Ticket, {}) }, /^type\.class/],
    ['a class as predicate', { when: Ticket }, /^type\.when .*\{ class \}/],
    ['a built-in class as predicate', { when: Map }, /^type\.when/],
    ['an async predicate', { when: async () => true }, /answers at once/],
    ['a generator as predicate', { when: shelf }, /answers at once/],
    ['no function as predicate', { when: 1 }, /^type\.when must be/],
    ['null', null, /^type must be/],
  ];

  it.each(wrong)('%s', (_what, kind, message) => {
    for (const add of [
      () => unwrapItem.register(kind as KindOrFunction, () => undefined),
      () => localResource.register(kind as KindOrFunction),
    ]) {
      expect(add).toThrow(
        expect.objectContaining({
          name: 'TypeError',
          code: 'ERR_ASYNCTB_INVALID_ARG',
          message: expect.stringMatching(message) as string,
        }),
      );
    }
  });
});
