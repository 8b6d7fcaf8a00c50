// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { RegExpReplaceIn, RegExpTest } from '../base/patterns.js';
import {
  GlobalDecodeURIComponent,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../base/primordials.js';
import type { Frame } from '../model/frame.js';

/** A `file:` URL as the path it stands for; anything else as it is. */
export function displayPath(scriptName: string, cwd: string | null): string {
  const path = StringPrototypeStartsWith(scriptName, 'file://')
    ? pathOfFileUrl(scriptName)
    : scriptName;
  if (cwd === null || !StringPrototypeStartsWith(path, cwd)) return path;
  if (RegExpTest(/[\\/]$/, cwd)) return StringPrototypeSlice(path, cwd.length);
  const next = path[cwd.length];
  return next === '/' || next === '\\'
    ? StringPrototypeSlice(path, cwd.length + 1)
    : path;
}

/** `URL` is Node's, and a bare context of V8 has none. */
function pathOfFileUrl(url: string): string {
  const path = StringPrototypeSlice(url, 'file://'.length);
  // A host (a Windows share): the URL says more than a path would.
  if (!StringPrototypeStartsWith(path, '/')) return url;
  // Some tools leave a percent sign of the path as it is.
  const escaped = RegExpReplaceIn(
    RegExpReplaceIn(path, /[?#].*$/s, ''),
    /%(?![0-9A-Fa-f]{2})/g,
    '%25',
  );
  let decoded: string;
  try {
    decoded = GlobalDecodeURIComponent(escaped);
  } catch {
    return url;
  }
  return RegExpTest(/^\/[A-Za-z]:\//, decoded)
    ? StringPrototypeSlice(decoded, 1)
    : decoded;
}

/** `path:line:column`, as far as it is known; empty when nothing is. */
export function joinPosition(
  path: string,
  lineNumber: number | null,
  columnNumber: number | null,
): string {
  if (path === '' && lineNumber === null) return '';
  const where = path === '' ? '<unknown>' : path;
  if (lineNumber === null) return where;
  const line = `${where}:${lineNumber}`;
  return columnNumber === null ? line : `${line}:${columnNumber}`;
}

/** What a frame is called: its function, the combinator with its counts, or what stands for a name. */
export function displayName(frame: Frame): string {
  const { inputs } = frame;
  if (inputs !== null) {
    const of = inputs.total === null ? '' : ` of ${inputs.total}`;
    return `${frame.functionName} (${inputs.pending}${of} pending)`;
  }
  if (frame.functionName !== '') return frame.functionName;
  return frame.kind === 'module' ? '<module>' : '<anonymous>';
}

/** What must not be mistaken for a function that is waiting in the middle of its body. */
function displayMark(frame: Frame, mixed = false): string {
  if (frame.severalNames) return ' (several names)';
  if (mixed && frame.state === 'running') return ' (running)';
  if (frame.state === 'not-started') return ' (not started)';
  return frame.kind === 'callback' ? ' (callback)' : '';
}

/**
 * The first line of a frame in the tree, not yet escaped. `mixed`: there are suspended frames
 * around it, which a running one must be told from.
 */
export function describeLocation(
  frame: Frame,
  cwd: string | null = null,
  mixed = false,
): string {
  const position = joinPosition(
    displayPath(frame.scriptName, cwd),
    frame.lineNumber,
    frame.columnNumber,
  );
  const place = position === '' ? '' : ` at ${position}`;
  return displayName(frame) + place + displayMark(frame, mixed);
}
