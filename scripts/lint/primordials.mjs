// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * An ESLint rule: `lib/` uses built-ins of the language by `lib/base` alone, where they are kept as
 * they were when asynctb was loaded. It asks TypeScript what a name means, so that a `map` of our own
 * is no matter, and the `map` of an array is.
 */

import { ESLintUtils } from '@typescript-eslint/utils';
import ts from 'typescript';

/** Properties that an object has itself, whatever became of its prototype. */
const OWN = new Set([
  'cause',
  'configurable',
  'description',
  'done',
  'enumerable',
  'errors',
  'index',
  'input',
  'lastIndex',
  'length',
  'message',
  'name',
  'stack',
  'value',
  'writable',
]);

/** Of these, even such a property is a getter of the prototype. */
const GETTERS = new Set(['Int32Array.length', 'Symbol.description']);

/** Of Node, beside the language. */
const OF_NODE = new Set([
  'Buffer',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'console',
  'performance',
  'process',
  'queueMicrotask',
  'setImmediate',
  'setTimeout',
  'structuredClone',
]);

/** The program cannot replace them. */
const CONSTANT = new Set(['undefined', 'NaN', 'Infinity', 'globalThis']);

const messages = {
  builtIn:
    '{{name}} is looked up when it is used, and may be the program’s by then: take it from lib/base',
  iterates:
    '{{what}} asks {{type}} for its iterator, which may be the program’s: see lib/base/primordials.ts',
};

function isList(checker, type) {
  const parts = type.isUnion() ? type.types : [type];
  return parts.every(
    (part) =>
      checker.isArrayType(part) ||
      checker.isTupleType(part) ||
      part.symbol?.name === 'RegExpExecArray',
  );
}

/** Where the language, or Node's types of it, declares what a name means; null for all else. */
function declaredBy(program, checker, tsNode) {
  const symbol = checker.getSymbolAtLocation(tsNode);
  const declarations = symbol?.declarations ?? [];
  const found = declarations.find((each) =>
    program.isSourceFileDefaultLibrary(each.getSourceFile()),
  );
  return found === undefined ? null : { symbol, declaration: found };
}

/** Declared by the types of Node, and imported from nowhere. */
function isNodes(symbol) {
  return (symbol?.declarations ?? []).some((each) =>
    each.getSourceFile().fileName.includes('/@types/node/'),
  );
}

function ownerName({ parent }) {
  const owner = ts.isModuleBlock(parent) ? parent.parent : parent;
  return owner.name?.getText?.() ?? '';
}

const rule = ESLintUtils.RuleCreator.withoutDocs({
  meta: { type: 'problem', schema: [], messages },
  defaultOptions: [],
  create(context) {
    const services = ESLintUtils.getParserServices(context);
    const { program } = services;
    const checker = program.getTypeChecker();
    const isType = (node) =>
      node.parent.type.startsWith('TS') &&
      !/^TS(?:As|NonNull|Satisfies)/.test(node.parent.type);

    function iterates(node, expression, what) {
      const type = services.getTypeAtLocation(expression);
      if (isList(checker, type)) return;
      const name = checker.typeToString(type);
      context.report({
        node,
        messageId: 'iterates',
        data: { what, type: name },
      });
    }

    return {
      MemberExpression(node) {
        if (node.computed) return;
        const property = services.esTreeNodeToTSNodeMap.get(node.property);
        const found = declaredBy(program, checker, property);
        if (found === null) return;
        const owner = ownerName(found.declaration);
        const name = `${owner}.${node.property.name}`;
        if (OWN.has(node.property.name) && !GETTERS.has(name)) return;
        if (/PropertyDescriptor$/.test(owner)) return;
        if (owner === '' || owner === 'globalThis') return;
        // Types that are ours, and only look like something of the language's.
        if (/^Iterator|IteratorResult$/.test(owner)) return;
        context.report({ node, messageId: 'builtIn', data: { name } });
      },
      Identifier(node) {
        const { parent } = node;
        if (CONSTANT.has(node.name) || isType(node)) return;
        if (parent.type === 'MemberExpression' && parent.property === node)
          return;
        if (
          parent.type === 'Property' &&
          parent.key === node &&
          !parent.shorthand
        )
          return;
        const identifier = services.esTreeNodeToTSNodeMap.get(node);
        const found = declaredBy(program, checker, identifier);
        const { valueDeclaration } = found?.symbol ?? {};
        const { name } = node;
        const isGlobal =
          OF_NODE.has(name) && isNodes(checker.getSymbolAtLocation(identifier));
        const isOfLanguage =
          valueDeclaration !== undefined &&
          (ts.isVariableDeclaration(valueDeclaration) ||
            ts.isFunctionDeclaration(valueDeclaration));
        if (!isGlobal && !isOfLanguage) return;
        context.report({ node, messageId: 'builtIn', data: { name } });
      },
      ForOfStatement(node) {
        iterates(node, node.right, 'this loop');
      },
      SpreadElement(node) {
        if (node.parent.type === 'ObjectExpression') return;
        context.report({
          node,
          messageId: 'iterates',
          data: { what: 'spreading', type: 'the array' },
        });
      },
      ArrayPattern(node) {
        context.report({
          node,
          messageId: 'iterates',
          data: { what: 'this pattern', type: 'the array' },
        });
      },
      YieldExpression(node) {
        if (!node.delegate || node.argument.callee?.name === 'Delegate') return;
        iterates(node, node.argument, 'yield*');
      },
      BinaryExpression(node) {
        if (node.operator !== 'instanceof') return;
        if (!/^Global/.test(node.right.name ?? '')) return;
        context.report({
          node,
          messageId: 'builtIn',
          data: { name: 'instanceof of a built-in' },
        });
      },
    };
  },
});

export default { rules: { primordials: rule } };
