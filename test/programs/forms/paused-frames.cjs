// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// The first thing that is ever asked of asynctb is asked while a debugger has paused at a return:
// V8 keeps the value that is returned where the proof plants its own. JSON says what came of it.

const { Session } = require('node:inspector');
const { extractSince } = require('asynctb');

const session = new Session();
session.connect();
session.post('Debugger.enable');

const paused = [];
let functions = false;

function returns() {
  debugger;
  return { kept: true };
}

session.on('Debugger.paused', ({ params }) => {
  const [frame] = params.callFrames;
  if (frame.functionName !== 'returns') return;
  if (frame.returnValue !== undefined) {
    const { frames } = extractSince(returns);
    functions = frames[0].function === returns && frames.length > 1;
    paused.push(frame.functionName);
    return;
  }
  if (paused.length === 0) paused.push(frame.functionName);
  session.post('Debugger.stepOver');
});

const returned = returns();
session.disconnect();
process.stdout.write(JSON.stringify({ paused, functions, returned }));
