#!/usr/bin/env bash
# How the program was linked (TAP): what makes a crash of it harder to use.
set -u
. "$(dirname "$0")/tap.sh"
program=$build/tenantry

elf()
{
	readelf -W "$1" "$program"
}
elf -h | something "it lies at random addresses (PIE)" 'Type: *DYN'
elf -d | something "all functions are bound at start" 'BIND_NOW\|Flags:.*NOW'
elf -l | something "what was bound is read-only then" GNU_RELRO
elf -l | something "the stack is not executable" 'GNU_STACK.* RW  *0x'
elf --dyn-syms | something "stacks have canaries" __stack_chk_fail
if elf --dyn-syms | grep -q __asan_init; then
	tests=$((tests + 1))
	echo "ok $tests - calls of the C library are checked # SKIP sanitizers do it here"
else
	elf --dyn-syms | something "calls of the C library are checked (_FORTIFY_SOURCE)" '_chk@'
fi
elf -d | grep -e RPATH -e RUNPATH | nothing "libraries come from the system alone"
plan
