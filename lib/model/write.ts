// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { GeneratorPrototypeNext } from '../base/generators.js';
import { GlobalError, GlobalPromise } from '../base/primordials.js';

/** What is used of a Node stream; a bare V8 context has no type for it. */
export interface WritableLike {
  write(chunk: string): boolean;
  once(event: string, listener: (error?: Error) => void): unknown;
  removeListener(event: string, listener: (error?: Error) => void): unknown;
}

/** Never holds more than one chunk beyond what the stream buffers itself. */
export async function writeChunks(
  writable: WritableLike,
  chunks: Generator<string>,
): Promise<void> {
  for (
    let step = GeneratorPrototypeNext(chunks);
    step.done !== true;
    step = GeneratorPrototypeNext(chunks)
  ) {
    if (!writable.write(step.value)) await drained(writable);
  }
}

/** A stream that fails or is closed never drains: both must end the wait. */
function drained(writable: WritableLike): Promise<void> {
  return new GlobalPromise((resolve, reject) => {
    const settle = (error: Error | null): void => {
      writable.removeListener('drain', onDrain);
      writable.removeListener('error', onError);
      writable.removeListener('close', onClose);
      if (error === null) resolve();
      else reject(error);
    };
    const onDrain = (): void => settle(null);
    const onError = (error?: Error): void =>
      settle(
        error ?? new GlobalError('the stream failed while a dump was written'),
      );
    const onClose = (): void =>
      settle(
        new GlobalError('the stream was closed before the dump was written'),
      );
    writable.once('drain', onDrain);
    writable.once('error', onError);
    writable.once('close', onClose);
  });
}
