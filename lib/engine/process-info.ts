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
import type { RawChild, RawProcess } from '../base/capture.js';

const { node, v8 } = versions;

/** What the process has started and not waited for. */
export function childProcesses(): RawChild[] {
  return loadedBinding()?.childProcesses() ?? [];
}

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
