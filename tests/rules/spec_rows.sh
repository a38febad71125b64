#!/bin/bash
# Each tag of tests/SPEC-ROWS has a test that names it in braces.
set -u
# shellcheck source=tests/rules/tap.sh
. "$(dirname "$0")/tap.sh"
cd "$src" || exit 1

# tests_of FOLDER TAG: the files below it that name the tag
tests_of()
{
	grep -rlF --include='*.c' --include='*.sh' --include='*.js' --include='*.mjs' \
	    --exclude-dir=node_modules --exclude-dir=rules -e "{$2}" "$1"
	grep -rlE --include='*.c' --include='*.sh' --include='*.js' --include='*.mjs' \
	    --exclude-dir=node_modules --exclude-dir=rules -e "\{([A-Z][0-9]+[a-z]? )+$2( [A-Z][0-9]+[a-z]?)*\}|\{$2( [A-Z][0-9]+[a-z]?)+\}" "$1"
}

while read -r tag sentence; do
	case $tag in '' | '#'*) continue ;; esac
	[ -n "$sentence" ] && [ -n "$(tests_of tests "$tag")" ]
	result $? "$tag: $sentence"
done < tests/SPEC-ROWS
[ "$tests" -gt 40 ]
result $? "the rows were found"

grep -oE '^[A-Z][0-9]+[a-z]? ' tests/SPEC-ROWS | sort | uniq -d | nothing "no tag stands twice"
mkdir "$work/tests"
echo '{U3} x' > "$work/tests/a.c"
echo '{U1 U4 U5}' > "$work/tests/b.mjs"
[ -n "$(tests_of "$work/tests" U3)" ] && [ -n "$(tests_of "$work/tests" U1)" ] &&
    [ -n "$(tests_of "$work/tests" U4)" ] && [ -n "$(tests_of "$work/tests" U5)" ]
result $? "a tag is found alone and among others"
[ -z "$(tests_of "$work/tests" U33)" ] && [ -z "$(tests_of "$work/tests" U)" ] &&
    [ -z "$(tests_of "$work/tests" U2)" ]
result $? "a tag without a test is found"
plan
