#!/bin/bash
# Who may include whom (src/tools/LAYERS): pages see no SQL, rules no HTTP, a module only those
# before it, a library one file.  Each rule is also seen to fail on a source made for it.
set -u
# shellcheck source=tests/rules/tap.sh
. "$(dirname "$0")/tap.sh"

check()         # FOLDER: layers.awk over what is in FOLDER/src
{
	(cd "$1" && find src -name '*.[ch]' | sort |
	    xargs "$awk" -f "$src/src/tools/layers.awk" "$src/src/tools/LAYERS")
}

# refused FILE "INCLUDE" NAME: a source of this line alone is found
refused()
{
	rm -rf "$work/src"
	mkdir -p "$work/$(dirname "$1")"
	echo "#include $2" > "$work/$1"
	check "$work" | something "$3" "^$1:1: "
}

allowed()
{
	rm -rf "$work/src"
	mkdir -p "$work/$(dirname "$1")"
	echo "#include $2" > "$work/$1"
	check "$work" | nothing "$3"
}

cd "$src" || exit 1
check "$src" | nothing "every include of the sources is one that LAYERS allows"
[ "$(find src -name '*.[ch]' | wc -l)" -gt 50 ]
result $? "the sources were found"

refused src/base/x.c '"core/ctx.h"' "base includes base alone"
refused src/http/x.c '"db/db.h"' "http does not see the database"
refused src/db/x.c '"http/request.h"' "the database does not see http"
refused src/mustache/x.c '"core/ctx.h"' "mustache knows nothing of the program"
refused src/core/x.c '"members/members.h"' "core uses no module"
refused src/web/x.c '"db/db.h"' "web does not see the database"
refused src/members/members.c '"http/request.h"' "rules do not see http"
refused src/members/members.c '"web/page.h"' "rules do not see pages"
refused src/members/members.c '"signin/signin.h"' "a module uses only those before it"
refused src/members/members_pages.c '"db/db.h"' "pages do not see the database"
refused src/members/members_pages.c '"signin/signin_store.h"' "a store is its module's own"
refused src/app/x.c '"members/members_store.h"' "a store is not even the app's"
refused src/nowhere/x.c '"base/str.h"' "a folder has to stand in LAYERS"
refused src/base/x.c '"str.h"' "an include names its folder"
refused src/db/db.c '<sqlite3.h>' "sqlite3.h belongs to db/sqlite.c"
refused src/app/x.c '<fcgiapp.h>' "fcgiapp.h belongs to http/fcgi.c"
refused src/app/courier.c '<curl/curl.h>' "curl.h belongs to app/net.c"
refused src/members/members.c '<sodium.h>' "sodium.h belongs to crypto/"
allowed src/signin/signin.c '"members/members.h"' "a module may use those before it"
allowed src/members/members_pages.c '"reset/reset.h"' "pages may use any module's header"
allowed src/app/x.c '"invites/invites.h"' "the app may use everything public"
allowed src/db/sqlite.c '<sqlite3.h>' "a library's own file may include it"

grep -nE '\b(SQL_[A-Z0-9_]+|db_[a-z_]+\()' \
    src/*/*_pages.c src/*/*_api.c 2>/dev/null |
    nothing "pages name no statement and no call of the database"
plan
