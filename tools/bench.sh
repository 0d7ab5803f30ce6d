#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bench.sh [PART...] - the measurements of `make bench`; what they mean: docs/performance.md.
set -eu
cd "$(dirname "$0")/.."
exec /usr/bin/python3 tools/bench.py build "$@"
