// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Where a function stands that waits without an `await`: at a `return` of an async generator, at the
// end of a `for await` that is left early, at the end of a block with `await using`. V8 keeps no place
// for those, and names whatever precedes in its code, which may never have run.
#pragma once

#include <cstdint>

namespace asynctb {

// `text`: from a function's parameters on. `place`: where V8 says that it stands. Gives the place of
// the `return`, the loop's `for`, or the brace that ends the block; `place` itself where V8 is right,
// or nothing can be told. Pure; linear in the text.
int FindImplicitAwait(const uint16_t* text, int length, int place, bool is_async_generator);

}  // namespace asynctb
