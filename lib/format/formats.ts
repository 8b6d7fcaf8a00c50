// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ownProperties } from '../base/own.js';
import type { Formats } from '../model/formats.js';
import { formatCallGraph } from './call-graph.js';
import { DUMP_FORMATS } from './dump-formats.js';
import { dumpToJson, groupToJson, threadToJson } from './dump-json.js';
import { formatStackFlat } from './flat.js';
import {
  callGraphToJson,
  frameToJson,
  jsonOptionsFrom,
  resourceToJson,
  stackToJson,
} from './json.js';
import { describeLocation } from './location.js';
import { escapeText } from './text.js';
import { formatStack } from './tree.js';

/** What the classes of the model call. */
export const FORMATS: Formats = {
  stackText: formatStack,
  stackFlat: formatStackFlat,
  stackJson: (stack, options) => stackToJson(stack, jsonOptionsFrom(options)),
  frameText: (frame) => escapeText(describeLocation(frame), false),
  frameJson: (frame, options) =>
    frameToJson(frame, jsonOptionsFrom(options), 0),
  resourceJson: (resource, options) =>
    resourceToJson(resource, jsonOptionsFrom(options), 0),
  callGraphText: formatCallGraph,
  callGraphJson: (graph, options) =>
    callGraphToJson(graph, jsonOptionsFrom(options)),
  dumpFormats: DUMP_FORMATS,
  dumpJson: (dump, options, locals) =>
    dumpToJson(dump, ownProperties({ locals, ...jsonOptionsFrom(options) })),
  threadJson: (thread, options) =>
    threadToJson(thread, jsonOptionsFrom(options)),
  groupJson: (group, options) => groupToJson(group, jsonOptionsFrom(options)),
};
