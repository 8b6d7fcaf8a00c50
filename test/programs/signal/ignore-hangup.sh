#!/bin/sh
# SPDX-FileCopyrightText: The asynctb authors
# SPDX-License-Identifier: MIT OR Apache-2.0

# Runs the Node of $NODE_BINARY as nohup does: with SIGHUP ignored.
trap '' HUP
exec "$NODE_BINARY" "$@"
