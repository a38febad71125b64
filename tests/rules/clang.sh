#!/usr/bin/env bash
# A second compiler reads all sources with the warnings of the build (TAP).
set -u
# shellcheck source=tests/rules/tap.sh
. "$(dirname "$0")/tap.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL

if ! command -v clang >/dev/null; then
	echo "ok 1 - no warnings of clang # SKIP clang is not installed"
	echo "1..1"
	exit 0
fi

syntax()
{
	make -s -C "$build" syntax SYNTAX_CC=clang "$@" 2>&1
}
syntax | nothing "no warnings of clang"
printf 'int main(int argc, char **argv) { const char *p = argv[0]; return *(char *)p; }\n' \
    >"$work/more.c"
syntax SYNTAX_SQL= SYNTAX_FILES="$work/more.c" | something "a warning is found" 'more\.c.*error'

plan
