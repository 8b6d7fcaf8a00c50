// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** A call of p-queue 9 that runs and can be aborted, as that version writes it. */
exports.run = (function_, signal) =>
  new Promise((resolve, reject) => {
    const run = async () => {
      let eventListener;
      try {
        const operation = Promise.race([
          function_(),
          new Promise((_resolve, reject) => {
            eventListener = () => {
              reject(signal.reason);
            };
            signal.addEventListener('abort', eventListener, { once: true });
          }),
        ]);
        resolve(await operation);
      } catch (error) {
        reject(error);
      } finally {
        signal.removeEventListener('abort', eventListener);
      }
    };
    void run();
  });
