// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import type { Captured } from '../../lib/base/capture.js';
import {
  EvidenceKind,
  EvidenceLink,
  EvidenceMark,
  FieldType,
} from '../../lib/base/capture-schema.js';
import { type Row, tableOf } from './capture-tables.js';

type Value = number | string | boolean;

/** Builds what the native side finds: what holds the functions that settle a promise, and so on upward. */
export class EvidenceBuilder {
  readonly #leaves: Row<'evidenceLeaf'>[] = [];
  readonly #things: Row<'evidenceThing'>[] = [];
  readonly #edges: Row<'evidenceEdge'>[] = [];
  readonly #fields: Row<'evidenceField'>[] = [];
  readonly #wakers: Row<'evidenceWaker'>[] = [];
  readonly #needs: Row<'evidenceNeed'>[] = [];

  /** A promise at the end of the stacks of a group. Returns its number. */
  leaf(group = 0, node = 0): number {
    const thing = this.#thing('promise', '', {}, 0, -1);
    this.#leaves.push({ group, node, branch: -1, thing, waiter: -1 });
    return thing;
  }

  object(
    className: string,
    fields: Readonly<Record<string, Value>> = {},
    marks = 0,
  ): number {
    const isPlain = ['Object', 'Array', 'Function'].includes(className);
    const named = isPlain ? 0 : EvidenceMark.named;
    return this.#thing('object', className, fields, marks | named, -1);
  }

  activation(site: number): number {
    return this.#thing('activation', '', {}, 0, site);
  }

  function(site = -1): number {
    return this.#thing('function', '', {}, 0, site);
  }

  hold(
    held: number,
    holder: number,
    name = '',
    link: keyof typeof EvidenceLink = 'property',
    rejects = false,
  ): this {
    this.#edges.push({
      held,
      holder,
      link: EvidenceLink[link],
      name,
      index: -1,
      rejects,
      isUsed: true,
    });
    return this;
  }

  /** A suspended function that may wake who waits for an owner. */
  waker(owner: number, holder: number, row: Row<'evidenceWaker'> = {}): this {
    this.#wakers.push({ owner, holder, count: 1, isUsed: true, ...row });
    return this;
  }

  /** What such a function waits for itself; -1: something of which nothing is known. */
  need(holder: number, leaf: number, isRace = false): this {
    this.#needs.push({ holder, leaf, isLike: 0, isRace: isRace ? 1 : 0 });
    return this;
  }

  raw(isCut = false): Captured<'evidence'> {
    return {
      leaves: tableOf('evidenceLeaf', this.#leaves),
      things: tableOf('evidenceThing', this.#things),
      edges: tableOf('evidenceEdge', this.#edges),
      fields: tableOf('evidenceField', this.#fields),
      wakers: tableOf('evidenceWaker', this.#wakers),
      needs: tableOf('evidenceNeed', this.#needs),
      now: 0,
      isCut,
    };
  }

  #thing(
    kind: keyof typeof EvidenceKind,
    className: string,
    fields: Readonly<Record<string, Value>>,
    marks: number,
    site: number,
  ): number {
    const fieldsBegin = this.#fields.length;
    for (const [name, value] of Object.entries(fields)) {
      const isNumber = typeof value === 'number';
      // `name#`: a list with so many elements.
      const isLength = name.endsWith('#');
      this.#fields.push({
        name: isLength ? name.slice(0, -1) : name,
        type: isLength
          ? FieldType.length
          : isNumber
            ? FieldType.number
            : typeof value === 'string'
              ? FieldType.text
              : FieldType.flag,
        number: typeof value === 'string' ? 0 : Number(value),
        text: typeof value === 'string' ? value : '',
      });
    }
    this.#things.push({
      kind: EvidenceKind[kind],
      className,
      site,
      fieldsBegin,
      fieldsCount: this.#fields.length - fieldsBegin,
      marks,
      task: 0,
    });
    return this.#things.length - 1;
  }
}
