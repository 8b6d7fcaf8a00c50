// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** undici, which fetch is: requests, bodies of responses, and connections of its pools. */

import { groupDigits } from '../../format/text.js';
import { SetFrom } from '../../base/lists.js';
import { SetPrototypeHas } from '../../base/primordials.js';
import type { Path } from '../paths.js';
import { shownValue } from '../placeholder.js';
import type { Explained, Found, Rule } from '../rule.js';
import { ownerOf } from '../rule.js';
import type { Thing } from '../thing.js';

/** What the body of a response is read from. */
const BODIES = SetFrom([
  'BodyReadable',
  'ReadableByteStreamController',
  'ReadableStream',
  'ReadableStreamDefaultController',
  'ReadableStreamDefaultReader',
]);

function isOfBody({ below }: Path): boolean {
  for (let at = below; at !== null; at = at.below)
    if (SetPrototypeHas(BODIES, at.thing.className)) return true;
  return false;
}

const pathText = (path: string): string => shownValue(path, 'path') ?? '';

/** The client that has a request in its queue, and where. */
interface Queued {
  readonly client: Thing;
  readonly isSent: boolean;
}

function queuedBy(request: Thing): Queued | null {
  for (const { holder: list, link, index } of request.holders) {
    if (link !== 'element' || index < 0) continue;
    for (const { holder: client, name } of list.holders) {
      const sent = client.number('pending index');
      if (name === 'queue' && sent !== null)
        return { client, isSent: index < sent };
    }
  }
  return null;
}

/** `1 of 1 taken, 2 wait` */
function takenOf(client: Thing): string {
  const pool = ownerOf(client, 'Pool');
  const most = pool?.number('connections') ?? null;
  const count = pool?.length('clients') ?? null;
  const length = client.length('queue');
  const sent = client.number('pending index');
  const waiting =
    length === null || sent === null
      ? ''
      : `, ${groupDigits(length - sent)} wait`;
  if (pool === null) return `1 of 1 taken${waiting}`;
  if (most === null || count === null) return `all taken${waiting}`;
  return `${groupDigits(count)} of ${groupDigits(most)} taken${waiting}`;
}

const requests: Rule = {
  // The second one is that of Node 18's own, as its bundler has named it.
  classes: ['Request', '_Request'],
  rank: 24,
  explain({ thing, path }: Found): Explained | null {
    const { hold } = path;
    if (hold.link !== 'property' || hold.name !== 'handler') return null;
    const method = thing.text('method');
    const target = thing.text('path');
    const origin = thing.text('origin');
    if (method === null || target === null || thing.flag('aborted') === null)
      return null;
    const line = `${method} ${origin ?? ''}${pathText(target)}`;
    if (isOfBody(path)) return { kind: 'stream', text: `the body of ${line}` };
    const queued = queuedBy(thing);
    if (queued === null || queued.isSent)
      return { kind: 'request', text: line };
    const to = origin === null ? '' : ` to ${origin}`;
    const what = `${method} ${pathText(target)}`;
    if (queued.client.flag('connecting') === true)
      return { kind: 'io', text: `a connection${to}: ${what}` };
    const taken = takenOf(queued.client);
    return {
      kind: 'pool',
      text: `a free connection of undici${to}: ${taken}: ${what}`,
    };
  },
};

/** What a dispatch that waits for a connection of a pool was called with. */
function optionsOn(path: Path): Thing | null {
  for (let at: Path | null = path; at !== null; at = at.below)
    if (at.thing.text('opts.path') !== null) return at.thing;
  return null;
}

const pools: Rule = {
  classes: ['Pool', 'BalancedPool', 'RoundRobinPool'],
  rank: 26,
  explain({ thing, path }: Found): Explained | null {
    if (path.hold.link !== 'property' || path.hold.name !== 'queue')
      return null;
    const waiting = thing.number('queued');
    const count = thing.length('clients');
    if (waiting === null || count === null) return null;
    const options = optionsOn(path);
    const origin = options?.text('opts.origin') ?? thing.text('url.origin');
    const most = thing.number('connections') ?? count;
    const taken = `${groupDigits(count)} of ${groupDigits(most)} taken`;
    const method = options?.text('opts.method') ?? null;
    const what =
      options === null || method === null
        ? ''
        : `: ${method} ${pathText(options.text('opts.path') ?? '')}`;
    const to = origin === null ? '' : ` to ${origin}`;
    return {
      kind: 'pool',
      text: `a free connection of undici${to}: ${taken}, ${groupDigits(waiting)} wait${what}`,
    };
  },
};

/** What is known of a fetch whose request is not. */
const fetches: Rule = {
  classes: ['Fetch'],
  rank: 17,
  explain({ thing, path }: Found): Explained | null {
    if (thing.text('state') === null) return null;
    if (isOfBody(path))
      return { kind: 'stream', text: 'the body of a response to fetch' };
    if (path.isBehindOwner) return null;
    return { kind: 'request', text: 'a response to fetch' };
  },
};

export const undici: readonly Rule[] = [requests, pools, fetches];
