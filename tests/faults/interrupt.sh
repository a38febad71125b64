#!/bin/bash
# A check that is stopped half way, as Ctrl-C does, leaves no process and no temporary file (TAP).
# It builds in SRCDIR/build, so it is no part of a check itself.
set -u

: "${SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
work=$(mktemp -d "${TMPDIR:-/tmp}/tenantry-interrupt.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
# All that the check starts inherits it.
export TENANTRY_INTERRUPTED=$work
mkdir "$work/tmp"
tests=0

result()
{
	tests=$((tests + 1))
	[ "$1" -eq 0 ] && echo "ok $tests - $2" || echo "not ok $tests - $2"
}

# ours PATTERN: the processes of the check whose command line matches
ours()
{
	local p

	for p in /proc/[0-9]*; do
		[ "${p#/proc/}" != $$ ] && [ "${p#/proc/}" != "$BASHPID" ] &&
			grep -qzx "TENANTRY_INTERRUPTED=$work" "$p/environ" 2>/dev/null &&
			tr '\0' ' ' <"$p/cmdline" 2>/dev/null | grep -q -- "$1" && echo "${p#/proc/}"
	done
}

# stop_at PATTERN WHAT: when such a process of the check runs
stop_at()
{
	local pid before

	before=$(ls -d /dev/shm/tenantry-check.* 2>/dev/null)
	TMPDIR=$work/tmp setsid env --default-signal=INT "$SRCDIR/bootstrap" check >"$work/said" 2>&1 &
	pid=$!
	until [ -n "$(ours "$1")" ] || ! kill -0 "$pid" 2>/dev/null; do
		sleep 0.2
	done
	kill -INT -- "-$pid"
	wait "$pid"
	[ $? -eq 130 ]
	result $? "$2: it ends at once"
	[ -z "$(ours .)" ]
	result $? "$2: no process is left"
	[ -z "$(ls -A "$work/tmp")" ] &&
		[ "$(ls -d /dev/shm/tenantry-check.* 2>/dev/null)" = "$before" ]
	result $? "$2: no file is left"
}

stop_at 'tests/unit/' "while programs are tested"
stop_at 'browser/main.mjs' "while pages are tested"
echo "1..$tests"
