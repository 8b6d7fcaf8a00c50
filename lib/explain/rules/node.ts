// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What Node's own classes mean. */

import { ArrayConcat } from '../../base/lists.js';
import { RegExpTest } from '../../base/patterns.js';
import { MathMax, MathRound } from '../../base/primordials.js';
import { eventNameOf } from '../events.js';
import { groupDigits } from '../../format/text.js';
import type { Explained, Found, Rule } from '../rule.js';
import { rulesOf } from '../rule.js';

/** What is due by itself. A timer that has been cleared is on no list. */
export const timers: Rule = {
  classes: ['Timeout'],
  rank: 10,
  explain({ thing, path, now }: Found): Explained | null {
    const delay = thing.number('_idleTimeout');
    if (delay === null || delay < 0 || thing.flag('_destroyed') === true)
      return null;
    const start = thing.number('_idleStart');
    const isRepeated = thing.number('_repeat') !== null;
    const dueMs =
      start === null || now === 0
        ? null
        : MathMax(MathRound(start + delay - now), 0);
    return {
      kind: 'timer',
      text: `${isRepeated ? 'an interval' : 'a timer'} of ${groupDigits(delay)} ms`,
      dueMs,
      isLimit: path.rejects,
    };
  },
};

const immediates: Rule = {
  classes: ['Immediate'],
  rank: 10,
  explain({ thing }: Found): Explained | null {
    if (thing.flag('_destroyed') === true) return null;
    return { kind: 'timer', text: 'the next turn of the event loop' };
  },
};

/** Only what is told by its end is waited for until then. */
const children: Rule = {
  classes: ['ChildProcess'],
  rank: 15,
  explain({ thing, path }: Found): Explained | null {
    if (!RegExpTest(/^(?:exit|close)$/, eventNameOf(path))) return null;
    const pid = thing.number('pid');
    const file = thing.text('spawnfile');
    const which = pid === null ? '' : ` ${pid}`;
    const text = `the end of child process${which}${file === null ? '' : `: ${file}`}`;
    return { kind: 'process', text };
  },
};

export const node: readonly Rule[] = ArrayConcat(
  [timers, immediates, children],
  rulesOf([
    {
      classes: ['FSReqPromise', 'FSReqCallback', 'ReadFileJob'],
      kind: 'io',
      text: 'the file system',
      rank: 8,
    },
    {
      classes: ['ReadFileContext'],
      kind: 'io',
      text: 'a file that is read',
      rank: 9,
    },
    {
      classes: ['StatWatcher', 'FSWatcher'],
      kind: 'event',
      text: 'a change of a watched file',
      rank: 10,
    },
    {
      classes: ['GetAddrInfoReqWrap', 'GetNameInfoReqWrap', 'QueryReqWrap'],
      kind: 'io',
      text: 'the DNS lookup[ of {hostname}]',
      rank: 10,
    },
    {
      classes: ['TCPConnectWrap', 'PipeConnectWrap'],
      kind: 'io',
      text: 'a connection[ to {address}][:{port}]',
      rank: 9,
    },
    {
      classes: ['WriteWrap', 'ShutdownWrap'],
      kind: 'io',
      text: 'data that is written to a socket',
      rank: 9,
    },
    {
      classes: ['ClientRequest'],
      kind: 'request',
      text: '{method} {path|path} at {host}',
      rank: 15,
    },
    // As newer releases have it.
    {
      classes: ['ClientRequest'],
      kind: 'request',
      text: '{method} {kPath|path} at {host}',
      rank: 15,
    },
    {
      classes: ['ClientHttp2Stream', 'ClientHttp2Session'],
      kind: 'request',
      text: 'an HTTP/2 request',
      rank: 12,
    },
    {
      classes: ['IncomingMessage'],
      kind: 'stream',
      text: 'the body of {method} {url|path}',
      rank: 12,
    },
    {
      classes: ['IncomingMessage'],
      kind: 'stream',
      text: 'the body of a response[ with status {statusCode}]',
      rank: 11,
    },
    {
      classes: ['ChildProcess'],
      kind: 'process',
      text: 'the child process[ {pid}][: {spawnfile}]',
      rank: 12,
    },
    {
      classes: ['Worker'],
      kind: 'message',
      text: 'the worker thread[ {threadId}]',
      rank: 11,
    },
    {
      classes: ['MessagePort'],
      kind: 'message',
      text: 'a message at a MessagePort',
      rank: 10,
    },
    {
      classes: ['BroadcastChannel'],
      kind: 'message',
      text: 'a message at a BroadcastChannel',
      rank: 11,
    },
    {
      classes: ['ReadStream', 'WriteStream'],
      kind: 'stream',
      text: 'the file {path}',
      rank: 11,
    },
    {
      classes: [
        'Gzip',
        'Gunzip',
        'Deflate',
        'Inflate',
        'DeflateRaw',
        'InflateRaw',
        'Unzip',
        'BrotliCompress',
        'BrotliDecompress',
        'ZstdCompress',
        'ZstdDecompress',
      ],
      kind: 'native',
      text: 'compression by zlib',
      rank: 9,
    },
    {
      classes: [
        'ScryptJob',
        'PBKDF2Job',
        'HKDFJob',
        'RandomBytesJob',
        'RandomPrimeJob',
        'CheckPrimeJob',
        'SignJob',
        'HashJob',
        'HmacJob',
        'SecretKeyGenerateJob',
        'RsaKeyPairGenJob',
        'EcKeyPairGenJob',
        'DhKeyPairGenJob',
        'DsaKeyPairGenJob',
        'NidKeyPairGenJob',
        'RSACipherJob',
        'AESCipherJob',
        'ECDHBitsJob',
        'ECDHConvertKeyJob',
        'DHBitsJob',
      ],
      kind: 'native',
      text: 'cryptography on a thread of the pool',
      rank: 10,
    },
    {
      classes: ['Atomics.waitAsync'],
      kind: 'native',
      text: 'Atomics.waitAsync, until Atomics.notify wakes it',
      rank: 10,
    },
    {
      classes: ['AbortSignal'],
      kind: 'event',
      text: 'the abort of an AbortSignal',
      rank: 5,
    },
    {
      classes: [
        'DefaultReadRequest',
        'ReadIntoRequest',
        'ReadableStreamAsyncIteratorReadRequest',
        'ReadableStreamDefaultReader',
        'ReadableStreamDefaultController',
        'ReadableByteStreamController',
        'ReadableStream',
      ],
      kind: 'stream',
      text: 'data of a ReadableStream',
      rank: 9,
    },
    {
      classes: [
        'WritableStreamDefaultWriter',
        'WritableStreamDefaultController',
        'WritableStream',
      ],
      kind: 'stream',
      text: 'room in a WritableStream',
      rank: 9,
    },
    {
      classes: ['TransformStream', 'TransformStreamDefaultController'],
      kind: 'stream',
      text: 'data or room in a TransformStream',
      rank: 8,
    },
    {
      classes: ['Socket', 'TLSSocket'],
      kind: 'io',
      text: 'a connection to {_host}',
      rank: 7,
      when: { connecting: true },
    },
    {
      classes: ['Socket', 'TLSSocket'],
      kind: 'io',
      text: 'data of a socket[ to {_host}]',
      rank: 6,
      when: { connecting: false },
    },
    {
      classes: ['Interface'],
      kind: 'stream',
      text: 'a line of input',
      rank: 11,
    },
  ]),
);
