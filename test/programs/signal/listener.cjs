// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Listens to SIGUSR2 itself, and has asynctb/register loaded before or after that. Answers the
// messages 'remove', 'add' and 'exit'.

const [order, register] = process.argv.slice(2);

let heard = 0;
const listener = () => {
  heard++;
  console.log(`heard ${heard}`);
};

process.on('SIGUSR2', listener);
if (order === 'before') require(register);

process.on('message', (message) => {
  if (message === 'exit') process.exit(7);
  if (message === 'remove') {
    process.removeListener('SIGUSR2', listener);
    console.log('removed');
  }
  if (message === 'add') {
    process.on('SIGUSR2', listener);
    console.log('added');
  }
});

console.log('ready');
