// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Loaded by a generated program. Once everything waits, it says in JSON what asynctb finds, by each way.
'use strict';

const { readdirSync, readFileSync, writeSync } = require('node:fs');
const { join } = require('node:path');
const {
  callGraph,
  dump,
  dumpAsync,
  extract,
  extractMany,
  extractOutermost,
} = require(process.env.TORTURE_ASYNCTB);

module.exports = ({ targets, generators, gates, churns, bySignal }) => {
  let turns = churns ? 10 : 2;
  const later = () => (turns-- > 0 ? setImmediate(later) : look());
  setImmediate(later);

  function look() {
    const answers = {
      extract: targets.map((each) => extract(each)),
      extractMany: extractMany(targets),
      generators: generators.map((each) => extract(each)),
      outermost: targets.map((each) => extractOutermost(each)),
      awaiters: {},
      graphs: {},
      dump: dump(),
    };
    for (const [name, gate] of Object.entries(gates)) {
      answers.awaiters[name] = extract(gate, { awaiters: true });
      answers.graphs[name] = callGraph(gate);
    }
    // Every formatter, for it must not fail.
    for (const each of [...answers.extract, ...answers.generators]) {
      each.format();
      each.formatFlat({ asciiOnly: true });
    }
    for (const each of Object.values(answers.graphs)) each.format();
    answers.dump.toString();
    dumpAsync().then((asynchronous) => {
      answers.dumpAsync = asynchronous;
      if (bySignal) signal(answers);
      else end(answers);
    });
  }

  function signal(answers) {
    process.kill(process.pid, 'SIGUSR2');
    const directory = process.env.ASYNCTB_DIR;
    const wait = () => {
      for (const file of readdirSync(directory)) {
        try {
          answers.bySignal = JSON.parse(
            readFileSync(join(directory, file), 'utf8'),
          );
        } catch {
          // It is being written.
        }
      }
      if (answers.bySignal === undefined) setTimeout(wait, 5);
      else end(answers);
    };
    wait();
  }

  function end(answers) {
    const text = Buffer.from(JSON.stringify(answers));
    for (let at = 0; at < text.length;) {
      try {
        at += writeSync(1, text, at);
      } catch (error) {
        if (error.code !== 'EAGAIN') throw error;
      }
    }
    process.exit(0);
  }
};
