// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

interface Job {
  readonly id: number;
}

export const stacks: string[] = [];

export async function startTyped(job: Job | null): Promise<Job | null> {
  await (stacks.push(new Error('here').stack ?? ''), new Promise(() => {}));
  return job;
}
