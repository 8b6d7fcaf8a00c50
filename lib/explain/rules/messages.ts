// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** WebSockets, Socket.IO and RabbitMQ. */

import { JSONStringify } from '../../base/json.js';
import { RegExpTest } from '../../base/patterns.js';
import {
  RegExpPrototypeExec,
  StringPrototypeSlice,
} from '../../base/primordials.js';
import { groupDigits } from '../../format/text.js';
import { eventNameOf, isEndEvent } from '../events.js';
import type { Path } from '../paths.js';
import { shownValue } from '../placeholder.js';
import { type Explained, type Found, ownerOf, type Rule } from '../rule.js';
import type { Thing } from '../thing.js';

const atUrl = (url: string | null): string =>
  url === null || url === '' ? '' : ` to ${shownValue(url, 'path') ?? ''}`;

/** ws */
const webSockets: Rule = {
  classes: ['WebSocket'],
  rank: 17,
  explain({ thing, path }: Found): Explained | null {
    const state = thing.number('_readyState');
    const isServer = thing.flag('_isServer');
    const event = eventNameOf(path);
    if (state === null || isServer === null || event === '') return null;
    const to = isServer ? ' of a client' : atUrl(thing.text('_url'));
    if (state === 0)
      return { kind: 'io', text: `a connection of a WebSocket${to}` };
    const what =
      event === 'message' ? 'a message' : `the event ${JSONStringify(event)}`;
    return { kind: 'message', text: `${what} of a WebSocket${to}` };
  },
};

/** What a task waits for, and not what would end that. */
const webSocketEvents: Rule = {
  ...webSockets,
  rank: 18,
  explain(found) {
    return isEndEvent(eventNameOf(found.path))
      ? null
      : webSockets.explain(found);
  },
};

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** ` at http://host:1/orders`: where the client of a namespace connects to. */
function atNamespace(socket: Thing, namespace: string): string {
  const uri = ownerOf(socket, 'Manager')?.text('uri') ?? '';
  const origin = RegExpPrototypeExec(ORIGIN, uri)?.[0] ?? '';
  const path = namespace === '/' ? '' : (shownValue(namespace, 'path') ?? '');
  return origin === '' ? '' : ` at ${origin}${path}`;
}

/** The event whose listener a way leads through, of who has those in `_callbacks`. */
function callbackOf({ hold, below }: Path): string | null {
  if (hold.name !== '_callbacks' || below === null) return null;
  const name =
    below.hold.link === 'element' && below.below !== null
      ? below.below.hold.name
      : below.hold.name;
  return StringPrototypeSlice(name, 1);
}

/** socket.io-client */
const socketIo: Rule = {
  classes: ['Socket'],
  rank: 18,
  explain({ thing, path }: Found): Explained | null {
    const namespace = thing.text('nsp');
    const isConnected = thing.flag('connected');
    if (namespace === null || isConnected === null || path.isBehindOwner)
      return null;
    const event = callbackOf(path);
    const isAck = path.hold.link === 'property' && path.hold.name === 'acks';
    if (event === null && !isAck) return null;
    const at = atNamespace(thing, namespace);
    if (!isConnected)
      return { kind: 'io', text: `a connection of Socket.IO${at}` };
    return {
      kind: 'message',
      text: isAck
        ? `an acknowledgement by Socket.IO${at}`
        : `the event ${JSONStringify(event)} of Socket.IO${at}`,
    };
  },
};

/** The methods of AMQP 0-9-1 that are answered: class and number. */
const METHODS: Readonly<Record<string, string>> = {
  '10.50': 'connection.close',
  '20.10': 'channel.open',
  '20.40': 'channel.close',
  '40.10': 'exchange.declare',
  '40.20': 'exchange.delete',
  '40.30': 'exchange.bind',
  '40.40': 'exchange.unbind',
  '50.10': 'queue.declare',
  '50.20': 'queue.bind',
  '50.30': 'queue.purge',
  '50.40': 'queue.delete',
  '50.50': 'queue.unbind',
  '60.10': 'basic.qos',
  '60.20': 'basic.consume',
  '60.30': 'basic.cancel',
  '60.70': 'basic.get',
  '60.110': 'basic.recover',
  '85.10': 'confirm.select',
};

/** The name of the method that a call which waits for its turn is for. */
function methodOn(path: Path): string {
  for (let at: Path | null = path; at !== null; at = at.below) {
    const id = at.thing.number('method');
    if (id !== null) return METHODS[`${id >>> 16}.${id & 0xffff}`] ?? '';
  }
  return '';
}

/** amqplib */
const channels: Rule = {
  classes: ['Channel', 'ConfirmChannel', 'CallbackChannel'],
  rank: 26,
  explain({ thing, path }: Found): Explained | null {
    const number = thing.number('ch');
    const unconfirmed = thing.length('unconfirmed');
    const waiting = thing.length('pending');
    if (
      number === null ||
      unconfirmed === null ||
      path.hold.link !== 'property'
    )
      return null;
    const at = `RabbitMQ on channel ${groupDigits(number)}`;
    const wait =
      waiting === null || waiting === 0 ? '' : `, ${groupDigits(waiting)} wait`;
    switch (path.hold.name) {
      case 'reply':
        return { kind: 'request', text: `an answer of ${at}${wait}` };
      case 'pending': {
        const method = methodOn(path);
        const what = method === '' ? '' : `: ${method}`;
        return { kind: 'queue', text: `its turn at ${at}${wait}${what}` };
      }
      case 'unconfirmed':
        return {
          kind: 'message',
          text: `a confirmation by ${at}: ${groupDigits(unconfirmed)} not confirmed`,
        };
      default:
        return null;
    }
  },
};

const AMQP_CONNECTION = /[\\/]amqplib[\\/]lib[\\/]connection\.js$/;

/** amqplib, until its connection is open. */
const handshakes: Rule = {
  classes: ['Socket', 'TLSSocket'],
  rank: 20,
  explain({ path }: Found): Explained | null {
    if (path.isBehindOwner || eventNameOf(path) === '') return null;
    for (let at = path.below; at !== null; at = at.below) {
      if (RegExpTest(AMQP_CONNECTION, at.thing.site?.scriptName ?? ''))
        return { kind: 'io', text: 'a connection to RabbitMQ' };
    }
    return null;
  },
};

export const messages: readonly Rule[] = [
  webSocketEvents,
  webSockets,
  socketIo,
  channels,
  handshakes,
];
