#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fuzz.sh - each libFuzzer target of fuzz/ for a while, one line per target. Usage:
# fuzz.sh SECONDS [TARGET...]. Starts from fuzz/corpus; what it finds on top stays in
# build-fuzz/corpus for the next run. Crashes are kept in fuzz/crashes/TARGET, and fail; to
# repeat one: build-fuzz/fuzz/fuzz_TARGET FILE. Once mended, FILE belongs in fuzz/corpus/TARGET.
set -u
seconds=$1
shift
cd "$(dirname "$0")/.." || exit 1
export LC_ALL=C
if [ $# -eq 0 ]; then
	set -- fuzz/fuzz_*.c
fi
targets='' programs=''
for name in "$@"; do
	name=${name#fuzz/fuzz_}
	name=${name%.c}
	targets="$targets $name"
	programs="$programs fuzz/fuzz_$name"
done

if [ ! -f build-fuzz/build.ninja ]; then
	log=$(CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined \
		-Db_lundef=false 2>&1) || { echo "$log" | tail -n 20; exit 1; }
fi
# shellcheck disable=SC2086  # lists of words from here on
ninja -C build-fuzz --quiet $programs || exit 1

# The number that a line of libFuzzer's gives for its last round.
last() { sed -n "s/^#.* $1: *\([0-9]*\).*/\1/p" "$log" | tail -n 1; }

# Undefined behaviour is a crash too, with the line that did it.
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
crashed=0 n=0
for name in $targets; do
	n=$((n + 1))
	corpus=build-fuzz/corpus/$name crashes=fuzz/crashes/$name log=build-fuzz/$name.log
	mkdir -p "$corpus" "$crashes"
	cp "fuzz/corpus/$name/"* "$corpus"
	if "build-fuzz/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=10 \
		-artifact_prefix="$crashes/" "$corpus" >"$log" 2>&1; then
		printf '%-14s %8d runs, %5d places reached, %4d inputs kept\n' "$name" \
			"$(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$log")" "$(last cov)" \
			"$(ls "$corpus" | wc -l)"
	else
		crashed=$((crashed + 1))
		cp "$log" "$crashes/last.log"
		printf '%-14s CRASHED on %s, see %s\n' "$name" \
			"$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)" \
			"$crashes/last.log"
		grep -m 3 -E 'must hold:|runtime error:|SUMMARY:|^==.*ERROR' "$log" | sed 's/^/  /'
	fi
	rmdir "$crashes" 2>/dev/null
done
rmdir fuzz/crashes 2>/dev/null
echo
echo "$n targets, $crashed crashed"
[ "$crashed" -eq 0 ]
