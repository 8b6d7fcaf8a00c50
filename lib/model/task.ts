// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush, ArrayPrototypeSome } from '../base/lists.js';
import { StringPrototypeSplit } from '../base/patterns.js';
import { GlobalString, ObjectDefineProperty } from '../base/primordials.js';
import type { CapturedThread } from './site.js';
import { redactText, redactUrlPath, redactValue } from '../redact/redact.js';
import { isSecretName } from '../redact/secret-names.js';

/** The HTTP request that a task is for. */
export interface TaskRequest {
  readonly method: string;
  /** Its path, without the query. */
  readonly url: string;
  /** How long ago it came, in milliseconds; null when that is not known. */
  readonly ageMs: number | null;
}

/** One of a group's tasks. */
export interface Task {
  /** The same in each dump of the process, as long as the task is there. */
  readonly id: string;
  /**
   * What its `AsyncLocalStorage` stores say under the keys that were chosen, and `trace` and `span` of
   * OpenTelemetry.
   */
  readonly context: Readonly<Record<string, string>>;
  /** Null: none was found. */
  readonly request: TaskRequest | null;
  /** How long it has been here, as earlier dumps have seen, in milliseconds; 0 in the first one. */
  readonly seenMs: number;
}

/** The task of a row. */
function taskAt(raw: CapturedThread, row: number): Task {
  const { tasks } = raw;
  const method = tasks.method[row] ?? '';
  const ageMs = tasks.ageMs[row] ?? -1;
  return {
    id: GlobalString(tasks.id[row] ?? 0),
    context: contextOf(raw, row),
    request:
      method === ''
        ? null
        : {
            method: redactText(method),
            url: redactUrlPath(tasks.url[row] ?? ''),
            ageMs: ageMs < 0 ? null : ageMs,
          },
    seenMs: tasks.seenMs[row] ?? 0,
  };
}

function contextOf(
  { tasks, contextEntries, showsAllContext = false }: CapturedThread,
  row: number,
): Record<string, string> {
  const context: Record<string, string> = {};
  const begin = tasks.contextBegin[row] ?? 0;
  const end = begin + (tasks.contextCount[row] ?? 0);
  for (let at = begin; at < end; at++) {
    const key = contextEntries.key[at] ?? '';
    const value = contextEntries.value[at] ?? '';
    const isShown = showsAllContext || contextEntries.isLasting[at] === true;
    if (!isShown || isSecret(key)) continue;
    // A key may be `__proto__`.
    ObjectDefineProperty(context, key, {
      value: redactValue(nameOf(key), value),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return context;
}

function isSecret(key: string): boolean {
  return ArrayPrototypeSome(StringPrototypeSplit(key, '.'), isSecretName);
}

/** Those two are there to be compared, and look random. */
function nameOf(key: string): string {
  return key === 'trace' || key === 'span' ? `${key}Id` : key;
}

/** The tasks of some rows. */
export function tasksAt(raw: CapturedThread, rows: readonly number[]): Task[] {
  const tasks: Task[] = [];
  for (const row of rows) ArrayPrototypePush(tasks, taskAt(raw, row));
  return tasks;
}
