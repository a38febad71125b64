#!/bin/bash
# src/tools/sqlgen.awk and schemagen.awk: what they make of good files, and where they
# say a bad one is wrong.  Prints TAP.
# shellcheck disable=SC2016      # the dollars are those of the statements
set -u
src=${SRCDIR:-.}
dir=$(mktemp -d "${TMPDIR:-/tmp}/test_sqlgen.XXXXXX")
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
case $src in /*) ;; *) src=$OLDPWD/$src ;; esac
awk=${AWK:-awk} n=0

result() {      # STATUS NAME
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

generate() {
	rm -f sql.h sql.c
	"$awk" -v root="$dir/" -v header=sql.h -v source=sql.c -f "$src/src/tools/sqlgen.awk" \
	    "$dir/in.sql" 2>err
}

refused() {     # WHERE AND WHY, TEXT
	printf '%s\n' "$2" >in.sql
	! generate && [ "$(cat err)" = "in.sql:$1" ] && [ ! -e sql.h ] && [ ! -e sql.c ]
	result $? "refused: $1"
	[ "$(cat err)" = "in.sql:$1" ] || sed 's/^/# got /' err
}

step() {        # FILES...
	rm -f schema.c
	"$awk" -v source=schema.c -f "$src/src/tools/schemagen.awk" "$@" 2>err
}

cat >in.sql <<'END'
-- What is here.
-- NAME: a_page sqlite
-- SORT: name=name_key at=created_at
-- ?1 tenant
SELECT id, '?9 -- $.x;' AS "q;"   -- ?8
  FROM a WHERE tenant_id = ?1 AND ($KEY, id) $AFTER (?3, ?2) ORDER BY $KEY $DIR;

-- NAME: a_add
WITH x AS (SELECT 1)
INSERT INTO a SELECT '\', "b" FROM x
-- NAME: a_add postgres
SELECT ?7
-- NAME: a_with
WITH x AS (SELECT ?2) SELECT * FROM x
END
cat >main.c <<'END'
#include <stdio.h>
#include "sql.h"
int main(void)
{
	for (int i = 0; i < sql_count; i++)
		printf("%d %s %s:%d %d %d %s\n", i, sql_texts[i].name, sql_texts[i].file,
		    sql_texts[i].line, sql_texts[i].nargs, sql_texts[i].select, sql_texts[i].text);
	return SQL_A_PAGE_4 == SQL_A_PAGE + 3 ? 0 : 1;
}
END
page=$(printf "SELECT id, '?9 -- \$.x;' AS \"q;\"\n  FROM a WHERE tenant_id = ?1 AND")
cat >want <<END
0 a_page in.sql:2 3 1 $page (name_key, id) > (?3, ?2) ORDER BY name_key ASC
1 a_page_2 in.sql:2 3 1 $page (name_key, id) < (?3, ?2) ORDER BY name_key DESC
2 a_page_3 in.sql:2 3 1 $page (created_at, id) > (?3, ?2) ORDER BY created_at ASC
3 a_page_4 in.sql:2 3 1 $page (created_at, id) < (?3, ?2) ORDER BY created_at DESC
4 a_add in.sql:8 0 0 WITH x AS (SELECT 1)
INSERT INTO a SELECT '\\', "b" FROM x
5 a_with in.sql:13 2 1 WITH x AS (SELECT ?2) SELECT * FROM x
END
generate && mkdir db && ln -s ../sql.h db/sql.h &&
    ${CC:-cc} -std=c11 -Wall -Wpedantic -Werror -I. main.c sql.c -o main && ./main >got &&
    diff want got >difference
result $? "statements, families, arguments and kinds are right"
[ -s difference ] && sed 's/^/# /' difference

refused "1: text before a NAME line" 'SELECT 1'
refused "1: a has no text" $'-- NAME: a\n-- NAME: b\nSELECT 1'
refused "3: the name a is taken by in.sql:1" $'-- NAME: a\nSELECT 1\n-- NAME: a\nSELECT 2'
refused "3: the name a_2 is taken by in.sql:1" \
    $'-- NAME: a_2\nSELECT 1\n-- NAME: a\n-- SORT: x=y\nSELECT $KEY'
refused '2: $KEY without a SORT line' $'-- NAME: a\nSELECT $KEY'
refused '3: unknown $KEYS' $'-- NAME: a\n-- SORT: x=y\nSELECT $KEYS'
refused '1: a SORT line, but no $KEY' $'-- NAME: a\n-- SORT: x=y\nSELECT 1'
refused "3: a SORT line belongs right below its NAME line" $'-- NAME: a\nSELECT 1\n-- SORT: x=y'
refused "2: expected key=column: x" $'-- NAME: a\n-- SORT: x\nSELECT $KEY'
refused "2: an argument needs its number: ?1" $'-- NAME: a\nSELECT ?'
refused "1: a is more than one statement" $'-- NAME: a\nSELECT 1; SELECT 2'
refused "2: a quoted text must end on its line" $'-- NAME: a\nSELECT \'\n\''
refused '1: expected "-- NAME: lower_case_name [sqlite|postgres]"' '-- NAME: Upper'
refused "1: unknown database oracle" $'-- NAME: a oracle\nSELECT 1'
refused "1: b has no text for sqlite" $'-- NAME: b postgres\nSELECT 1\n-- NAME: a\nSELECT 1'

printf '%s\n' '-- a step' 'CREATE TABLE a (x TEXT CHECK (x <> "\"));' >0001-start.sql
printf '%s\n' '-- OLDEST: 1' '' 'CREATE TABLE b (x TEXT);' >0002-more-of-it.sql
step 0001-start.sql 0002-more-of-it.sql &&
    grep -q '{ 1, 1, "0001-start.sql", step_1 }' schema.c &&
    grep -q '{ 2, 1, "0002-more-of-it.sql", step_2 }' schema.c &&
    grep -qF '"CREATE TABLE a (x TEXT CHECK (x <> \"\\\"));\n",' schema.c &&
    ! grep -q 'a step' schema.c
result $? "steps of the schema are numbered and whole"
cp 0001-start.sql 0003-gap.sql
! step 0001-start.sql 0003-gap.sql && [ ! -e schema.c ] && grep -q '^0003-gap.sql:1: ' err
result $? "a gap in the numbers is refused"
printf '%s\n' '-- OLDEST: 3' 'SELECT 1;' >0002-more-of-it.sql
! step 0001-start.sql 0002-more-of-it.sql && grep -q '^0002-more-of-it.sql:1: there is no' err
result $? "an oldest step that is not there is refused"
echo "1..$n"
