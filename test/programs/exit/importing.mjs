// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Ends with code 13 since what it imports does.

await import('./unsettled.mjs');
console.log('never reached');
