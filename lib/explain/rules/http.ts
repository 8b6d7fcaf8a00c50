// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Requests by node:http, and clients that make theirs by it. */

import { SetFrom } from '../../base/lists.js';
import { SetPrototypeHas } from '../../base/primordials.js';
import { eventNameOf } from '../events.js';
import { shownValue } from '../placeholder.js';
import { type Explained, type Found, ownerOf, type Rule } from '../rule.js';
import type { Thing } from '../thing.js';

/** `GET /path at host`; null of what is no request of Node's. */
function lineOf(request: Thing): string | null {
  const method = request.text('method');
  const path = request.text('path') ?? request.text('kPath');
  const host = request.text('host');
  if (method === null || path === null || host === null) return null;
  return `${method} ${shownValue(path, 'path') ?? ''} at ${host}`;
}

/** What is waited for of a request by Node: the response, or the rest of it. */
function explainRequest(request: Thing, isBody: boolean): Explained | null {
  const line = lineOf(request);
  if (line === null) return null;
  return isBody
    ? { kind: 'stream', text: `the body of ${line}` }
    : { kind: 'request', text: line };
}

/** Node's request of which a message is the response. */
function requestOf(message: Thing): Thing | null {
  for (const { holder, link, name } of message.holders) {
    if (link !== 'property' || name !== 'res') continue;
    if (holder.className === 'ClientRequest') return holder;
  }
  return null;
}

/** The bodies of responses, whoever reads them. */
const responses: Rule = {
  classes: ['IncomingMessage'],
  rank: 19,
  explain({ thing, path }: Found): Explained | null {
    if (path.isBehindOwner || thing.flag('complete') === true) return null;
    const request = requestOf(thing);
    return request === null ? null : explainRequest(request, true);
  },
};

const READING = SetFrom(['data', 'end', 'readable']);

/** The bodies of requests that a server gets. */
const uploads: Rule = {
  classes: ['IncomingMessage'],
  rank: 19,
  explain({ thing, path }: Found): Explained | null {
    const method = thing.text('method');
    const url = thing.text('url');
    if (method === null || url === null || path.isBehindOwner) return null;
    if (!SetPrototypeHas(READING, eventNameOf(path))) return null;
    const text = `the body of ${method} ${shownValue(url, 'path') ?? ''}`;
    return { kind: 'stream', text };
  },
};

/** follow-redirects, which axios has. */
const redirectable: Rule = {
  classes: ['RedirectableRequest'],
  rank: 18,
  explain({ thing, path }: Found): Explained | null {
    if (path.isBehindOwner) return null;
    for (const { holder, link, name } of thing.holders) {
      if (link === 'property' && name === '_redirectable')
        return explainRequest(holder, false);
    }
    return null;
  },
};

/** The response that got has begun to read. */
function gotResponse(request: Thing): Thing | null {
  for (const { holder, link, name } of request.holders) {
    if (link !== 'property' || name !== 'request') continue;
    if (holder.className === 'IncomingMessage') return holder;
  }
  return null;
}

const got: Rule = {
  classes: ['Request'],
  rank: 18,
  explain({ thing, path }: Found): Explained | null {
    // Up to release 11 they were called otherwise.
    const isOurs =
      (thing.length('redirectUrls') !== null &&
        thing.length('_jobs') !== null) ||
      (thing.length('redirects') !== null && thing.length('jobs') !== null);
    if (!isOurs || path.isBehindOwner) return null;
    const response = gotResponse(thing);
    const request =
      response === null
        ? ownerOf(thing, 'ClientRequest')
        : (requestOf(response) ?? ownerOf(thing, 'ClientRequest'));
    if (request !== null) return explainRequest(request, response !== null);
    // Its own events are not what is waited for.
    return response === null
      ? { kind: 'request', text: 'a response to a request of got' }
      : { kind: 'stream', text: 'the body of a response to a request of got' };
  },
};

export const http: readonly Rule[] = [responses, uploads, redirectable, got];
