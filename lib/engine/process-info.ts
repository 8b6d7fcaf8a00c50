// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { MathRound } from '../base/primordials.js';
import {
  arch,
  currentArguments,
  pid,
  platform,
  uptime,
  versions,
} from '../base/node-process.js';
import { loadedBinding } from './binding.js';
import type { RawProcess } from '../base/capture.js';

const { node, v8 } = versions;

/** What a dump says of its process. */
export function describeProcess(): RawProcess {
  return {
    pid,
    node,
    v8,
    platform,
    arch,
    argv: currentArguments(),
    title: loadedBinding()?.processTitle() ?? '',
    uptimeMs: MathRound(uptime() * 1000),
  };
}
