#!/bin/sh
# SPDX-FileCopyrightText: The asynctb authors
# SPDX-License-Identifier: MIT OR Apache-2.0

# Runs the Node of $NODE_BINARY with at most 64 file descriptors.
ulimit -n 64
exec "$NODE_BINARY" "$@"
