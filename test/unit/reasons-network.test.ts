// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Classes of programs that only have the name of one of a network library are not taken for it. */

import { describe, expect, it } from 'vitest';
import { explainThreads } from '../../lib/explain/thread-reasons.js';
import { EvidenceBuilder } from './evidence-fixtures.js';
import { RawThreadBuilder } from './model-fixtures.js';

/** What is said of a promise whose `resolve` a thing of that class has by that name, in a list or not. */
function said(
  className: string,
  fields: Readonly<Record<string, string | number | boolean>>,
  name: string,
): string {
  const evidence = new EvidenceBuilder();
  const thing = evidence.object(className, fields);
  const item = evidence.object('Object');
  evidence.hold(evidence.leaf(), item, 'resolve').hold(item, thing, name);
  const builder = new RawThreadBuilder();
  builder.site();
  builder.groups.push({ count: 1, node: 0 });
  const [explained] = explainThreads([
    { ...builder.build(), evidence: evidence.raw() },
  ]);
  return explained?.reasonAt?.([0], 0, -1)?.text ?? '-';
}

const PATH = { method: 'GET', path: '/orders' };

describe('what only has a name like one of a library', () => {
  it.each([
    ['Request', { ...PATH }, 'handler'],
    ['Request', { ...PATH, origin: 'http://a' }, 'handler'],
    ['Request', { ...PATH, origin: 'http://a', aborted: false }, 'next'],
    ['Request', { retries: 1 }, '_request'],
    ['Pool', { size: 3 }, 'queue'],
    ['Pool', { connections: 3 }, 'queue'],
    ['Fetch', {}, 'controller'],
    ['Client', { host: 'a', port: 1 }, 'queue'],
    ['Agent', { origin: 'http://a' }, 'clients'],
    ['Socket', { connected: true }, 'acks'],
    ['Socket', { connected: true, nsp: '/' }, 'waiting'],
    ['Channel', { id: 1 }, 'reply'],
    ['Channel', { ch: 1 }, 'reply'],
    ['ConfirmChannel', { pending: 1 }, 'unconfirmed'],
    ['RedirectableRequest', { ...PATH }, '_events2'],
    ['IncomingMessage', { complete: false }, 'res2'],
    ['ClientHttp2Stream', { id: 1 }, 'queue'],
    ['ClientHttp2Session', { id: 1 }, 'queue'],
    ['SocketRequest', { clientId: 'shop' }, 'entry'],
    ['RetryingCall', { host: 'a' }, 'waiting'],
  ])('%s with %j', (className, fields, name) => {
    expect(said(className, fields, name)).toMatch(
      className === 'IncomingMessage' || className === 'ClientHttp2Stream'
        ? /^(?:held by|the body of a response$|an HTTP\/2 request$)/
        : className === 'ClientHttp2Session'
          ? /^(?:held by|an HTTP\/2 request$)/
          : /^held by /,
    );
  });
});
