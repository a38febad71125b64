#!/bin/bash
# What the program withstands, as far as it takes minutes (TAP).  The long runs of the same are in
# tests/soak.sh; the write-ahead log's own is in "make check".  Needs node, nginx, sqlite3, curl,
# and a build with --enable-test-hooks.  run.sh [NAME...]: these suites only.
set -u

: "${SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${BUILDDIR:=$SRCDIR/build}"
export SRCDIR BUILDDIR

here=$SRCDIR/tests/faults
tests=0
failed=0

give_up()
{
	echo "Bail out! $1"
	exit 1
}

[ -x "$BUILDDIR/tenantry" ] || give_up "no program in $BUILDDIR"
[ -x "$BUILDDIR/tests/faults/garbage" ] || give_up "no helpers: make check-programs"
for program in node nginx sqlite3 curl; do
	command -v "$program" >/dev/null || give_up "no $program"
done

# suite NAME COMMAND...: its lines with numbers of ours; one that does not end as it should is a
# failure too.
suite()
{
	local name=$1 line planned=no

	shift
	while IFS= read -r line; do
		case $line in
		"ok "* | "not ok "*)
			tests=$((tests + 1))
			[ "${line%% *}" = ok ] || failed=$((failed + 1))
			echo "$line" | sed -E "s/^((not )?ok) [0-9]+ (- )?/\1 $tests - $name: /"
			;;
		1..*)
			planned=yes
			;;
		*)
			echo "$line"
			;;
		esac
	done < <(timeout --kill-after=10 200 "$@")
	if [ "$planned" = no ]; then
		tests=$((tests + 1))
		failed=$((failed + 1))
		echo "not ok $tests - $name: it came to its end"
	fi
}

run()
{
	case $1 in
	supervisor)
		suite supervisor bash "$here/supervisor.sh"
		;;
	*)
		[ -f "$here/$1.mjs" ] || give_up "no such suite: $1"
		suite "$1" node "$here/$1.mjs"
		;;
	esac
}

[ $# -gt 0 ] || set -- supervisor front kill points storage locks throttle garbage reload oracle clock bulk access
for name in "$@"; do
	run "$name"
done
echo "1..$tests"
[ "$failed" -eq 0 ]
