// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ownProperties } from '../base/own.js';
import { invalidArgument } from '../base/errors.js';
import type { FormatOptions } from '../model/formats.js';

export interface ResolvedFormatOptions {
  readonly asciiOnly: boolean;
  readonly showResources: boolean;
  readonly showHiddenFrames: boolean;
  readonly showInternalFrames: boolean;
  readonly locals: boolean;
  readonly cwd: string | null;
}

export function resolveFormatOptions(
  options: FormatOptions = {},
  showResources = true,
): ResolvedFormatOptions {
  if (typeof options !== 'object' || options === null) {
    throw invalidArgument('options', 'an object');
  }
  const given = ownProperties(options);
  const { cwd } = given;
  if (cwd !== undefined && typeof cwd !== 'string') {
    throw invalidArgument('options.cwd', 'a string');
  }
  return {
    asciiOnly: flag('asciiOnly', given.asciiOnly, false),
    showResources: flag('showResources', given.showResources, showResources),
    showHiddenFrames: flag('showHiddenFrames', given.showHiddenFrames, false),
    showInternalFrames: flag(
      'showInternalFrames',
      given.showInternalFrames,
      false,
    ),
    locals: flag('locals', given.locals, false),
    cwd: cwd ?? null,
  };
}

function flag(
  name: string,
  value: boolean | undefined,
  otherwise: boolean,
): boolean {
  if (value === undefined) return otherwise;
  if (typeof value !== 'boolean') {
    throw invalidArgument(`options.${name}`, 'a boolean');
  }
  return value;
}
