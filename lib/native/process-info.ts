// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import type { RawProcess } from './raw.js';

/** What a dump says of its process. */
export function describeProcess(): RawProcess {
  return {
    pid: process.pid,
    node: process.versions.node,
    v8: process.versions.v8,
    platform: process.platform,
    arch: process.arch,
    argv: [...process.argv],
    uptimeMs: Math.round(process.uptime() * 1000),
  };
}
