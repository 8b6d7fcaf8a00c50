// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Objects that note whatever is done to them. */

const { inspect } = require('node:util');

exports.createCounter = () => {
  const touched = [];
  const note = (what) => touched.push(what);

  const traps = new Proxy(
    {},
    {
      get: (_target, trap) => (...args) => {
        note(`trap ${trap} ${String(args[1]?.toString?.call?.(args[1]) ?? '')}`);
        return Reflect[trap](...args);
      },
    },
  );
  const proxyOf = (target) => new Proxy(target, traps);

  /** Everything that something could read by name, as a getter. */
  const trapped = (target, label) => {
    const names = [
      'constructor',
      'name',
      'message',
      'stack',
      'code',
      'length',
      'then',
      'toString',
      'toJSON',
      'valueOf',
      'next',
      'return',
      'errors',
      'cause',
      'value',
      'size',
      'inspect',
      'extra',
      Symbol.toPrimitive,
      Symbol.toStringTag,
      Symbol.iterator,
      Symbol.asyncIterator,
      Symbol.species,
      Symbol.hasInstance,
      Symbol.unscopables,
      inspect.custom,
      Symbol.for('asynctb.hidden'),
      0,
    ];
    for (const name of names) {
      const own = Object.getOwnPropertyDescriptor(target, name);
      if (own !== undefined && !own.configurable) continue;
      Object.defineProperty(target, name, {
        configurable: true,
        enumerable: true,
        get() {
          note(`getter ${label}.${String(name)}`);
          return undefined;
        },
        set() {
          note(`setter ${label}.${String(name)}`);
        },
      });
    }
    return target;
  };

  class Trapped {
    static [Symbol.hasInstance]() {
      note('hasInstance');
      return false;
    }
  }
  trapped(Trapped.prototype, 'Trapped.prototype');

  const objects = {
    plain: trapped({}, 'plain'),
    instance: trapped(new Trapped(), 'instance'),
    inherited: new Trapped(),
    proxy: proxyOf({}),
    proxyOfFunction: proxyOf(() => {}),
    proxyOfClass: proxyOf(class {}),
    proxyAsPrototype: Object.create(proxyOf({})),
    array: trapped([1], 'array'),
    arrayOfProxies: [proxyOf({}), proxyOf([])],
    error: trapped(new Error('text'), 'error'),
    fn: trapped(() => {}, 'fn'),
    map: trapped(new Map(), 'map'),
    date: trapped(new Date(0), 'date'),
    regexp: trapped(/x/, 'regexp'),
    boxed: trapped(Object('text'), 'boxed'),
    promise: trapped(new Promise(() => {}), 'promise'),
    nullPrototype: trapped(Object.create(null), 'nullPrototype'),
  };
  return { touched, objects, proxyOf, trapped };
};
