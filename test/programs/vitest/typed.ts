// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

interface Job {
  readonly id: number;
}

export const stacks: string[] = [];

/** Held: what nothing can resume is collected. */
export const never = new Promise<void>(() => {});

export async function startTyped(job: Job | null): Promise<Job | null> {
  await (stacks.push(new Error('here').stack ?? ''), never);
  return job;
}
