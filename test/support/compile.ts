// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** `loader.ts` as the real compilers write it, in a directory of its own. */

import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync, type BuildOptions } from 'esbuild';
import ts from 'typescript';

export const loaderSource = readFileSync(
  fileURLToPath(new URL('../programs/source-maps/loader.ts', import.meta.url)),
  'utf8',
);

/** 1-based line of the only line of the source that contains `text`. */
export function lineOf(text: string): number {
  const lines = loaderSource.split('\n');
  const found = lines.findIndex((line) => line.includes(text));
  if (found < 0) throw new Error(`no line with ${text}`);
  return found + 1;
}

export interface MapJson {
  sources: string[];
  sourcesContent?: (string | null)[];
  sourceRoot?: string;
}

export class Workspace {
  readonly directory = mkdtempSync(join(tmpdir(), 'asynctb maps 100%-'));

  path(name: string): string {
    return join(this.directory, name);
  }

  write(name: string, text: string): string {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** What tsc writes for `src/loader.ts` into `out/`; `edit` may change the map. */
  tsc(
    name: string,
    options: ts.CompilerOptions,
    edit: (map: MapJson) => unknown = (map) => map,
  ): string {
    const source = this.write('src/loader.ts', loaderSource);
    const isModule = name.endsWith('.mjs');
    const { outputText, sourceMapText } = ts.transpileModule(loaderSource, {
      fileName: source,
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: isModule ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS,
        ...options,
      },
    });
    if (sourceMapText !== undefined) {
      const map = JSON.parse(sourceMapText) as MapJson;
      map.sources = ['../src/loader.ts'];
      const edited = edit(map);
      this.write(
        `out/${name}.map`,
        typeof edited === 'string' ? edited : JSON.stringify(edited),
      );
    }
    // It names the map after the source; this is what tsc itself would have put there.
    return this.write(
      `out/${name}`,
      outputText.replace(
        /sourceMappingURL=loader\.js\.map/,
        `sourceMappingURL=${encodeURI(name)}.map`,
      ),
    );
  }

  esbuild(name: string, options: BuildOptions): string {
    const source = this.write('src/loader.ts', loaderSource);
    const outfile = this.path(`out/${name}`);
    buildSync({
      entryPoints: [source],
      outfile,
      bundle: true,
      platform: 'node',
      format: name.endsWith('.mjs') ? 'esm' : 'cjs',
      logLevel: 'silent',
      ...options,
    });
    return outfile;
  }

  read(path: string): string {
    return readFileSync(path, 'utf8');
  }

  /** One that nobody writes to. */
  pipe(name: string): void {
    execFileSync('mkfifo', [this.path(name)]);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
