// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { types } from 'node:util';
import { tellProxies } from './plain.js';

/** What kind of object something is, asked without running code of the program's. */
export const {
  isAsyncFunction,
  isGeneratorFunction,
  isGeneratorObject,
  isMap,
  isNativeError,
  isPromise,
  isProxy,
  isSet,
  isWeakMap,
} = types;

tellProxies(isProxy);
