// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Compiled, never run: what a TypeScript user of the ESM side writes.

import {
  AsynctbError,
  capabilities,
  dump,
  extract,
  watchdog,
  type AsynctbErrorCode,
  type Frame,
  type Stack,
} from 'asynctb';
import { register, type DataRule } from 'asynctb/explain';
import { localResource, unwrapItem } from 'asynctb/hooks';
import 'asynctb/register';
import * as lowlevel from 'asynctb/lowlevel';

const rule: DataRule = { classes: ['Latch'], kind: 'lock', text: 'a latch' };
register([rule])();
// @ts-expect-error there is no such kind
register([{ classes: ['Latch'], kind: 'latch', text: 'a latch' }]);
const stack: Stack = extract(Promise.resolve(), { maxFrames: 3 });
const first: Frame | undefined = stack.frames[0];
export const used: readonly unknown[] = [
  first?.functionName,
  capabilities(),
  dump().threads,
  lowlevel,
];
class Ticket {
  readonly done = Promise.resolve();
}
const isTicket = (value: unknown): value is Ticket => value instanceof Ticket;
unwrapItem.register({ class: Ticket }, (ticket) => ticket.done);
unwrapItem.register({ when: isTicket }, (ticket) => ticket.done);
unwrapItem.register({ when: (value) => value === 1 }, () => []);
unwrapItem.register(Ticket, (ticket) => ticket.done);
unwrapItem.register(isTicket, (ticket) => ticket.done);
localResource.register({ class: Ticket });
// @ts-expect-error a kind is one of both
localResource.register({ class: Ticket, when: isTicket });
watchdog({ thresholdMs: 1_000 }).stop();
export function codeOf(error: Error): AsynctbErrorCode | null {
  return error instanceof AsynctbError ? error.code : null;
}
// @ts-expect-error there is no such code
export const unknown: AsynctbErrorCode = 'ERR_ASYNCTB_MISSPELT';
export const boxes: boolean = Array.from(stack).length === stack.length;
// @ts-expect-error a misspelt option has to be an error, or the types were not found at all
extract(null, { maxFrame: 3 });
