// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Where node-gyp-build looks for the binary of an ABI on this platform. */

import { join } from 'node:path';

export const prebuildDirectory = join(
  'prebuilds',
  `${process.platform}-${process.arch}`,
);

export function prebuildName(abi: number | string): string {
  return `asynctb.abi${abi}.node`;
}

export function prebuildPath({
  abi,
}: {
  readonly abi: number | string;
}): string {
  return join(prebuildDirectory, prebuildName(abi));
}
