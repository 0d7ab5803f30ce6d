#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# interop.sh - the program against software that nobody here wrote: test/interop. Sets up what
# that needs below build-interop; what cannot be had is skipped with the reason. Prints the sum
# as its last line and fails when anything failed. Needs the built program; takes minutes.
set -u
cd "$(dirname "$0")/.." || exit 1
top=$PWD
place=$top/build-interop
mkdir -p "$place"

# Tries a step of the set-up with a limit; on failure leaves why in $why.
try() {
	what=$1
	shift
	why=
	timeout -k 5 150 "$@" >"$place/setup.log" 2>&1 && return 0
	why="$what: $(grep -v -e '^ *$' -e 'complete log' "$place/setup.log" | tail -n 1 | cut -c 1-150)"
	echo "# $why"
	return 1
}

# Whether $place/$1 was made from what $2 says now; mark it so with done_from.
is_from() { [ -e "$place/$1" ] && cmp -s "$2" "$place/$1.from"; }
done_from() { cp "$2" "$place/$1.from"; }

echo "== interop: set up"
# Without a registry's answer the tests that need it say so; those of what is here still run.
./tools/packages.sh interop || echo "# not all packages are here"

python=/usr/bin/python3
if is_from venv test/interop/requirements.txt; then
	python=$place/venv/bin/python
else
	rm -rf "$place/venv"
	if try "no Python packages" /usr/bin/python3 -m venv --system-site-packages "$place/venv" &&
		try "no Python packages" "$place/venv/bin/pip" install --quiet --retries 1 \
			--disable-pip-version-check --only-binary :all: \
			-r test/interop/requirements.txt; then
		done_from venv test/interop/requirements.txt
		python=$place/venv/bin/python
	fi
	INTEROP_PYTHON_WHY=$why
	export INTEROP_PYTHON_WHY
fi

if ! is_from npm test/interop/package.json; then
	rm -rf "$place/npm"
	mkdir "$place/npm"
	cp test/interop/package.json "$place/npm/"
	if try "no npm packages" npm install --prefix "$place/npm" --ignore-scripts --no-audit \
		--no-fund --no-package-lock --fetch-retries 1; then
		done_from npm test/interop/package.json
	fi
	INTEROP_NPM_WHY=$why
	export INTEROP_NPM_WHY
fi

# Postfix is unpacked and not installed: a machine has one mail server, and it is not ours.
if ! is_from postfix packages.txt; then
	rm -rf "$place/postfix" "$place/deb"
	mkdir "$place/deb"
	unpack() {
		cd "$place/deb" || return 1
		# shellcheck disable=SC2046  # a list of words is meant
		apt-get -q download $("$top/tools/packages.sh" list unpack) || return 1
		for deb in *.deb; do dpkg-deb -x "$deb" "$place/postfix" || return 1; done
	}
	why=
	if (unpack) >"$place/setup.log" 2>&1; then
		done_from postfix packages.txt
	else
		why="no Postfix: $(tail -n 1 "$place/setup.log" | cut -c 1-150)"
		echo "# $why"
	fi
	INTEROP_POSTFIX_WHY=$why
	export INTEROP_POSTFIX_WHY
fi

passed=0 failed=0 skipped=0 failures=
count() { grep -Ec "$1" "$place/test.log"; }
for test in test/interop/interop_*.py; do
	name=$(basename "$test" .py)
	echo "== $name"
	{
		TOCSIN=$top/build/tocsin INTEROP_POSTFIX=$place/postfix INTEROP_NPM=$place/npm \
			INTEROP_OUT=$place PYTHONPATH=test/story:test/interop PYTHONDONTWRITEBYTECODE=1 \
			timeout -k 20 400 "$python" "$test" 2>&1
		echo $? >"$place/test.status"
	} | tee "$place/test.log"
	bad=$(count '^not ok ')
	passed=$((passed + $(count '^ok [0-9]+ - ')))
	skipped=$((skipped + $(count '^ok [0-9]+ # skip')))
	# One that broke off, or ended without its plan, failed too.
	if [ "$bad" = 0 ] && { [ "$(cat "$place/test.status")" != 0 ] ||
		[ "$(count '^1\.\.[0-9]')" != 1 ]; }; then
		bad=1
	fi
	failed=$((failed + bad))
	[ "$bad" = 0 ] || failures="$failures $name"
done

echo
[ "$failed" -eq 0 ] || echo "Failed:$failures"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
