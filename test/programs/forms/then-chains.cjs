// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Prints the groups of a dump as JSON: how many, and what their frames are called. */
const { dump } = require('../../../dist/index.js');

const keep = [];
const gate = () => new Promise((resolve) => keep.push(resolve));
async function inner(of = gate()) {
  return await of;
}

const programs = {
  requests() {
    const fetchRow = () => gate();
    const loadUser = () => fetchRow().then(function toUser() {});
    for (let id = 0; id < 3; id++) {
      loadUser()
        .then(function render() {})
        .catch(function fail() {});
    }
  },
  shared() {
    function each() {}
    const one = gate();
    one.then(each);
    one.then(function other() {});
    gate().then(each);
  },
  functions() {
    inner().then(function after() {}).finally(function last() {});
    async function outer() {
      await gate().then(function between() {});
    }
    void outer();
  },
  combinators() {
    Promise.all([gate().then(function first() {}), gate()]);
    Promise.all([inner(), gate().then(function beside() {})]);
  },
  'shared inputs'() {
    const one = inner().then(function first() {});
    async function outer() {
      await one;
    }
    void outer();
    Promise.all([one, inner()]);
    const two = inner().then(function second() {});
    Promise.all([two, two.then(function third() {})]);
  },
  handler() {
    async function handle() {
      await inner();
    }
    const respond = () => {};
    for (let i = 0; i < 3; i++) handle().then(respond, (error) => error);
    handle().catch(function report() {});
  },
  thenables() {
    class Query {
      then(resolve, reject) {
        gate().then(function rows(value) {
          resolve(value);
        }, reject);
      }
    }
    async function outer() {
      await new Query();
    }
    void outer();
    keep.push(
      new Promise((resolve, reject) => {
        inner().then(function promisified() {
          resolve();
        }, reject);
      }),
    );
  },
  rings() {
    let member;
    async function ring() {
      await null;
      await member;
    }
    member = ring();
    member.then(function above() {});
    keep.push(member);
  },
  promises() {
    keep.push(gate().then(), Promise.all([gate(), gate()]));
    keep.push(Promise.race([gate(), gate()]));
  },
  locals() {
    async function outer(id) {
      await inner(2).then(function between() {});
      return id;
    }
    async function inner(of) {
      await gate();
      return of;
    }
    void outer(1);
    gate().then(function alone() {});
  },
};

programs[process.argv[2]]();
const locals = process.argv[2] === 'locals';
setImmediate(() => {
  const { groups } = dump({ locals }).threads[0];
  const nameOf = ({ functionName, locals: own }) => {
    const values = Object.entries(own ?? {}).filter(([, value]) => /^\d$/.test(String(value)));
    const text = values.length === 0 ? '' : ` ${JSON.stringify(Object.fromEntries(values.map(([key, value]) => [key, String(value)])))}`;
    return functionName + text;
  };
  const shown = groups.map(({ count, stack }) => ({
    count,
    frames: stack.frames.map(nameOf),
  }));
  console.log(JSON.stringify(shown));
});
