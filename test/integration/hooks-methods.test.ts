// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { extract, unwrapItem } from 'asynctb';
import { describe, expect, it } from 'vitest';
import { expectStack } from '../support/assert-stack';
import { loadProgram } from '../support/forms';
import { hookPrograms, registering } from '../support/hooks';

const { Glued, GluedYields, innermost, leafTask, middle, started } =
  hookPrograms;
const { deferred, parked } = loadProgram<{
  parked(): Promise<void>;
  deferred(): { promise: Promise<unknown>; resolve(value: unknown): void };
}>('deferred.cjs');

const register = registering();

describe('P47 what a library brings itself', () => {
  it('P47 its method says what is inside', () => {
    expectStack(
      extract(new Glued(started(middle))),
      `
generator middle @middle
generator innermost @innermost`,
    );
    expectStack(extract(new Glued([7, 8])), 'leaf 7\nleaf 8');
    const nothing = new Glued(undefined);
    expect(extract(nothing).leaves).toEqual([nothing]);
  });

  it('P47 a method that yields, and one that was inherited', () => {
    class Derived extends GluedYields {}
    expectStack(
      extract(new Derived(started(innermost), 7)),
      'generator innermost @innermost\nleaf 7',
    );
  });

  it('P47 of a leaf, and in the middle of a chain', async () => {
    class GluedPromise extends Promise<unknown> {
      [Symbol.for('asynctb.unwrap')](): unknown {
        return started(innermost);
      }
    }
    const promise = new GluedPromise(() => {});
    const waiting = leafTask(promise);
    const derived = promise.then(function callback() {});
    // `await` of a promise of another class calls its then a moment later.
    await parked();
    expectStack(
      extract(waiting),
      `
async-function leafTask @leaf-task
generator innermost @innermost`,
    );
    expectStack(extract(derived), 'generator innermost @innermost');
    const gate = deferred();
    const own = Object.assign(
      gate.promise.then(() => {}),
      { [Symbol.for('asynctb.unwrap')]: () => 7 },
    );
    expect(extract(own).leaves).toEqual([7]);
    gate.resolve(1);
  });

  it('P47 what was registered goes before the method', () => {
    register(unwrapItem.register(Glued, () => 'registered'));
    expect(extract(new Glued(1)).leaves).toEqual(['registered']);
    register(unwrapItem.register(Glued, () => undefined));
    expect(extract(new Glued(1)).leaves).toEqual([1]);
  });

  it('P47 a getter is not run, and a proxy is left alone', () => {
    let runs = 0;
    const getter = Object.defineProperty({}, Symbol.for('asynctb.unwrap'), {
      get: () => {
        runs++;
        return () => 7;
      },
    });
    const proxy = new Proxy(new Glued(7), {
      get: () => runs++,
      getOwnPropertyDescriptor: () => {
        runs++;
        return undefined;
      },
      getPrototypeOf: () => {
        runs++;
        return null;
      },
    });
    register(unwrapItem.register(Glued, () => runs++));
    register(
      unwrapItem.register(
        () => true,
        () => undefined,
      ),
    );
    for (const target of [getter, proxy, Object.create(proxy) as object]) {
      expect(extract(target).leaves[0]).toBe(target);
    }
    expect(runs).toBe(0);
  });
});
