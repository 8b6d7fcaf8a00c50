// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Form } from './forms';

const require = createRequire(import.meta.url);

export const resourcesDirectory = fileURLToPath(
  new URL('../programs/resources/', import.meta.url),
);

export function loadResourceForms(name: string): Record<string, Form[]> {
  return require(`${resourcesDirectory}${name}.cjs`) as Record<string, Form[]>;
}

export function loadResources<Programs>(name: string): Programs {
  return require(`${resourcesDirectory}${name}.cjs`) as Programs;
}

export const { Held, held, slow } = require(
  `${resourcesDirectory}held.cjs`,
) as {
  Held: new (label: string) => { label: string };
  held(label: string): object;
  /** Its asynchronous disposal waits for the gate. */
  slow(label: string, gate: Promise<unknown>): object;
};
