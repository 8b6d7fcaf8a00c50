// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { constants } from 'node:os';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { offerAllFormats } from '../../lib/format/offer';
import { readSettings } from '../../lib/register/settings.js';

offerAllFormats();

describe('the environment variables of asynctb/register', () => {
  test('without any', () => {
    expect(readSettings({})).toEqual({
      signal: { name: 'SIGUSR2', number: constants.signals.SIGUSR2 },
      directory: '',
      format: { name: 'text', extension: 'txt' },
      mostFiles: 100,
      watchdogMs: 0,
      shows: [],
      exits: 'unsettled',
      stuck: false,
      keeps: false,
      rules: '',
      complaints: [],
    });
  });

  test('all of them', () => {
    const settings = readSettings({
      ASYNCTB_SIGNAL: 'SIGQUIT',
      ASYNCTB_FORMAT: 'json',
      ASYNCTB_DIR: 'dumps',
    });
    expect(settings.signal?.name).toBe('SIGQUIT');
    expect(settings.format).toMatchObject({ name: 'json', extension: 'json' });
    expect(settings.directory).toBe(resolve('dumps'));
    expect(readSettings({ ASYNCTB_SIGNAL: 'none' })).toMatchObject({
      signal: null,
      complaints: [],
    });
  });

  test('what cannot be is said, and the rest is as usual', () => {
    for (const name of ['SIGKILL', 'SIGSEGV', 'USR2', 'toString']) {
      const { signal, complaints } = readSettings({ ASYNCTB_SIGNAL: name });
      expect(signal).toBeNull();
      expect(complaints).toEqual([
        expect.stringContaining(`ASYNCTB_SIGNAL=${name} names no signal`),
      ]);
    }
    const { format, complaints } = readSettings({ ASYNCTB_FORMAT: 'yaml' });
    expect(format.name).toBe('text');
    expect(complaints).toEqual([
      'ASYNCTB_FORMAT=yaml is not known, so dumps are text; use text or json',
    ]);
  });
});

describe('ASYNCTB_SHOW', () => {
  test('is a list', () => {
    const settings = readSettings({ ASYNCTB_SHOW: 'library, internal,' });
    expect(settings.shows).toEqual(['library', 'internal']);
    expect(settings.complaints).toEqual([]);
  });

  test('what cannot be shown is said, and the rest is shown', () => {
    const settings = readSettings({ ASYNCTB_SHOW: 'locals,all,library' });
    expect(settings.shows).toEqual(['library']);
    expect(settings.complaints).toEqual([
      'ASYNCTB_SHOW=locals: these dumps read no variables; dump({ locals: true }) does',
      'ASYNCTB_SHOW=all is nothing that can be shown; use internal, library or both',
    ]);
  });
});

describe('ASYNCTB_EXIT', () => {
  test.each(['unsettled', 'pending', 'always'])('may be %s', (name) => {
    const settings = readSettings({ ASYNCTB_EXIT: name });
    expect(settings).toMatchObject({ exits: name, complaints: [] });
  });

  test('is the usual one when it is not known', () => {
    const settings = readSettings({ ASYNCTB_EXIT: 'never' });
    expect(settings.exits).toBe('unsettled');
    expect(settings.complaints).toEqual([
      'ASYNCTB_EXIT=never is not known, so only an unsettled top-level await makes a dump; use unsettled, pending, always',
    ]);
  });
});

describe('ASYNCTB_SIGNAL', () => {
  const allowed = ['SIGUSR1', 'SIGUSR2', 'SIGQUIT', 'SIGPWR', 'SIGSTKFLT'];

  test.each(Object.keys(constants.signals))(
    '%s is watched if it is meant for that, and refused with a reason if not',
    (name) => {
      const { signal, complaints } = readSettings({ ASYNCTB_SIGNAL: name });
      if (allowed.includes(name)) {
        expect(signal?.name).toBe(name);
        expect(complaints).toEqual([]);
      } else {
        expect(signal).toBeNull();
        expect(complaints).toHaveLength(1);
        expect(complaints[0]).toMatch(
          /names no signal that can be watched \(.+\), so none is; use a name such as /u,
        );
      }
    },
  );
});

describe('ASYNCTB_MAX_FILES', () => {
  test.each([
    ['10', 10],
    ['1', 1],
    ['', 100],
  ])('of %j allows %d files', (value, mostFiles) => {
    const settings = readSettings({ ASYNCTB_MAX_FILES: value });
    expect(settings).toMatchObject({ mostFiles, complaints: [] });
  });

  test.each(['0', 'many', '-1', '1.5', '9999999999'])(
    'of %j is complained of',
    (value) => {
      const { mostFiles, complaints } = readSettings({
        ASYNCTB_MAX_FILES: value,
      });
      expect(mostFiles).toBe(100);
      expect(complaints).toEqual([
        `ASYNCTB_MAX_FILES=${value} is no number of files, so it is 100; use one such as 10`,
      ]);
    },
  );
});

describe('ASYNCTB_WATCHDOG', () => {
  test.each([
    ['5000', 5000],
    ['1', 1],
    ['999999999', 999_999_999],
    ['0', 0],
    ['', 0],
  ])('of %j watches for %d ms', (value, watchdogMs) => {
    const settings = readSettings({ ASYNCTB_WATCHDOG: value });
    expect(settings).toMatchObject({ watchdogMs, complaints: [] });
  });

  test.each([
    'soon',
    '-5',
    '1.5',
    '0x10',
    '1e3',
    '5s',
    ' 5',
    '00',
    '9999999999',
  ])('of %j watches nothing, and is complained of', (value) => {
    const { watchdogMs, complaints } = readSettings({
      ASYNCTB_WATCHDOG: value,
    });
    expect(watchdogMs).toBe(0);
    expect(complaints).toEqual([
      `ASYNCTB_WATCHDOG=${value} is no number of milliseconds, so no loop is watched; use one such as 5000`,
    ]);
  });
});
