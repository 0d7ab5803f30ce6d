#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# demo.sh - four weeks of the demonstration country, and its last morning on the screen.
# Usage: demo.sh PROGRAM [DAYS]. Leaves everything in demo/, to be looked at.
set -eu
program=$1 days=${2:-28}
cd "$(dirname "$0")/.."
place=demo
[ ! -e "$place" ] || rm -rf "$place"
mkdir -p "$place/feeds"
data=$place/talmeria

title() {
	if [ -t 1 ]; then printf '\n\033[1m%s\033[0m\n\n' "$1"; else printf '\n== %s\n\n' "$1"; fi
}
morning_of() { date -u -d "2026-06-01 +$1 day" +%Y-%m-%dT07:00:00Z; }
at() { "$program" -d "$data" --now "$now" "$@"; }

title "Talmeria, a country that does not exist, gets its response team"
"$program" init --demo "$data"

title "$days days of feeds come in; each morning digests are drafted"
day=0
while [ "$day" -lt "$days" ]; do
	now=$(morning_of $((day + 1)))
	feeds=$place/feeds/day-$day
	"$program" demo-feeds --scale D --day "$day" --out "$feeds" >/dev/null
	at import --json "$feeds"/2026-*.csv >"$place/imported.json"
	at notices draft --json >"$place/drafted.json"
	# A person looks at the first runs; afterwards only what is held needs one.
	run=$(sed -n 's/.*"run":\([0-9]*\).*/\1/p' "$place/drafted.json")
	at notices approve --run "$run" --held >/dev/null 2>&1 || true
	awk -v day="$((day + 1))" -v days="$days" -v date="${now%T*}" '
		function n(name) {
			if (!match($0, "\"" name "\":[0-9]+"))
				return 0
			return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3)
		}
		{ rows += n("rows"); new += n("new_findings"); back += n("relapsed"); notices += n("notices") }
		END { printf "%s  day %2d of %d: %5d rows, %4d new findings, %2d came back, %2d digests\n",
			date, day, days, rows, new, back, notices }' "$place/imported.json" "$place/drafted.json"
	day=$((day + 1))
done

title "The last morning: what is critical and new since yesterday"
at findings --severity critical --new-since "$(date -u -d "${now%T*} -1 day" +%Y-%m-%d)" --limit 8
title "What came back after it had been fixed"
at findings --state relapsed --limit 8
title "Who gets what"
at notices list --run "$run" --limit 12

# One digest in each of two languages, the fullest of them.
fullest() {
	at notices list --json --run "$run" --limit 1000 |
		sed -n "s/^{\"id\":\([0-9]*\).*\"language\":\"$1\".*\"findings\":\([0-9]*\).*/\2 \1/p" |
		sort -n | awk '$1 <= 12 { id = $2 } END { print id }'
}
for language in en fr; do
	id=$(fullest $language)
	[ -n "$id" ] || continue
	title "A digest as its reader gets it ($language)"
	at notices show "$id"
done

title "Whose address is it? And is the trail whole?"
at lookup 192.0.2.130 portal.finance.gov.xt.example login.alderquist.xt.example.phish.example
at audit verify
title "Go on yourself"
cat <<TEXT
  $program -d $data findings --organisation "Ministry of Finance"
  $program -d $data notices show $id --eml
  $program -d $data types
  $program help
TEXT
