#!/bin/bash
# Every header compiles by itself, so that none needs another to stand before it.
set -u
# shellcheck source=tests/rules/tap.sh
. "$(dirname "$0")/tap.sh"

# The statements' names are made by the build; here they are made anew.
mkdir -p "$work/made/db"
"$awk" -v root="$src/" -v header="$work/made/db/sql.h" -v source="$work/made/db/sql.c" \
    -f "$src/src/tools/sqlgen.awk" "$src"/src/*/*.sql || exit 1

alone()         # HEADER FOLDER: what the compiler says of it alone
{
	printf '#include "%s"\n#include "%s"\nextern int one;\n' "$1" "$1" |
	    $cc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I"$2" \
	        -I"$work/made" -I"$src/src" -x c - 2>&1 |
	    grep -m 3 error
}

cd "$src/src" || exit 1
for header in */*.h; do
	alone "$header" "$src/src" | nothing "src/$header"
done
for header in "$src"/tests/*.h "$src"/tests/*/*.h; do
	[ -e "$header" ] || continue
	alone "$(basename "$header")" "$(dirname "$header")" | nothing "${header#"$src/"}"
done
[ "$tests" -gt 30 ]
result $? "the headers were found"

echo 'size_t n(void);' > "$work/needs_another.h"
alone needs_another.h "$work" | something "one that needs another is found" "size_t"
echo 'int n = 1;' > "$work/twice.h"
alone twice.h "$work" | something "one that cannot be read twice is found" "redefinition"
plan
