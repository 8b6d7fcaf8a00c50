// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// JavaScript that plants open `using` blocks and disposable stacks of known content, for
// `resource_layout`. A script of its own: a V8 without `using` refuses all of it, and the rest of
// the proof must not suffer.
#pragma once

namespace asynctb {

inline constexpr char kResourceProbeSource[] = R"js((() => {
'use strict';
const settlers = [];
const pending = () => new Promise((resolve) => { settlers.push(resolve); });
class Sync { [Symbol.dispose]() {} }
class Async { [Symbol.asyncDispose]() {} }
class Slow { [Symbol.asyncDispose]() { return pending(); } }
const s = {};
s.firstHeld = new Sync(); s.secondHeld = new Sync(); s.asyncHeld = new Async();
s.onDispose = () => {};

s.usingOne = (function* () { using a = s.firstHeld; yield 1; })(); s.usingOne.next();
s.usingTwo = (function* () { using a = s.firstHeld; using b = s.secondHeld; yield 1; })();
s.usingTwo.next();

s.exitingFirst = new Async(); s.exitingSecond = new Slow(); s.exitingThird = new Async();
s.exiting = (async function* () {
  await using a = s.exitingFirst; await using b = s.exitingSecond;
  await using c = s.exitingThird;
})();
s.exiting.next();

s.emptyStack = new DisposableStack();
s.oneInStack = new DisposableStack(); s.oneInStack.use(s.firstHeld);
s.adopting = new DisposableStack(); s.adopting.adopt(s.firstHeld, s.onDispose);
s.deferring = new DisposableStack(); s.deferring.defer(s.onDispose);
s.disposedStack = new DisposableStack(); s.disposedStack.use(s.firstHeld);
s.disposedStack.dispose();
s.asyncStack = new AsyncDisposableStack(); s.asyncStack.use(s.asyncHeld);
s.asyncAdopting = new AsyncDisposableStack(); s.asyncAdopting.adopt(s.firstHeld, s.onDispose);

s.leavingDisposal = pending();
s.leavingStack = new AsyncDisposableStack(); s.leavingStack.defer(() => s.leavingDisposal);
s.leavingPromise = s.leavingStack.disposeAsync();

s.releaseResources = () => { for (const settle of settlers) settle(); };
return s;
})())js";

}  // namespace asynctb
