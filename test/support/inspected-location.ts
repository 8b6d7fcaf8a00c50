// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { type Runtime, Session } from 'node:inspector';

const KEY = '__inspected__';

/** Where V8's inspector says that a suspended generator stands, 1-based. */
export function inspectedLocation(generator: object): [number, number] {
  const session = new Session();
  session.connect();
  Object.defineProperty(globalThis, KEY, {
    value: generator,
    configurable: true,
  });
  try {
    const { result } = post<{ result: Runtime.RemoteObject }>(
      session,
      'Runtime.evaluate',
      { expression: KEY },
    );
    const { internalProperties = [] } = post<Runtime.GetPropertiesReturnType>(
      session,
      'Runtime.getProperties',
      { objectId: result.objectId, ownProperties: true },
    );
    const { lineNumber, columnNumber } = internalProperties.find(
      ({ name }) => name === '[[GeneratorLocation]]',
    )?.value?.value as { lineNumber: number; columnNumber: number };
    return [lineNumber + 1, columnNumber + 1];
  } finally {
    Reflect.deleteProperty(globalThis, KEY);
    session.disconnect();
  }
}

function post<Result>(
  session: Session,
  method: string,
  params: object,
): Result {
  let answer: unknown;
  session.post(method, params, (error, result) => {
    if (error !== null) throw error;
    answer = result;
  });
  return answer as Result;
}
