#!/usr/bin/env bash
# gcc's static analyzer reads the sources (TAP).  Three of its kinds are left out, for here they
# are mistaken: it takes what a call fills in for uninitialized, what lives as long as the process
# for leaked, and an empty text for a missing one.
set -u
# shellcheck source=tests/rules/tap.sh
. "$(dirname "$0")/tap.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL

analyse()
{
	make -s -C "$build" syntax SYNTAX_CC=gcc "$@" SYNTAX_SQL= \
	    SYNTAX_HOW='-fanalyzer -O1 -c -o /dev/null -Wno-analyzer-malloc-leak -Wno-analyzer-use-of-uninitialized-value -Wno-analyzer-null-argument' 2>&1
}
analyse SYNTAX_FILES="$(echo "$src"/src/*/*.c)" | nothing "no warnings of the analyzer"
printf '#include <stdlib.h>\nextern void f(char *p);\nvoid f(char *p) { free(p); free(p); }\n' \
    >"$work/twice.c"
analyse SYNTAX_FILES="$work/twice.c" | something "a double free is found" 'twice\.c.*double'

plan
