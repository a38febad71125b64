# shellcheck shell=bash disable=SC2034
# For the shell tests of this folder: TAP, a folder of one's own, and where the sources are.
# To be read with ".", not run.
src=${SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${BUILDDIR:-$src}
awk=${AWK:-awk}
cc=${CC:-gcc}
tests=0
# The end of a pipe runs in this shell, so that it can count.
shopt -s lastpipe
work=$(mktemp -d "${TMPDIR:-/tmp}/tenantry-rules.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

# result STATUS NAME: one line of TAP
result()
{
	tests=$((tests + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tests - $2"
	else
		echo "not ok $tests - $2"
	fi
}

# nothing NAME: passes when standard input is empty, else shows it
nothing()
{
	local found
	found=$(cat)
	[ -z "$found" ]
	result $? "$1"
	[ -z "$found" ] || printf '%s\n' "$found" | sed 's/^/# /'
}

# something NAME PATTERN: passes when standard input has a line that matches
something()
{
	local found
	found=$(cat)
	printf '%s\n' "$found" | grep -q -e "$2"
	result $? "$1"
	printf '%s\n' "$found" | grep -q -e "$2" || printf '%s\n' "$found" | sed 's/^/# got /'
}

plan()
{
	echo "1..$tests"
}
