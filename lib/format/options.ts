// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { checkOptions, type Checks, flag, text } from '../base/arguments.js';
import type { FormatOptions } from '../model/formats.js';

export interface ResolvedFormatOptions {
  readonly asciiOnly: boolean;
  readonly showResources: boolean;
  readonly showHiddenFrames: boolean;
  readonly showInternalFrames: boolean;
  readonly showLibraryFrames: boolean;
  readonly locals: boolean;
  readonly cwd: string | null;
}

const CHECKS: Checks<FormatOptions> = {
  cwd: text,
  asciiOnly: flag,
  showResources: flag,
  showHiddenFrames: flag,
  showInternalFrames: flag,
  showLibraryFrames: flag,
  locals: flag,
};

export function resolveFormatOptions(
  options: FormatOptions = {},
  showResources = true,
): ResolvedFormatOptions {
  const given = checkOptions(options, CHECKS);
  return {
    asciiOnly: given.asciiOnly ?? false,
    showResources: given.showResources ?? showResources,
    showHiddenFrames: given.showHiddenFrames ?? false,
    showInternalFrames: given.showInternalFrames ?? false,
    showLibraryFrames: given.showLibraryFrames ?? true,
    locals: given.locals ?? false,
    cwd: given.cwd ?? null,
  };
}
