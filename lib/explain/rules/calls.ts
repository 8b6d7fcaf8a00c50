// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Requests over HTTP/2, and gRPC, which makes such. */

import { SetFrom } from '../../base/lists.js';
import { RegExpTest } from '../../base/patterns.js';
import { SetPrototypeHas } from '../../base/primordials.js';
import { eventNameOf, isEndEvent } from '../events.js';
import type { Path } from '../paths.js';
import { shownValue } from '../placeholder.js';
import type { Explained, Found, Rule } from '../rule.js';

/** Of what comes before the body. */
const HEADERS = SetFrom(['response', 'headers', 'continue', 'ready']);

/** node:http2 */
const streams: Rule = {
  classes: ['ClientHttp2Stream'],
  rank: 16,
  explain({ thing, path }: Found): Explained | null {
    const method = thing.text('sent-headers.:method');
    const target = thing.text('sent-headers.:path');
    if (method === null || target === null || path.isBehindOwner) return null;
    const authority =
      thing.text('sent-headers.:authority') ?? thing.text('authority');
    const at = authority === null ? '' : ` at ${authority}`;
    const line = `${method} ${shownValue(target, 'path') ?? ''}${at}`;
    return SetPrototypeHas(HEADERS, eventNameOf(path))
      ? { kind: 'request', text: line }
      : { kind: 'stream', text: `the body of ${line}` };
  },
};

/** What a task waits for, and not what would end that. */
const streamEvents: Rule = {
  ...streams,
  rank: 17,
  explain(found) {
    return isEndEvent(eventNameOf(found.path)) ? null : streams.explain(found);
  },
};

const sessions: Rule = {
  classes: ['ClientHttp2Session'],
  rank: 15,
  explain({ thing, path }: Found): Explained | null {
    const authority = thing.text('authority');
    const event = eventNameOf(path);
    if (authority === null || path.isBehindOwner) return null;
    if (event === 'connect')
      return { kind: 'io', text: `an HTTP/2 connection to ${authority}` };
    if (!RegExpTest(/^(?:remoteSettings|localSettings)$/, event)) return null;
    return { kind: 'io', text: `the HTTP/2 settings of ${authority}` };
  },
};

const STREAM = /^Client(?:Readable|Duplex)StreamImpl$/;

function isOfStream({ below }: Path): boolean {
  for (let at = below; at !== null; at = at.below)
    if (RegExpTest(STREAM, at.thing.className)) return true;
  return false;
}

const CHANNEL = /^(?:InternalChannel|ChannelImplementation)$/;

/** Of @grpc/grpc-js: what waits for a channel to be ready. */
const channels: Rule = {
  classes: ['InternalChannel', 'ChannelImplementation'],
  rank: 25,
  explain({ thing, path }: Found): Explained | null {
    if (path.hold.name !== 'connectivityStateWatchers') return null;
    const authority = thing.text('defaultAuthority');
    const to = authority === null ? '' : ` to ${authority}`;
    return { kind: 'io', text: `a gRPC connection${to}` };
  },
};

/** A channel has many calls, none of which has to do with who waits for the channel itself. */
function passesChannel({ below }: Path): boolean {
  for (let at = below; at !== null; at = at.below)
    if (RegExpTest(CHANNEL, at.thing.className)) return true;
  return false;
}

/** @grpc/grpc-js */
const calls: Rule = {
  classes: ['ResolvingCall', 'RetryingCall', 'LoadBalancingCall'],
  rank: 24,
  explain({ thing, path }: Found): Explained | null {
    const method = thing.text('method') ?? thing.text('methodName');
    if (method === null || passesChannel(path)) return null;
    const host = thing.text('host');
    const to = host === null || host === '' ? '' : ` to ${host}`;
    const call = `the gRPC call ${shownValue(method, 'path') ?? ''}${to}`;
    return isOfStream(path)
      ? { kind: 'stream', text: `a message of ${call}` }
      : { kind: 'request', text: call };
  },
};

export const remoteCalls: readonly Rule[] = [
  streamEvents,
  streams,
  sessions,
  channels,
  calls,
];
