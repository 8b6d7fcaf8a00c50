// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// What is left of running frames when V8's own iterator may not be used, as JSON.

const { capabilities, customize, extractSince } = require('asynctb');
const { middle, outermost } = require('./running-frames.cjs');

customize(middle, { hide: true });
outermost(() => {
  const frames = extractSince(outermost).frames.slice(0, 3);
  process.stdout.write(
    JSON.stringify({
      capability: capabilities().runningFrames,
      names: frames.map((frame) => frame.functionName),
      functions: frames.map((frame) => frame.function),
      hidden: frames.map((frame) => frame.hide),
    }),
  );
});
