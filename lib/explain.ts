// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** `asynctb/explain`: rules for why tasks wait, as plain data. */

export type { DataRule } from './explain/rule.js';
export type { Unregister } from './hooks/registry.js';
export { register } from './hooks/rules.js';
export type { WaitKind } from './model/wait-reason.js';
