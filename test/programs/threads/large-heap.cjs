// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// A thread whose heap takes long to walk: this one, which parks 3 tasks and says so; or, with the
// argument 'ask', a worker that this one asks in each way, for less time than the walk takes, and then
// once more after it has said so, to be stopped meanwhile.

const {
  isMainThread,
  parentPort,
  threadId,
  Worker,
} = require('node:worker_threads');
const { dump, dumpAsync, extract, registerThread } = require('asynctb');

const pending = [];
const ballast = [];

async function park() {
  await new Promise((resolve) => pending.push(resolve));
}

function grow() {
  for (let i = 0; i < 3; i++) void park();
  for (let i = 0; i < 3_000_000; i++) ballast.push({ i });
}

const answerOf = (threads, id) => {
  const { status, taskCount, error, stats } = threads.find(
    (each) => each.threadId === id,
  );
  const message = error?.message ?? null;
  return { status, taskCount, message, pauseMs: stats.pauseMs };
};

/** On a busy machine a thread may not even begin in time, which is another answer. */
const hasBegun = ({ message }) =>
  !message?.startsWith('neither the event loop');

async function ask({ threadId: id }, worker) {
  const threads = [id];
  const { pauseMs } = answerOf(dump({ threads }).threads, id);
  // Enough to begin, and not enough for the walk.
  const timeoutMs = Math.ceil(pauseMs / 2);
  const answers = [];
  for (const ask of [dump, dumpAsync]) {
    let answer;
    do answer = answerOf((await ask({ threads, timeoutMs })).threads, id);
    while (!hasBegun(answer));
    answers.push(answer);
  }
  console.log('asks');
  answers.push(answerOf((await dumpAsync({ threads })).threads, id));
  const stack = extract(worker);
  console.log(JSON.stringify({ answers, error: stack.error }));
  process.exit();
}

if (!isMainThread) {
  registerThread({ name: 'large' });
  grow();
  setInterval(() => ballast.length, 1000);
  parentPort.postMessage({ threadId });
} else if (process.argv[2] === 'ask') {
  const worker = new Worker(__filename, {
    resourceLimits: { maxOldGenerationSizeMb: 2_000 },
  });
  worker.once('message', (message) => void ask(message, worker));
} else {
  grow();
  process.on('message', () => process.exit(7));
  console.log('ready');
}
