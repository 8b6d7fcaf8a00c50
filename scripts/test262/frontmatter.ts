// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What the comment at the head of a file of test262 says of it. */
export interface Frontmatter {
  readonly flags: ReadonlySet<string>;
  readonly includes: readonly string[];
  readonly negative: { readonly phase: string; readonly type: string } | null;
}

export function readFrontmatter(source: string): Frontmatter {
  const yaml = /\/\*---\r?\n?([\s\S]*?)---\*\//.exec(source)?.[1] ?? '';
  const negative = /^negative:\s*\n((?:[ \t]+.*\n?)+)/m.exec(yaml)?.[1];
  return {
    flags: new Set(listOf(yaml, 'flags')),
    includes: listOf(yaml, 'includes'),
    negative:
      negative === undefined
        ? null
        : {
            phase: /phase:\s*(\S+)/.exec(negative)?.[1] ?? '',
            type: /type:\s*(\S+)/.exec(negative)?.[1] ?? '',
          },
  };
}

/** `name: [a, b]`, or one item a line behind a dash. */
function listOf(yaml: string, name: string): string[] {
  const inline = new RegExp(`^${name}:\\s*\\[([^\\]]*)\\]`, 'm').exec(yaml);
  const block = new RegExp(`^${name}:\\s*\\n((?:[ \\t]*-.*\\n?)+)`, 'm').exec(
    yaml,
  );
  const items =
    inline !== null
      ? (inline[1] ?? '').split(',')
      : (block?.[1] ?? '').split('\n').map((line) => line.replace(/^\s*-/, ''));
  return items.map((item) => item.trim()).filter((item) => item !== '');
}
