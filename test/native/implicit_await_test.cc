// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// `@` stands where V8 says that the function waits, `^` where it does; only `@`: there.

#include "text/implicit_await.h"

#include <cstdio>
#include <string>
#include <vector>

namespace {

struct Case {
  const char* text;
  bool is_async_generator;
};

constexpr bool kGenerator = true, kFunction = false;

constexpr Case kCases[] = {
    {"() { ^return @slow(); }", kGenerator},
    {"() { return @slow(); }", kFunction},
    {"() { @return p; }", kGenerator},
    {"() { return @await slow(); }", kGenerator},
    {"() { @yield slow(); }", kGenerator},
    {"() { ^return x ? slow() : @other(); }", kGenerator},
    {"() {\n  ^return x\n    ? slow()\n    : @other();\n}", kGenerator},
    {"() { ^return f(() => { return 1; }, @slow()); }", kGenerator},
    {"() { ^return f(function () { return 1 }, [@slow()]); }", kGenerator},
    {"() { return 1\n @slow() }", kGenerator},
    {"() { if (x) return\n @slow() }", kGenerator},
    {"() { if (x) return 1; else @slow(); }", kGenerator},
    {"() { ^return x\n .map(y)\n .reduce@(z) }", kGenerator},
    {"() { ^return {\n a: 1,\n b: @slow() }; }", kGenerator},
    {"() { ^return `a${ x }b${ @slow() }c`; }", kGenerator},
    {"() { const t = `${{ a: `}` }.a}`; ^return @slow(); }", kGenerator},
    {"() { x.return; @slow(); }", kGenerator},
    {"() { const s = 'return \\' '; @slow(); }", kGenerator},
    {"() { // return\n /* return */ @slow(); }", kGenerator},
    {"() { const r = /return [/'\"]/g; ^return @slow(); }", kGenerator},
    {"() { const q = a / b / c; ^return @slow(); }", kGenerator},
    {"() { for (;;) { ^return @slow(); } }", kGenerator},
    {"() { try { ^return @slow(); } finally { x(); } }", kGenerator},
    {"() { for await (const x of y) { if (x) { ^return @slow(); } } }", kGenerator},
    {"(a = () => { return 1 }) { @slow(); }", kGenerator},

    {"() { for await (const @x of y) { x; } }", kFunction},
    {"() { for await (const { a, @b } of y) { a; } }", kFunction},
    {"() { @for await (const x of y) { break; } }", kFunction},
    {"() { for await (const x of y) { @break; } }", kFunction},
    {"() { ^for await (const x of y) { if (x) { return 5; } else { @throw z; } } }", kFunction},
    {"() { ^for await (const x of y) { return @f(x); } }", kFunction},
    {"() { for await (const x of y) if (x) @break; }", kFunction},
    {"() { for await (const x of y) if (x) @break; return 1; }", kFunction},
    {"() { ^for await (const x of y) if (x) @break; else return 1; }", kFunction},
    {"() { for await (const x of y)\n    if (x)\n      @break;\n }", kFunction},
    {"() { ^for await (const x of y) { if (x) break; @f(); } }", kFunction},
    {"() { if (z) return 0; for await (const x of y) { @return x; } throw z; }", kFunction},
    {"() { for await (const x of y) { break; } @z(); }", kFunction},
    {"() { for await (const x of y) x;\n @z(); }", kFunction},
    {"() { ^for await (const a of b) { for (const x of y) { @f(x); } } }", kFunction},
    {"() { for await (const a of b) { for await (const x of y) { @break; } break; } }", kFunction},
    {"() { for await (const a of b) { @for await (const x of y) { break; } } }", kFunction},
    {"() { ^for await (const a of b) { @for (const x of y) { break; } } }", kFunction},
    {"() { ^for await (const a of f({ a() { return 1 } })) { @break; } }", kFunction},
    {"() { x.for.await(y); { @break; } }", kFunction},

    {"() { { await using a = b(); @c(); } d(); }", kFunction},
    {"() { await using a = b(); @c(); }", kFunction},
    {"() { { await using a = b(); if (x) { c(); } else { @d(); } } }", kFunction},
    {"() { { await using a = @b(); } }", kFunction},
    {"() { { @using; } { await using a = b(); } }", kFunction},
    {"() { await using a = b(); @await c(); }", kFunction},
    {"() { { await using a = b(); @return 5; } }", kFunction},
    {"() { await using a = b(); @return 5; }", kGenerator},
    {"() { for await (const x of y) { @return x; } }", kFunction},
    {"() { { await using a = b(); @for (;;) { c(`}${'}'}`, /}/); } } }", kFunction},
    {"() { for await (const x of y) { await using a = b(); @c(); } }", kFunction},
    {"() { await using a = b(); @for await (const x of y) { c(); } }", kFunction},
    {"() { await using a = b(); ^for await (const x of y) { @c(); } }", kFunction},
    {"() { const f = async () => { await using a = b(); }; @c(); }", kFunction},

    // Nothing to be told: no text, half of one, another language.
    {"@", kGenerator},
    {"}}}} return @x", kGenerator},
    {"() { return '@x", kGenerator},
    {"() { ((((([[[[ @x", kFunction},
    {"() { `${`${`${ @x", kFunction},
};

}  // namespace

int main() {
  int failed = 0;
  for (const Case& each : kCases) {
    std::vector<uint16_t> text;
    int place = -1, expected = -1;
    for (const char* at = each.text; *at != '\0'; at++) {
      const int here = static_cast<int>(text.size());
      if (*at == '@') place = here;
      else if (*at == '^') expected = here;
      else text.push_back(static_cast<unsigned char>(*at));
    }
    if (expected < 0) expected = place;
    const int found = asynctb::FindImplicitAwait(text.data(), static_cast<int>(text.size()), place,
                                                 each.is_async_generator);
    if (found == expected) continue;
    failed++;
    std::printf("failed: %s: %d instead of %d\n", each.text, found, expected);
  }
  // Whatever the text, it ends.
  const char kPieces[] = "(){}[]`$'\"/\\;\n return for await using x.";
  uint32_t seed = 1;
  for (int i = 0; i < 20'000; i++) {
    std::vector<uint16_t> text;
    for (int k = 0; k < 60; k++) {
      seed = seed * 1664525 + 1013904223;
      text.push_back(static_cast<unsigned char>(kPieces[(seed >> 16) % (sizeof(kPieces) - 1)]));
    }
    const int found = asynctb::FindImplicitAwait(text.data(), 60, static_cast<int>(seed % 60), i % 2);
    if (found < 0 || found >= 60) failed++;
    const int open = static_cast<int>(seed % 60);
    const int end = asynctb::FindEndOfBrackets(text.data(), 60, open);
    if (end != -1 && (end <= open || end > 60)) failed++;
  }
  std::printf("%s\n", failed == 0 ? "ok" : "failed");
  return failed == 0 ? 0 : 1;
}
