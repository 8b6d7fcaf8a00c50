// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Chooses code 13 itself.

void new Promise(() => {});
process.exit(13);
