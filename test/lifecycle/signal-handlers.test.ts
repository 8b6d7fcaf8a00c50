// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { readdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Programs, REGISTER } from '../support/program';

const programs = new Programs({ manyDumps: true });

afterEach(async () => {
  await programs.end();
});

describe("asynctb/register beside the program's own signal handlers", () => {
  it.each(['before', 'after'])(
    'runs a listener that was added %s it, and dumps',
    async (order) => {
      const program = programs.start('signal/listener.cjs', {
        args: [order, REGISTER],
        nodeArgs: order === 'after' ? ['-r', REGISTER] : [],
      });
      await program.says('ready');
      for (let i = 1; i <= 2; i++) {
        expect(await program.dump()).toContain(', by signal, ');
        await program.says(`heard ${i}`);
      }
      program.send('exit');
      expect(await program.ended()).toEqual({ code: 7, signal: null });
    },
  );

  it.each(['before', 'after'])(
    'still dumps once a listener that was added %s it is gone',
    async (order) => {
      const program = programs.start('signal/listener.cjs', {
        args: [order, REGISTER],
        nodeArgs: order === 'after' ? ['-r', REGISTER] : [],
      });
      await program.says('ready');
      await program.dump();
      await program.says('heard 1');
      program.send('remove');
      await program.says('removed');
      // Node's own way to handle the signal ends here, and the default action would end the
      // process.
      expect(await program.dump()).toContain(', by signal, ');
      program.send('add');
      await program.says('added');
      expect(await program.dump()).toContain(', by signal, ');
      await program.says('heard 2');
      program.send('exit');
      expect(await program.ended()).toEqual({ code: 7, signal: null });
      expect(program.stdout).not.toContain('heard 3');
    },
  );

  it('runs a native handler that was there before', async () => {
    // Node's own handler of SIGUSR1 is one: it starts the debugger.
    const program = programs.start('signal/parked.cjs', {
      nodeArgs: ['--inspect-port=0', '-r', REGISTER],
      env: { ASYNCTB_SIGNAL: 'SIGUSR1' },
    });
    await program.says('ready');
    expect(await program.dump('SIGUSR1')).toContain('3 tasks wait here');
    await program.reports('Debugger listening on');
  });

  it('dumps where the signal was ignored', async () => {
    const program = programs.start('signal/parked.cjs', {
      launcher: 'signal/ignore-quit.sh',
      env: { ASYNCTB_SIGNAL: 'SIGQUIT' },
    });
    await program.says('ready');
    expect(await program.dump('SIGQUIT')).toContain(', by signal, ');
  });

  it.each(['SIGUSR2', 'SIGQUIT', 'SIGPWR', 'SIGSTKFLT'] as const)(
    'never ends the process by the signal that it watches: %s',
    async (signal) => {
      const program = programs.start('signal/parked.cjs', {
        env: { ASYNCTB_SIGNAL: signal },
      });
      await program.says('ready');
      await program.dump(signal);
      await program.dump(signal);
      program.send('exit');
      expect(await program.ended()).toEqual({ code: 7, signal: null });
    },
  );

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'leaves %s what it is, to whoever wants to end the program',
    async (signal) => {
      const program = programs.start('signal/parked.cjs', {
        env: { ASYNCTB_SIGNAL: signal },
      });
      await program.says('ready');
      await program.answers();
      program.kill(signal);
      expect(await program.ended()).toEqual({ code: null, signal });
      expect(program.stderr.match(/AsynctbWarning/gu)).toHaveLength(1);
      expect(program.stderr).toContain(
        `ASYNCTB_SIGNAL=${signal} names no signal that can be watched ` +
          '(nobody could end the program with it any more), so none is',
      );
      expect(program.dumps).toEqual([]);
    },
  );
});

describe('ASYNCTB_SIGNAL', () => {
  it('chooses another signal and leaves the default one alone', async () => {
    const program = programs.start('signal/parked.cjs', {
      env: { ASYNCTB_SIGNAL: 'SIGQUIT' },
    });
    await program.says('ready');
    expect(await program.dump('SIGQUIT')).toContain('3 tasks wait here');
    program.kill('SIGUSR2');
    expect(await program.ended()).toEqual({ code: null, signal: 'SIGUSR2' });
  });

  it('none watches nothing', async () => {
    const program = programs.start('signal/parked.cjs', {
      env: { ASYNCTB_SIGNAL: 'none' },
    });
    await program.says('ready');
    program.kill('SIGUSR2');
    expect(await program.ended()).toEqual({ code: null, signal: 'SIGUSR2' });
    expect(program.stderr).toBe('');
  });

  it.each([
    ...['SIGNOTHING', 'SIGKILL', 'SIGSTOP', 'SIGSEGV', '12', 'toString'],
    ...['SIGALRM', 'SIGPIPE', 'SIGCHLD', 'SIGPROF', 'SIGWINCH', 'SIGTSTP'],
  ])('%s is reported once, and nothing is watched', async (name) => {
    const program = programs.start('signal/parked.cjs', {
      env: { ASYNCTB_SIGNAL: name },
    });
    await program.says('ready');
    await program.answers();
    program.send('exit');
    expect(await program.ended()).toEqual({ code: 7, signal: null });
    expect(program.stderr.match(/AsynctbWarning/gu)).toHaveLength(1);
    expect(program.stderr).toContain(
      `ASYNCTB_SIGNAL=${name} names no signal that can be watched`,
    );
  });
});

describe('--report-on-signal', () => {
  it('with the same signal is left alone, and that is said once', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'asynctb-report-'));
    const program = programs.start('signal/parked.cjs', {
      nodeArgs: [
        '--report-on-signal',
        `--report-directory=${directory}`,
        '-r',
        REGISTER,
      ],
    });
    await program.says('ready');
    program.kill();
    await program.reports('Node.js report completed');
    program.send('exit');
    expect(await program.ended()).toEqual({ code: 7, signal: null });
    expect(program.stderr.match(/AsynctbWarning/gu)).toHaveLength(1);
    expect(program.stderr).toContain('--report-on-signal uses SIGUSR2');
    expect(program.dumps).toEqual([]);
    expect(readdirSync(directory)).toHaveLength(1);
    rmSync(directory, { recursive: true });
  });

  it('with another signal is no matter', async () => {
    const program = programs.start('signal/parked.cjs', {
      nodeArgs: [
        '--report-on-signal',
        '--report-signal=SIGHUP',
        '-r',
        REGISTER,
      ],
    });
    await program.says('ready');
    expect(await program.dump()).toContain('3 tasks wait here');
    expect(program.stderr).not.toContain('AsynctbWarning');
  });
});
