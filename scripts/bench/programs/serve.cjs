// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Answers the calls that `program.ts` sends: each method returns a number. */
exports.serve = (methods) => {
  process.on('message', ({ method, args }) => {
    (async () => methods[method](...args))().then(
      (value) => process.send({ value }),
      (error) => process.send({ error: error.stack ?? String(error) }),
    );
  });
};

exports.milliseconds = (since) => Number(process.hrtime.bigint() - since) / 1e6;

/** How long some work takes, in milliseconds. */
exports.timed = (work) => {
  const start = process.hrtime.bigint();
  work();
  return exports.milliseconds(start);
};

/** Prints a dump as it is streamed to a file, keeping nothing. */
exports.print = (dump) => {
  let length = 0;
  for (const chunk of dump.chunks()) length += chunk.length;
  return length;
};

/** Of the process: other programs on the machine disturb it less than the time that passes. */
exports.processorNanoseconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
};

/** The built package, as somebody who depends on it gets it. */
exports.asynctb = () => require('../../../dist/index.js');
exports.lowlevel = () => require('../../../dist/lowlevel.js');
