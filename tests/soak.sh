#!/bin/bash
# The long tests ("make soak"): a million members, kills, reloads, garbage, the write-ahead log, throttles,
# races, valgrind, fuzzing, a release unpacked and tested elsewhere.  About two hours; SOAK_MINUTES is how
# long kills and the log's stress take, 10 unless set.  soak.sh [PART...]: these parts only.  The last line
# has the sums.
set -u

: "${SRCDIR:=$(cd "$(dirname "$0")/.." && pwd)}"
: "${BUILDDIR:=$SRCDIR/build}"
: "${SOAK_MINUTES:=10}"
: "${SOAK_MEMBERS:=1000000}"
: "${SOAK_FUZZ_SECONDS:=60}"
# Builds of its own: with the hooks of the tests, and a second one with sanitizers.
build=$BUILDDIR/soak
export SRCDIR
faults=$SRCDIR/tests/faults
seconds=$((SOAK_MINUTES * 60))
out=$build/logs
passed=0
failed=0

# make_build DIR OPTION...
make_build()
{
	local dir=$1

	shift
	mkdir -p "$dir"
	if [ ! -f "$dir/Makefile" ]; then
		(cd "$dir" && "$SRCDIR/configure" --quiet --enable-test-hooks "$@") || return 1
	fi
	make -s -C "$dir" -j"$(nproc)" && make -s -C "$dir" check-programs
}

make_builds()
{
	mkdir -p "$out"
	{
		make_build "$build" && make_build "$build/sanitize" --enable-sanitize
	} >"$out/make.log" 2>&1
}

# part NAME BUILD COMMAND...: what it prints is TAP; no plan is a failure too, and so is a program that
# ends badly without having said why.
part()
{
	local name=$1 log=$out/$1.tap good bad ended began=$SECONDS
	export BUILDDIR=$2

	shift 2
	"$@" >"$log" 2>&1
	ended=$?
	good=$(grep -c '^ok ' "$log")
	bad=$(grep -c '^not ok ' "$log")
	grep -q '^1\.\.[0-9]' "$log" || bad=$((bad + 1))
	[ "$ended" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
	passed=$((passed + good))
	failed=$((failed + bad))
	echo "$name: $good passed, $bad failed, $((SECONDS - began)) s"
	if [ "$bad" -gt 0 ]; then
		grep -A 20 '^not ok ' "$log" | head -n 60
		echo "see $log"
	fi
}

# Its own output is no TAP.
dist_check()
{
	if make -s -C "$BUILDDIR" distcheck; then
		echo "ok 1 - make distcheck"
	else
		echo "not ok 1 - make distcheck"
	fi
	echo "1..1"
}

# Debian's packages of what only these tests need.
need_packages()
{
	local missing=()

	command -v valgrind >/dev/null || missing+=(valgrind libc6-dbg)
	command -v clang >/dev/null || missing+=(clang)
	command -v gzip >/dev/null || missing+=(gzip)
	if [ "${#missing[@]}" -gt 0 ]; then
		echo "missing, as root: apt-get install --no-install-recommends ${missing[*]}"
		exit 1
	fi
}

run()
{
	case $1 in
	kill)     part kill "$build" node "$faults/kill.mjs" "$seconds" ;;
	kill-sanitized)
		part kill-sanitized "$build/sanitize" node "$faults/kill.mjs" "$seconds" ;;
	reload)   part reload "$build" node "$faults/reload.mjs" 120 ;;
	garbage)  part garbage "$build/sanitize" node "$faults/garbage.mjs" 100000 ;;
	throttle) part throttle "$build" node "$faults/throttle.mjs" 10000 ;;
	oracle)   part oracle "$build" node "$faults/oracle.mjs" $((seconds / 5)) ;;
	wal)      part wal "$build" "$build/tests/faults/walstress" "$seconds" 30 ;;
	valgrind) part valgrind "$build" node "$faults/valgrind.mjs" 600 ;;
	duel)     part duel "$build" env TENANTRY_DUELS=1000 "$build/tests/modules/test_acts" ;;
	worlds)   part worlds "$build" env TENANTRY_WORLDS=10000 "$build/tests/modules/test_why" ;;
	look)     part look "$build" env TENANTRY_LOOK=all "$SRCDIR/tests/browser/run.sh" 08_look ;;
	codes)    part codes "$build" env TENANTRY_CODES=500 "$build/tests/modules/test_factor" ;;
	big)      part big "$build" node "$faults/big.mjs" "$SOAK_MEMBERS" ;;
	interrupt) part interrupt "$build" "$faults/interrupt.sh" ;;
	distcheck) part distcheck "$build" dist_check ;;
	fuzz)     part fuzz "$build" "$SRCDIR/tests/fuzz/run.sh" --fuzz "$SOAK_FUZZ_SECONDS" ;;
	*)
		echo "no such part: $1"
		failed=$((failed + 1))
		;;
	esac
}

[ $# -gt 0 ] || set -- big kill kill-sanitized reload garbage throttle oracle wal valgrind duel codes worlds look fuzz \
	interrupt distcheck
need_packages
if make_builds; then
	for name in "$@"; do
		run "$name"
	done
else
	echo "it does not compile, see $out/make.log"
	failed=1
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
