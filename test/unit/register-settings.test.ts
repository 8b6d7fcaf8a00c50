// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { constants } from 'node:os';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSettings } from '../../lib/register/settings.js';

describe('the environment variables of asynctb/register', () => {
  test('without any', () => {
    expect(readSettings({})).toEqual({
      signal: { name: 'SIGUSR2', number: constants.signals.SIGUSR2 },
      directory: '',
      json: false,
      watchdogMs: 0,
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
    expect(settings.json).toBe(true);
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
    const { json, complaints } = readSettings({ ASYNCTB_FORMAT: 'yaml' });
    expect(json).toBe(false);
    expect(complaints).toEqual([
      'ASYNCTB_FORMAT=yaml is not known, so dumps are text; use text or json',
    ]);
  });
});
