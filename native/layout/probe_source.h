// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// JavaScript that plants objects whose content is known, so that `layout` can find where V8 keeps
// each field. It runs in a bare context of its own with its own microtask queue: it sees no
// patched global of the program, and no hook of the program sees it.
#pragma once

namespace asynctb {

inline constexpr char kProbeName[] = "asynctb:probe";

inline constexpr char kProbeSource[] = R"js((() => {
'use strict';
const settlers = [];
const pending = () => new Promise((resolve) => { settlers.push(resolve); });
const s = {};

s.marker = { planted: true };
s.fulfilled = Promise.resolve(s.marker);
let reject;
s.rejected = new Promise((_, r) => { reject = r; });
s.rejected.catch(() => {});  // first, so that no rejection is ever unhandled
reject(s.marker);

s.pending = pending();
s.fulfill1 = () => {}; s.reject1 = () => {};
s.fulfill2 = () => {}; s.reject2 = () => {};
s.boundFunction = s.fulfill1.bind(s.marker);
s.target1 = s.pending.then(s.fulfill1, s.reject1);
s.target2 = s.pending.then(s.fulfill2, s.reject2);

class Receiver {
  *generator(argument) { yield 1; yield argument; }
  async asyncFunction(awaited, second) { await awaited; await second; }
  async *asyncGenerator(awaited) { await awaited; yield 1; }
}
s.receiver = new Receiver();
s.argument = { argument: true };
s.generatorFunction = s.receiver.generator;
s.notStarted = s.receiver.generator(s.argument);
s.atFirst = s.receiver.generator(s.argument); s.atFirst.next();
s.atSecond = s.receiver.generator(s.argument); s.atSecond.next(); s.atSecond.next();
s.finished = s.receiver.generator(s.argument); s.finished.return();

// What a generator's inner function closes over is the generator's own scope.
s.scopedFunction = function* (kept) { const closure = () => kept; yield closure; };
s.scoped = s.scopedFunction(s.argument); s.scopedClosure = s.scoped.next().value;

s.asyncFunction = s.receiver.asyncFunction;
s.awaited = pending();
s.asyncPromise = s.receiver.asyncFunction(s.awaited, s.awaited);

s.asyncGeneratorFunction = s.receiver.asyncGenerator;
s.asyncGeneratorAwaited = pending();
s.asyncGenerator = s.receiver.asyncGenerator(s.asyncGeneratorAwaited);
s.request1 = s.asyncGenerator.next();
s.request2 = s.asyncGenerator.next();
s.idleAsyncGenerator = s.receiver.asyncGenerator(s.asyncGeneratorAwaited);

s.yieldAwaited = pending();
s.yieldGenerator = (async function* () { yield s.yieldAwaited; })(); s.yieldGenerator.next();
s.closedAwaited = pending();
s.closedGenerator = s.receiver.asyncGenerator(); s.closedRequest = s.closedGenerator.return(s.closedAwaited);
s.returnAwaited = pending();
s.returnGenerator = (async function* () { return s.returnAwaited; })(); s.returnGenerator.next();
s.returnGenerator2 = (async function* () { yield 1; })(); s.returnGenerator2.next();
s.returnAwaited2 = pending();

s.inner = (function* () { yield 1; })();
s.outer = (function* () { yield* s.inner; })(); s.outer.next();
s.next = s.inner.next;
s.asyncInner = (async function* () { yield 1; yield 2; })();
s.asyncOuter = (async function* () { yield* s.asyncInner; })(); s.asyncOuter.next();
s.asyncNext = s.asyncInner.next;
s.wrapped = (function* () { yield 1; yield 2; })();
s.wrappingOuter = (async function* () { yield* s.wrapped; })(); s.wrappingOuter.next();

s.allInput = pending(); s.all = Promise.all([1, s.allInput, 3]);
s.allSettledInput = pending(); s.allSettled = Promise.allSettled([1, s.allSettledInput, 3]);
s.anyInput = pending(); s.any = Promise.any([pending(), s.anyInput, pending()]);
s.raceInput = pending(); s.race = Promise.race([s.raceInput, pending()]);

s.fromAsyncInput = pending();
s.fromAsyncInput2 = pending();
if (Array.fromAsync) {
  s.fromAsync = Array.fromAsync([s.fromAsyncInput]);
  s.fromAsync2 = Array.fromAsync({ length: 1, 0: s.fromAsyncInput2 });
}

s.finallyInput = pending(); s.onFinally = () => {};
s.finallyTarget = s.finallyInput.finally(s.onFinally);

s.constructed = new Promise((resolve, reject) => { s.resolve = resolve; s.reject = reject; });

class Subclass extends Promise {}
s.promisePrototype = Promise.prototype; s.subclassPrototype = Subclass.prototype;
s.subInput = new Subclass((resolve) => { settlers.push(resolve); });
s.subTarget = s.subInput.then(s.fulfill1);


s.jobHandler1 = () => {}; s.jobHandler2 = () => {}; s.jobHandler3 = () => {};
s.enqueueJobs = () => {
  Promise.resolve().then(s.jobHandler1);
  Promise.resolve().then(s.jobHandler2);
  Promise.reject(s.marker).catch(s.jobHandler3);
};

s.later = () => { s.returnRequest2 = s.returnGenerator2.return(s.returnAwaited2); };
// Afterwards nothing of this may look like a waiting task.
s.release = () => { for (const settle of settlers) settle(); };
return s;
})()
//# two lines: the planted source has a known second line)js";

// Where a second script, of one function, claims to begin.
inline constexpr int kProbeLineOffset = 7919;
inline constexpr int kProbeColumnOffset = 6007;

// A module that waits, and one that depends on it.
inline constexpr char kProbeChildModule[] = "await globalThis.never;\n";
inline constexpr char kProbeParentModule[] = "import 'asynctb:probe-child';\n";

}  // namespace asynctb
