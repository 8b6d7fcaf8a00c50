#!/bin/sh
# SPDX-FileCopyrightText: The asynctb authors
# SPDX-License-Identifier: MIT OR Apache-2.0

# Runs the Node of $NODE_BINARY in a working directory that is there no more.
rmdir "$PWD"
exec "$NODE_BINARY" "$@"
