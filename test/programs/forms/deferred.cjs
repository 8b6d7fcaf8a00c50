// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** A promise and what settles it: keeping this keeps alive whoever waits for it. */
exports.deferred = () => {
  const result = {};
  result.promise = new Promise((resolve, reject) => {
    result.resolve = resolve;
    result.reject = reject;
  });
  return result;
};

/** Everything that can run by itself has run: what is left waits for a gate. */
exports.parked = () => new Promise((resolve) => setImmediate(resolve));
