// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Where a function stands that waits without an `await`: at a `return` of an async generator, or
// where a `for await` is left early. V8 keeps no place for those, and names whatever precedes in
// its code, which may never have run.
#pragma once

#include <cstdint>

namespace asynctb {

// `text`: from a function's parameters on. `place`: where V8 says that it stands. Gives the place
// of the `return`, or the loop's `for` if more than one statement may have left it; `place` itself
// where V8 is right, or nothing can be told. Pure; linear in the text.
int FindImplicitAwait(const uint16_t* text, int length, int place, bool is_async_generator);

// Behind the bracket that closes the one at `open`; -1 when there is none in the text. Pure as
// well.
int FindEndOfBrackets(const uint16_t* text, int length, int open);

// Whether a function uses a name, or a function inside of it does. `text`: from its parameters on.
// `scanned`: so much of it was looked at.
bool FunctionMentions(const uint16_t* text, int length, const uint16_t* word, int word_length,
                      int* scanned);

}  // namespace asynctb
