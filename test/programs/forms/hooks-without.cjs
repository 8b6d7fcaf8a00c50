// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** What hooks do where nothing native can be read. `another-abi`: the addon does not even load. */

if (process.argv[2] === 'another-abi') {
  Object.defineProperty(process, 'versions', {
    value: { ...process.versions, modules: '1' },
  });
}
const { capabilities, customize, elaborateFrame, extract, unwrapItem } =
  require('asynctb');

function* hidden() {
  yield 1;
}
function* elaborated() {
  yield 1;
}
function* untouched() {
  yield 1;
}
function* hook(box) {
  yield box.content;
}
class Box {
  content = started(untouched);
}
class BoxOfBound {
  content = started(untouched);
}

const started = (make) => {
  const generator = make();
  generator.next();
  return generator;
};

customize(hidden, { hide: true });
customize(Math.max, { hide: true });
elaborateFrame.register(elaborated, (frame) => {
  frame.hideLine = true;
});
unwrapItem.register(Box, hook);
unwrapItem.register(BoxOfBound, hook.bind(null));

const look = (target) => {
  const { frames, leaves } = extract(target);
  return [
    ...frames.map(({ functionName, hide, hideLine }) =>
      [functionName, hide && 'hide', hideLine && 'hideLine']
        .filter(Boolean)
        .join(' '),
    ),
    ...leaves.map(String),
  ];
};

console.log(
  JSON.stringify({
    available: capabilities().native.available,
    hidden: look(started(hidden)),
    elaborated: look(started(elaborated)),
    untouched: look(started(untouched)),
    box: look(new Box()),
    bound: look(new BoxOfBound()),
  }),
);
