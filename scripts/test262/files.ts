// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const OF_THE_LANGUAGE =
  /async|generator|await|yield|dynamic-import|top-level|using/;
const BUILT_INS =
  /^(?:Promise|AsyncFunction|AsyncGenerator\w*|AsyncIterator\w*|AsyncFromSyncIterator\w*|Generator\w*|AsyncDisposableStack|DisposableStack|Iterator|Array\/fromAsync)(?:\/|$)/;

/** Those about what asynctb looks at, relative to the checkout. */
export function findFiles(checkout: string, filter: string): string[] {
  const found: string[] = [];
  const visit = (folder: string): void => {
    const entries = readdirSync(join(checkout, folder), {
      withFileTypes: true,
    });
    for (const { name } of entries.filter((entry) => entry.isDirectory())) {
      visit(`${folder}/${name}`);
    }
    for (const { name } of entries.filter((entry) => entry.isFile())) {
      const file = `${folder}/${name}`;
      // What ends so belongs to another file.
      if (!name.endsWith('.js') || name.includes('_FIXTURE')) continue;
      if (isWanted(file) && file.includes(filter)) found.push(file);
    }
  };
  visit('test/language');
  visit('test/built-ins');
  return found.sort();
}

function isWanted(file: string): boolean {
  return file.startsWith('test/language/')
    ? OF_THE_LANGUAGE.test(file)
    : BUILT_INS.test(file.slice('test/built-ins/'.length));
}
