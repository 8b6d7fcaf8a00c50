// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Starts children as its first argument says, and waits for them without a task of its own. They end with it.
// `dump`: says what dump() has of them, as JSON.

const { fork, spawn } = require('node:child_process');
const { Worker } = require('node:worker_threads');

const [way, library] = process.argv.slice(2);
// Ends when its input does, which is when the one that started it has ended.
const idle = 'process.stdin.on("end", () => process.exit()).resume()';
const started = [];

function start(command, args) {
  started.push(spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'] }));
}

const ways = {
  spawn: () =>
    start(process.execPath, ['-e', idle, 'served', '--password=hunter2x']),
  shell: () =>
    start('sh', ['-c', `"${process.execPath}" -e '${idle}' served; exit 0`]),
  fork: () => {
    if (process.env.IS_CHILD) return;
    started.push(
      fork(__filename, ['fork'], { env: { ...process.env, IS_CHILD: '1' } }),
    );
  },
  worker: () => {
    const code = `require('node:child_process').spawn(process.execPath,
      ['-e', ${JSON.stringify(idle)}, 'served'], { stdio: ['pipe', 'ignore', 'ignore'] });
      setInterval(() => {}, 1000);`;
    new Worker(code, { eval: true });
  },
  ended: () => {
    start(process.execPath, ['-e', '0']);
    const [child] = started;
    child.on('exit', () => console.log('ended'));
  },
};
ways[way]();

process.on('message', (message) => {
  if (message !== 'dump') return void process.send('pong');
  const { children } = require(library).dump().process;
  console.log(JSON.stringify(children));
});
process.on('disconnect', () => process.exit());
