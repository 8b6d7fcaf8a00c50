// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** With some of ASYNCTB_DISABLE: what differs from the full result, and what is said about it. */

const { callGraph, capabilities, dump, extract, extractMany, extractSince } =
  require('asynctb');
const { allForms } = require('./files.cjs');
const { describeStack, runFormatters } = require('./describe-stack.cjs');

const forms = allForms();

/** Of the stack and of all its branches. */
function messagesOf(stack) {
  const own = stack.error === null ? [] : (stack.error.errors ?? [stack.error]);
  return [
    ...own.map(({ message }) => message),
    ...stack.frames.flatMap(({ branches }) => branches.flatMap(messagesOf)),
  ];
}

async function main() {
  const parked = [];
  for (const form of forms) parked.push(await form.park());
  const stacks = extractMany(parked.map(({ target }) => target));
  const different = [];
  stacks.forEach((stack, index) => {
    runFormatters(stack);
    const { name, expected } = forms[index];
    const block = describeStack(stack) || '(no frames)';
    if (block !== expected.trim()) {
      different.push({ name, block, messages: messagesOf(stack) });
    }
  });
  const locals = extract(parked[1].target, { locals: true });
  const found = dump();
  const graph = callGraph(parked.at(-1).gate?.promise ?? parked[1].target);
  String(graph);
  const since = extractSince(main);
  for (const { gate } of parked) gate?.resolve('opened');
  await Promise.all(parked.map(({ finish }) => finish()));
  console.log(
    JSON.stringify({
      capabilities: capabilities(),
      forms: forms.length,
      different,
      locals: locals.frames.map((frame) => frame.locals !== null),
      taskCount: found.threads[0].taskCount,
      dumpError: found.threads[0].error?.message ?? null,
      since: { frames: since.length, error: since.error?.message ?? null },
      text: String(found).length,
    }),
  );
}

main();
