// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Why tasks wait that wait in a library: each with the real one, by a dump and by an extraction. */

import { capabilities } from 'asynctb';
import { afterEach, describe, expect, it } from 'vitest';
import { Programs } from '../support/program';

const programs = new Programs();
afterEach(() => programs.end());

type Expected = Readonly<Record<string, RegExp>>;

interface Said {
  readonly found: Readonly<Record<string, string>>;
  readonly leaks: boolean;
}

async function say(name: string, door: string): Promise<Said> {
  const program = programs.start(`why/libraries/${name}.cjs`, {
    args: [door],
    nodeArgs: [],
  });
  await program.ended();
  expect(program.stderr).toBe('');
  return JSON.parse(program.stdout) as Said;
}

const AT = String.raw`127\.0\.0\.1:\d+`;
const of = (text: string): RegExp =>
  new RegExp(`^${text.replaceAll('@@', AT)}$`);

const EXPECTED: Readonly<Record<string, Expected>> = {
  databases: {
    pgQueryOfPool: of(
      String.raw`request: PostgreSQL at @@: SELECT \*, \? AS a FROM users WHERE token = <redacted>`,
    ),
    pgQuery: of(
      String.raw`request: PostgreSQL at @@: SELECT \*, \? AS a FROM users WHERE token = <redacted>`,
    ),
    pgQueryBehind: of(
      String.raw`queue: its turn at PostgreSQL at @@, 1 wait: SELECT \?`,
    ),
    pgConnecting: of('io: a connection to PostgreSQL at @@'),
    pgPoolConnecting: of('io: a connection to PostgreSQL at @@'),
    pgPoolEmpty: of('pool: a free client of the pg pool: 1 of 1 taken, 2 wait'),
    pgPoolEmptyQuery: of(
      'pool: a free client of the pg pool: 1 of 1 taken, 2 wait',
    ),
    mysqlQuery: of(
      String.raw`request: MySQL at @@: SELECT \* FROM orders WHERE token = <redacted>`,
    ),
    mysqlConnecting: of('io: a connection to MySQL at @@'),
    mysqlPoolEmpty: of(
      'pool: a free connection of the mysql2 pool: all 1 taken',
    ),
    mysqlPoolEmptyConnection: of(
      'pool: a free connection of the mysql2 pool: all 1 taken',
    ),
    knexQuery: of(
      'request: PostgreSQL at @@: select \\* from "users" where "token" = <redacted>',
    ),
    knexPoolEmpty: of(
      'pool: a free connection of the knex pool: 1 of 1 taken, 2 wait(, and a timer of 60,000 ms as the limit)?',
    ),
    knexTransaction: of(
      'pool: a free connection of the knex pool: 1 of 1 taken, 2 wait(, and a timer of 60,000 ms as the limit)?',
    ),
    genericPoolEmpty: of('pool: a free resource of a generic-pool'),
  },
};

/** Of these an extraction may know nothing: what it looked at before hides who holds it. */
const HIDDEN = [
  'pgPoolConnecting',
  'pgPoolEmpty',
  'pgPoolEmptyQuery',
  'pgQueryOfPool',
];

/** And of these only what limits it. */
const LIMITED = ['knexPoolEmpty', 'knexTransaction'];

/** Not all of the heap may have been looked through there. */
function isLike(task: string, text: RegExp, said: string): boolean {
  if (/^timer: .* as the limit$/.test(said)) return LIMITED.includes(task);
  if (said === '-') return HIDDEN.includes(task);
  return text.test(said.replace(/^(\w+)\?/, '$1'));
}

describe.runIf(capabilities().holders.available)(
  'why a task waits in a library',
  () => {
    for (const [name, expected] of Object.entries(EXPECTED)) {
      it.each(['dump', 'extract'])(`${name}: %s says`, async (door) => {
        const { found, leaks } = await say(name, door);
        const wrong = Object.entries(expected)
          .map(
            ([task, text]) => [task, text, found[task] ?? 'nothing'] as const,
          )
          .filter(([task, text, said]) =>
            door === 'dump' ? !text.test(said) : !isLike(task, text, said),
          )
          .map(([task, text, said]) => `${task}: ${said} is not ${text}`);
        expect(wrong).toEqual([]);
        expect(leaks).toBe(false);
      });
    }
  },
);
