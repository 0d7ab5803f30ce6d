#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check.sh - all tests: the release build with gcc, the sanitizer build with gcc, a build with
# clang. Prints the sum as its last line and fails when anything failed.
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0 skipped=0 failures=
# The limits in meson.build are for an idle machine; a busy one is not a failure.
if [ -n "${TOCSIN_LONG:-}" ]; then patience=8; else patience=3; fi

# A figure of meson's summary, 0 where there is none.
count() {
	sed -n "s/^$1: *\([0-9][0-9]*\).*/\1/p" "$dir/check.log" | tail -n 1 | grep . || echo 0
}

fail() {
	failed=$((failed + 1))
	failures="$failures
  $1"
}

# Builds in $1 with the meson options that follow, runs its tests, adds the counts.
suite() {
	dir=$1
	shift
	echo "== $dir: build"
	if [ ! -f "$dir/build.ninja" ] && ! meson setup "$dir" "$@" >"$dir.log" 2>&1; then
		tail -n 20 "$dir.log"
		fail "$dir cannot be set up"
		return
	fi
	rm -f "$dir.log"
	if ! ninja -C "$dir" --quiet; then
		fail "$dir does not build"
		return
	fi
	[ "${suite_tests:-yes}" = yes ] || return 0
	echo "== $dir: tests"
	# shellcheck disable=SC2086  # options are words
	{
		meson test -C "$dir" --no-rebuild --print-errorlogs \
			--timeout-multiplier "$patience" ${suite_options:-} 2>&1
		echo $? >"$dir/check.status"
	} | tee "$dir/check.log"
	failed_before=$failed
	passed=$((passed + $(count Ok)))
	failed=$((failed + $(count Fail) + $(count Timeout) + $(count 'Unexpected Pass')))
	skipped=$((skipped + $(count Skipped)))
	# A runner that broke off counted nothing, which is a failure too.
	if [ "$(cat "$dir/check.status")" != 0 ] && [ "$failed" = "$failed_before" ]; then
		fail "$dir: meson test ended with $(cat "$dir/check.status")"
	fi
	failures="$failures
$(sed -n "/^Summary of Failures:/,/^Ok:/s|^ *[0-9]*/[0-9]* |  $dir: |p" "$dir/check.log")"
}

suite build --buildtype=release
# What only looks at the program's logic, or plays weeks, ran above; here what touches memory counts.
# With TOCSIN_LONG the weeks are played here too, at the usual scale: load scale takes ten times as long.
[ -n "${TOCSIN_LONG:-}" ] && heavy= || heavy='--no-suite heavy'
suite_options="--no-suite lint --no-suite tools --no-suite long $heavy" ASAN_OPTIONS=detect_leaks=0 \
	TOCSIN_LONG='' suite build-san -Db_sanitize=address,undefined -Db_lundef=false -Dbuildtype=debugoptimized
CC=clang suite_tests=no suite build-clang

echo
[ "$failed" -eq 0 ] || echo "Failed:$failures" | grep .
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
