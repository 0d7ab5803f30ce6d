#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# packages.sh - installs what is missing of packages.txt. Usage: packages.sh run|check
# Needs apt only when something is missing, and sudo only when not root.
set -eu
part=$1
list=$(dirname "$0")/../packages.txt
wanted=$(awk -v part="$part" '
	/^\[/ { name = substr($0, 2, length($0) - 2); next }
	/^#/ || NF == 0 { next }
	name == "run" || name == part { print $1 }' "$list")
missing=
for p in $wanted; do
	if ! dpkg-query -W -f '${db:Status-Status}\n' "$p" 2>/dev/null | grep -qx installed; then
		missing="$missing $p"
	fi
done
[ -n "$missing" ] || exit 0
echo "Installing$missing"
if [ "$(id -u)" = 0 ]; then as_root=; else as_root=sudo; fi
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086  # a list of words is meant
$as_root apt-get install -y --no-install-recommends $missing ||
	{ $as_root apt-get update && $as_root apt-get install -y --no-install-recommends $missing; }
