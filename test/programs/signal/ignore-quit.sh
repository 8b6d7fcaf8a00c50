#!/bin/sh
# SPDX-FileCopyrightText: The asynctb authors
# SPDX-License-Identifier: MIT OR Apache-2.0

# Runs the Node of $NODE_BINARY with SIGQUIT ignored.
trap '' QUIT
exec "$NODE_BINARY" "$@"
