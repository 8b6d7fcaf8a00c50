#!/bin/sh
# SPDX-FileCopyrightText: The asynctb authors
# SPDX-License-Identifier: MIT OR Apache-2.0

# Runs the Node of $NODE_BINARY with its stderr going to $STDERR_TO, or to nobody when that is empty.
if [ -n "$STDERR_TO" ]; then exec "$NODE_BINARY" "$@" 2>"$STDERR_TO"; fi
exec "$NODE_BINARY" "$@" 2>&-
