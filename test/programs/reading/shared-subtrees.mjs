// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// A crawler: each page waits for some below it, and pages that several lead to are visited once. Two crawls
// share their pages. Arguments: levels, links of each page, pages of each level.

const [levels, links, width] = process.argv.slice(2).map(Number);
const hold = [];
const pages = new Map();

// Each page ends in a function of its own, so that no two are alike.
const ends = Array.from({ length: width }, (_, page) =>
  new Function('park', `return async function end${page}() { await park(); }`)(
    () => new Promise((resolve) => hold.push(resolve)),
  ),
);

async function limit(work) {
  return await work();
}

async function visit(depth, page) {
  if (depth === 0) return await ends[page]();
  await Promise.all(
    Array.from({ length: links }, (_, link) => {
      const key = `${depth - 1} ${(page + link) % width}`;
      if (!pages.has(key))
        pages.set(
          key,
          limit(() => visit(depth - 1, (page + link) % width)),
        );
      return pages.get(key);
    }),
  );
}

async function crawl(page) {
  await visit(levels, page);
}

async function crawlAgain(page) {
  await visit(levels, page);
}

crawl(0);
crawlAgain(1);
process.on('message', () => process.send('pong'));
