// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** `ASYNCTB_RULES`: rules from a file, read once. */

import { reasonOf } from '../base/errors.js';
import { RegExpReplaceIn } from '../base/patterns.js';
import { GlobalError, JSONParse } from '../base/primordials.js';
import { addRules } from '../engine/add-rules.js';
import { loadBinding } from '../engine/binding.js';
import { redactText } from '../redact/redact.js';

const MOST_BYTES = 1_000_000;

/** Why they are not used, ready to be shown; '' when they are. */
export function addRulesOfFile(path: string): string {
  if (path === '') return '';
  try {
    addRules('rules', parse(read(path)));
    return '';
  } catch (error) {
    return (
      `ASYNCTB_RULES=${redactText(path)}: ${redactText(reasonOf(error))}; ` +
      'dumps do without its rules'
    );
  }
}

function read(path: string): string {
  const text = loadBinding().readText(path, '', MOST_BYTES);
  if (text === null) throw new GlobalError(whyUnread(path));
  return RegExpReplaceIn(text, /^\uFEFF/, '');
}

function whyUnread(path: string): string {
  const { statSync } = require('node:fs') as typeof import('node:fs');
  let stats;
  try {
    stats = statSync(path);
  } catch {
    return 'there is no such file';
  }
  if (!stats.isFile()) return 'it is no ordinary file';
  return stats.size > MOST_BYTES
    ? 'it has more than 1,000,000 bytes'
    : 'it cannot be read';
}

/** What is wrong with it is not said in the words of V8, which show what stands there. */
function parse(text: string): unknown {
  try {
    return JSONParse(text) as unknown;
  } catch {
    throw new GlobalError('it is no JSON');
  }
}
