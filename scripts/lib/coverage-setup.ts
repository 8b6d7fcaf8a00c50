// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// vitest ends its processes by a signal. They have to exit, or what they counted is lost.
process.once('SIGTERM', () => process.exit(0));
