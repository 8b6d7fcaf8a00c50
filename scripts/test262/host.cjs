// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Runs one file of test262 in a context of its own and prints its outcome; with asynctb, is dumped meanwhile.
'use strict';

const { readFileSync, writeSync } = require('node:fs');
const { dirname, join, resolve: resolvePath } = require('node:path');
const vm = require('node:vm');

const job = JSON.parse(process.argv[2]);
const { exit, kill, pid } = process;
const read = (file) => readFileSync(join(job.checkout, file), 'utf8');

function end(outcome) {
  writeSync(1, `\noutcome: ${outcome}\n`);
  exit.call(process, 0);
}

function describe(error) {
  if (error === null || typeof error !== 'object')
    return `throws ${String(error)}`;
  let name = 'something';
  try {
    name = String(error.constructor?.name ?? error.name);
  } catch {
    // It is the test's own.
  }
  return `throws ${name}`;
}

/** A context with what test262 asks of a host. */
function createRealm(print) {
  const context = vm.createContext({ print });
  const global = vm.runInContext('globalThis', context);
  const $262 = {
    global,
    createRealm: () => createRealm(print).$262,
    evalScript: (code) =>
      vm.runInContext(code, context, {
        importModuleDynamically: importer(context),
      }),
    detachArrayBuffer: (buffer) =>
      structuredClone(buffer, { transfer: [buffer] }),
    gc() {},
  };
  global.$262 = $262;
  return { context, $262 };
}

const modules = new Map();
function load(path, context) {
  let module = modules.get(path);
  if (module === undefined) {
    const text = readFileSync(path, 'utf8');
    module = path.endsWith('.json')
      ? new vm.SyntheticModule(
          ['default'],
          function () {
            this.setExport('default', vm.runInContext(`(${text})`, context));
          },
          { context, identifier: path },
        )
      : new vm.SourceTextModule(text, {
          context,
          identifier: path,
          importModuleDynamically: importer(context),
          initializeImportMeta() {},
        });
    modules.set(path, module);
  }
  return module;
}

const link = (specifier, from) =>
  load(resolvePath(dirname(from.identifier), specifier), from.context);

function importer(context) {
  return async (specifier, from) => {
    const base = from?.identifier ?? join(job.checkout, job.file);
    const module = load(resolvePath(dirname(base), specifier), context);
    if (module.status === 'unlinked') await module.link(link);
    await module.evaluate();
    return module;
  };
}

/** Dumps by every way, at moments that nobody can foresee. */
function look(targets) {
  if (job.asynctb === null) return;
  const { callGraph, dump, extract } = require(job.asynctb);
  let left = 6;
  const turn = () => {
    if (left-- <= 0) return;
    const which = Math.random();
    if (which < 0.3) kill.call(process, pid, 'SIGUSR2');
    else if (which < 0.7) dump().toString();
    else
      for (const target of targets)
        (extract(target, { awaiters: true }).format(), callGraph(target));
    if (Math.random() < 0.5) process.nextTick(turn);
    else setImmediate(turn);
  };
  turn();
}

const { negative } = job;
let isDone = false;
function settle(phase, error) {
  if (isDone) return;
  isDone = true;
  if (negative !== null) {
    const name = error?.constructor?.name;
    end(
      name === negative.type
        ? 'passed'
        : `no ${negative.type} but ${error === undefined ? 'nothing' : describe(error)}`,
    );
  } else if (error !== undefined) end(`${phase} ${describe(error)}`);
  else end('passed');
}

const { context } = createRealm((text) => {
  if (text === 'Test262:AsyncTestComplete') settle('run', undefined);
  else if (/^Test262:AsyncTestFailure/.test(text)) {
    if (!isDone) end(text);
    isDone = true;
  }
});
process.on('unhandledRejection', () => {});
process.on('uncaughtException', (error) => settle('later', error));

async function main() {
  if (!job.isRaw) {
    const includes = [
      'assert.js',
      'sta.js',
      ...(job.isAsync ? ['doneprintHandle.js'] : []),
      ...job.includes,
    ];
    for (const name of includes) {
      vm.runInContext(read(`harness/${name}`), context, { filename: name });
    }
  }
  const path = join(job.checkout, job.file);
  const source = read(job.file);
  const targets = [];
  look(targets);
  try {
    if (job.isModule) {
      const module = load(path, context);
      await module.link(link);
      const evaluated = module.evaluate();
      targets.push(evaluated);
      look(targets);
      await evaluated;
    } else {
      const code = job.isStrict ? `"use strict";\n${source}` : source;
      new vm.Script(code, {
        filename: path,
        importModuleDynamically: importer(context),
      }).runInContext(context);
    }
  } catch (error) {
    settle('run', error);
    return;
  }
  look(targets);
  if (!job.isAsync) {
    // What it has left behind runs before it counts as over.
    setImmediate(() => setImmediate(() => settle('run', undefined)));
  } else {
    setTimeout(() => settle('run', new Error('no answer')), 20_000);
  }
}
main().catch((error) => settle('host', error));
