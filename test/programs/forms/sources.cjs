#!/usr/bin/env node
// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Lines that end in every way that JavaScript knows, and characters of every width. */

const { waiting } = require('./waiting.cjs');

async function afterCrlf(gate) {
  return /*@after-crlf*/await gate;
}

/* a line separator:   */
async function afterSeparator(gate) { const text = ' '; return text && /*@after-separator*/await gate; }

async function afterCr(gate) {
  return /*@after-cr*/await gate;
}
async function 名前(gate) {
	const { '🎉 ünïcödé': вложенный = 'ß' } = {}; return вложенный + (/*@wide*/await gate);
}

function* große() {
  const 𝒳 = '🎉'; /*@wide-yield*/yield* (function* 内部() { const 𝒴 = 𝒳; /*@wide-inner*/yield 𝒴; })();
}

exports.sources = [
  waiting('CRLF', afterCrlf, 'async-function afterCrlf @after-crlf\nleaf promise', 'opened'),
  waiting(
    'line and paragraph separators',
    afterSeparator,
    'async-function afterSeparator @after-separator\nleaf promise',
    'opened',
  ),
  waiting('CR alone', afterCr, 'async-function afterCr @after-cr\nleaf promise', 'opened'),
  waiting(
    'characters of every width',
    名前,
    'async-function 名前 @wide\nleaf promise',
    'ßopened',
  ),
  {
    name: 'yield* behind such characters',
    park: () => {
      const target = große();
      target.next();
      return { target, finish: () => target.next().done };
    },
    expected: 'generator große @wide-yield\ngenerator 内部 @wide-inner',
    result: true,
  },
];
