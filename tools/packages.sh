#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# packages.sh - installs what is missing of packages.txt. Usage: packages.sh PART, for the part
# and [run]; packages.sh list PART only prints the names of that part.
# Needs apt only when something is missing, and sudo only when not root.
set -eu
# Packages are for all users of the machine, however private the caller's own files are.
umask 022
list=$(dirname "$0")/../packages.txt
# The names in the parts $1 and $2; a command that does instead is in the second column.
names() {
	awk -v one="$1" -v two="$2" '
		/^\[/ { name = substr($0, 2, length($0) - 2); next }
		/^#/ || NF == 0 { next }
		name == one || name == two { print $1, $2 }' "$list" |
		while read -r name command; do
			[ -n "$command" ] && command -v "$command" >/dev/null || echo "$name"
		done
}
if [ "$1" = list ]; then
	names "$2" "$2"
	exit 0
fi
wanted=$(names run "$1")
missing=
for p in $wanted; do
	if ! dpkg-query -W -f '${db:Status-Status}\n' "$p" 2>/dev/null | grep -qx installed; then
		missing="$missing $p"
	fi
done
[ -n "$missing" ] || exit 0

as_root=
if ! command -v apt-get >/dev/null; then
	echo "No apt-get here. Tocsin is built with these packages of Debian 12:$missing" >&2
	exit 1
elif [ "$(id -u)" != 0 ]; then
	as_root=sudo
	if ! command -v sudo >/dev/null; then
		echo "Packages are missing, and there is no sudo to install them. As root:" >&2
		echo "  apt-get update && apt-get install -y --no-install-recommends$missing" >&2
		exit 1
	fi
fi
echo "Installing with apt:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# On a fresh machine another program may hold apt's lock for its first minutes.
apt() {
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 \
		-o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1
}
# shellcheck disable=SC2086  # a list of words is meant
if ! apt install -y --no-install-recommends $missing &&
	! { apt update && apt install -y --no-install-recommends $missing; }; then
	tail -n 20 "$log" >&2
	exit 1
fi
