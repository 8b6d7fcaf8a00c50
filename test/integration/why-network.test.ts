// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Why tasks wait that wait for a network library: each with the real one, by a dump and by an extraction. */

import { type Expected, itSaysWhy, saying } from '../support/why-libraries';

/** The body of a response to the fetch of Node 18 does not lead to the request, nor to an iteration's. */
const IS_OLD = Number(process.versions.node.split('.')[0]) < 20;
const body = (what: string): RegExp =>
  saying(
    IS_OLD ? 'stream: data of a ReadableStream' : `stream: the body of ${what}`,
  );

/** From Node 24 on, more stands between an iteration and the request than an extraction writes down. */
const iterated = (path: string): RegExp =>
  body(`(?:GET http://@@/begun/${path}|a response to fetch)`);

const UNDICI: Expected = {
  undiciBody: saying('stream: the body of GET http://@@/begun/text'),
  undiciBodyIterated: saying('stream: the body of GET http://@@/begun/chunks'),
  undiciRequest: saying('request: POST http://@@/slow'),
  undiciClient: saying('request: GET http://@@/first'),
  undiciStream: saying('request: GET http://@@/streamed'),
  undiciConnecting: saying('io: a connection to http://@@: PUT /next'),
  undiciPoolTaken: saying(
    'pool: a free connection of undici to http://@@: 1 of 1 taken, 2 wait: GET /queued',
  ),
  undiciAgentTaken: saying(
    'pool: a free connection of undici to http://@@: 1 of 1 taken, 1 wait: GET /waiting',
  ),
  undiciClientTaken: saying(
    'pool: a free connection of undici to http://@@: 1 of 1 taken, 1 wait: GET /second',
  ),
  undiciFetch: saying('request: GET http://@@/fetched'),
  undiciFetchConnecting: saying('io: a connection to http://@@: GET /far'),
  undiciFetchTaken: saying(
    'pool: a free connection of undici to http://@@: 1 of 1 taken, 2 wait: GET /more',
  ),
  globalFetch: saying('request: PUT http://@@/global'),
  fetchLimited: saying('request: GET http://@@/limited'),
  fetchBody: body('GET http://@@/begun/json'),
  fetchBodyIterated: iterated('read'),
};

/** On Node 18 a request of got does not lead to that of Node's. */
const ofGot = (kind: string, what: string): RegExp =>
  saying(
    kind +
      (IS_OLD
        ? `(?:${what} at 127.0.0.1|a response to a request of got)`
        : `${what} at 127.0.0.1`),
  );

const REQUESTS: Expected = {
  fetchJson: body('GET http://@@/begun/json'),
  fetchIterated: iterated('read'),
  fetchReader: body('GET http://@@/begun/chunks'),
  fetchGet: saying('request: GET http://@@/slow'),
  fetchPut: saying('request: PUT http://@@/put'),
  fetchLimited: saying('request: GET http://@@/limited'),
  fetchSilent: saying('request: GET http://@@/silent'),
  axiosGet: saying('request: GET /orders at 127.0.0.1'),
  axiosLimited: saying('request: POST /late at 127.0.0.1'),
  axiosBody: saying('stream: the body of GET /begun/axios at 127.0.0.1'),
  axiosStream: saying('stream: the body of GET /begun/stream at 127.0.0.1'),
  gotGet: ofGot('request: ', 'GET /got'),
  gotJson: ofGot('request: ', 'POST /got/json'),
  gotBody: ofGot('stream: the body of ', 'GET /begun/got'),
};

const MESSAGES: Expected = {
  wsOpens: saying('io: a connection of a WebSocket to ws://@@/open'),
  wsMessage: saying('message: a message of a WebSocket to ws://@@/feed'),
  wsOnce: saying('message: a message of a WebSocket to ws://@@/feed'),
  wsPong: saying('message: the event "pong" of a WebSocket to ws://@@/feed'),
  ioAck: saying('message: an acknowledgement by Socket.IO at http://@@'),
  ioAckInTime: saying('message: an acknowledgement by Socket.IO at http://@@'),
  ioAckByHand: saying('message: an acknowledgement by Socket.IO at http://@@'),
  ioMessage: saying('message: the event "price" of Socket.IO at http://@@'),
  ioConnecting: saying('io: a connection of Socket.IO at http://@@/lost'),
  ioAckConnecting: saying('io: a connection of Socket.IO at http://@@/lost'),
  kafkaConnecting: saying('request: Kafka at @@: ApiVersions'),
  kafkaMetadata: saying('request: Kafka at @@: Metadata'),
  rabbitConnecting: saying('io: a connection to RabbitMQ'),
  rabbitQueue: saying('request: an answer of RabbitMQ on channel 1, 1 wait'),
  rabbitQueueBehind: saying(
    'queue: its turn at RabbitMQ on channel 1, 1 wait: basic.consume',
  ),
  rabbitConfirms: saying(
    'message: a confirmation by RabbitMQ on channel 2: 1 not confirmed',
  ),
};

const CALLS: Expected = {
  unaryCall: saying('request: the gRPC call /shop.Orders/Get to @@'),
  clientStream: saying('request: the gRPC call /shop.Orders/Put to @@'),
  serverStream: saying(
    'stream: a message of the gRPC call /shop.Orders/Watch to @@',
  ),
  bothStreams: saying(
    'stream: a message of the gRPC call /shop.Orders/Talk to @@',
  ),
  callConnecting: saying('request: the gRPC call /shop.Orders/Get to @@'),
  channelReady: saying('io: a gRPC connection to @@'),
  http2Response: saying('request: GET /slow at @@'),
  http2ByHand: saying('request: POST /posted at @@'),
  http2Body: saying('stream: the body of GET /begun at @@'),
  http2Settings: saying('io: the HTTP/2 settings of @@'),
};

itSaysWhy('network', UNDICI, {
  vague: /^event: event "readable" of BodyReadable$/,
});
itSaysWhy('requests', REQUESTS, {
  vague: /^(?:request: |stream: the body of )a response to a request of got$/,
});
itSaysWhy('messages', MESSAGES);
itSaysWhy('calls', CALLS);
