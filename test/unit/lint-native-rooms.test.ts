// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, it } from 'vitest';
import { faultsOf } from '../../scripts/lint/native-rooms';

describe('the rooms of native/', () => {
  it('include from those below them', () => {
    const text =
      '#include "base/capture.h"\n#include "layout/layout.h"\n#include <v8.h>\n';
    expect(faultsOf('heap/graph.cc', text)).toEqual([]);
  });

  it('include nothing from those above them', () => {
    expect(faultsOf('memory/heap_read.h', '#include "heap/graph.h"\n')).toEqual(
      ['native/memory/heap_read.h includes "heap/graph.h", which is above it'],
    );
  });

  it('are named in each include', () => {
    expect(faultsOf('heap/graph.cc', '#include "graph.h"\n')).toEqual([
      'native/heap/graph.cc includes "graph.h" without its room',
    ]);
  });

  it('hold all files', () => {
    expect(faultsOf('graph.cc', '')).toEqual([
      'native/graph.cc stands in no room',
    ]);
  });

  it('know nothing of V8 at the bottom', () => {
    expect(faultsOf('base/capture.h', '#include <v8.h>\n')).toEqual([
      'native/base/capture.h includes <v8.h>: base/ knows nothing of V8',
    ]);
  });

  it('leave node.h to the one file that knows where it stands', () => {
    expect(
      faultsOf('threads/thread_registry.h', '#include <node.h>\n'),
    ).toEqual([
      'native/threads/thread_registry.h includes <node.h>, which v8/v8_compat.h includes in the right order',
    ]);
  });
});
