#!/bin/bash
# The fuzz targets (TAP).
# run.sh: each over its corpus, as the build made them; a build with sanitizers sees most.
# run.sh --fuzz SECONDS [TARGET...]: each by libFuzzer for so long; needs clang.  What makes one
# fail is left in BUILDDIR/tests/fuzz/found.
# shellcheck disable=SC2317 # what check() is given
set -u

: "${SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${BUILDDIR:=$SRCDIR/build}"
here=$SRCDIR/tests/fuzz
made=$BUILDDIR/tests/fuzz
tests=0
failed=0

# check NAME COMMAND...
check()
{
	local name=$1 said status=0

	shift
	tests=$((tests + 1))
	said=$("$@" 2>&1) || status=1
	if [ "$status" = 0 ]; then
		echo "ok $tests - $name"
	else
		failed=1
		echo "not ok $tests - $name"
		printf '%s\n' "$said" | tail -n 60 | sed 's/^/# /'
	fi
}

# The program anew, so that the fuzzer sees which ways it takes.
build_fuzzers()
{
	mkdir -p "$made/clang" "$made/found"
	cd "$made/clang" || exit 1
	[ -f Makefile ] || "$SRCDIR/configure" --quiet --enable-test-hooks CC=clang \
	    CFLAGS="-g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all" \
	    >configure.log 2>&1 || return 1
	make -s src/db/sql.h && make -s -j"$(nproc)" libapp.a
}

# With the libraries that the build has found.
libraries()
{
	sed -n 's/^APP_LIBS = //p' "$made/clang/Makefile"
}

# fuzz TARGET SECONDS: the corpus stays as it is; what is new goes to a folder of its own.
fuzz()
{
	local target=$1 new=$made/clang/new-$1

	mkdir -p "$new"
	# shellcheck disable=SC2046
	clang -g -O1 -std=c11 -D_GNU_SOURCE -DTEST_HOOKS -fsanitize=fuzzer,address,undefined \
	    -fno-sanitize-recover=all -I"$made/clang/src" -I"$SRCDIR/src" \
	    "$here/fuzz_$target.c" "$made/clang/libapp.a" $(libraries) -o "$made/clang/fuzz_$target" &&
	    ASAN_OPTIONS=detect_leaks=1 "$made/clang/fuzz_$target" -max_total_time="$2" -timeout=10 \
	        -rss_limit_mb=2048 -max_len=8192 -print_final_stats=1 -verbosity=0 \
	        -artifact_prefix="$made/found/$target-" "$new" "$here/corpus/$target"
}

targets()
{
	local f

	for f in "$here"/fuzz_*.c; do
		basename "$f" .c | sed 's/^fuzz_//'
	done
}

if [ "${1-}" = --fuzz ]; then
	seconds=$2
	shift 2
	command -v clang >/dev/null || { echo "1..0 # SKIP no clang"; exit 0; }
	check "the fuzzers are built" build_fuzzers
	# shellcheck disable=SC2046
	[ $# -gt 0 ] || set -- $(targets)
	for target in "$@"; do
		check "fuzzing $target for $seconds s" fuzz "$target" "$seconds"
	done
else
	for target in $(targets); do
		if [ -x "$made/fuzz_$target" ]; then
			check "$target: the corpus" "$made/fuzz_$target" "$here/corpus/$target"/*
		else
			check "$target: built by make check-programs" false
		fi
	done
fi
echo "1..$tests"
exit "$failed"
