// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** `ASYNCTB_KEEP=1`: tasks that nobody can resume are still there when a dump is made. */

import { capabilities } from 'asynctb';
import { afterEach, describe, expect, it } from 'vitest';
import { type Program, Programs } from '../support/program';

const programs = new Programs();
afterEach(() => programs.end());

const KEEP = { ASYNCTB_KEEP: '1' };

const FORMS = [
  'byAwait',
  'byReturn',
  'byRace',
  'byAll',
  'byThen',
  'byPending',
  'byGenerator',
  'byContext',
  'bySubclass',
];

async function collected(env: NodeJS.ProcessEnv): Promise<Program> {
  const program = programs.start('kept/vanished.cjs', { env });
  await program.says('ready');
  await program.answers();
  await program.answers();
  return program;
}

/** The functions of all threads that a dump has, with how often. */
function formsIn(dump: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [, name = ''] of dump.matchAll(/^╠ (by\w+) at /gmu))
    found[name] = (found[name] ?? 0) + 1;
  return found;
}

describe('ASYNCTB_KEEP', () => {
  it('keeps tasks that nobody can resume, of all threads', async () => {
    const program = await collected(KEEP);
    const dump = await program.dump();
    expect(formsIn(dump)).toEqual(
      Object.fromEntries(FORMS.map((name) => [name, 2])),
    );
  });

  it.runIf(capabilities().stuck.available)(
    'does not hide that nothing can ever settle them',
    async () => {
      const program = await collected({ ...KEEP, ASYNCTB_STUCK: '1' });
      const dump = await program.dump();
      const stuck = [...dump.matchAll(/ stuck here[^]*?\n\n/gmu)].join('');
      // What V8 made in another context counts as its own there.
      const told = Object.keys(formsIn(stuck));
      expect(FORMS.filter((name) => !told.includes(name))).toEqual([]);
    },
  );

  it('is off when nobody asks for it', async () => {
    const program = await collected({});
    expect(formsIn(await program.dump())).toEqual({});
  });

  it('keeps nothing that is settled', async () => {
    const program = programs.start('kept/vanished.cjs', { env: KEEP });
    await program.says('ready');
    await program.answers();
    await program.answers();
    await program.says('settled ones have gone: true, true');
    expect(program.stderr).toBe('');
  });

  it('keeps open requests whose handlers wait for what nobody will settle', async () => {
    const program = programs.start('requests/vanished.cjs', { env: KEEP });
    await program.says('ready');
    await program.dumpThatMatches(/^5 tasks wait here/mu);
    program.send('collect');
    await program.says('collected');
    const dump = await program.dump();
    expect(dump).toMatch(/^5 tasks wait here/mu);
    expect(dump).toMatch(/^5 open requests; each has a task:$/mu);
    expect(dump).not.toContain('hunter');
  });

  it('changes nothing of what the program sees of its promises', async () => {
    const [kept, plain] = [KEEP, {}].map((env) =>
      programs.start('kept/observed.cjs', { env }),
    );
    await kept?.ended();
    await plain?.ended();
    expect(kept?.stdout).toMatch(/"seen":3,"all":\[1,2,3\],"failed":"no"/u);
    expect(kept?.stdout).toBe(plain?.stdout);
    expect(kept?.stderr).toBe('');
  });

  it('has a limit, and a dump says that it was met', async () => {
    const program = programs.start('kept/observed.cjs', {
      args: ['many'],
      env: KEEP,
    });
    await program.ended();
    expect(program.stdout).toContain('ASYNCTB_KEEP keeps at most 100000');
  });

  it('of another value is said to be none', async () => {
    const program = programs.start('kept/observed.cjs', {
      env: { ASYNCTB_KEEP: 'yes' },
    });
    await program.ended();
    expect(program.stderr).toContain('ASYNCTB_KEEP=yes is neither 0 nor 1');
  });
});
