#!/bin/bash
# Whole answers at the socket, header by header, against those kept beside the requests (TAP).
# One case is <module>/<case>.req, see fcgi_client.c, and <module>/<case>.html.  The clock stands
# still; what is drawn by chance (ids, tokens, request numbers) is named by its place instead.
#   golden.sh -u    writes the answers anew; then read the difference
# Needs a build with test hooks.  In a request {ADMIN}, {GUEST} and {NOBODY} are session cookies,
# {GERMAN} is one of an account in German; {CSRF} is the administrator's token, {BO}, {KIM} and
# {LONG} are members, {BUILDER} and {STAFF} are roles, {GROUP} is a group, {SERVICE} is a service
# account and {SERVICEKEY} its key, {KEY} is an API key of the administrator and {KEYID} its number.
# {SPACE} is a workspace, {OWNER} and {VIEWER} are roles there.  {WATCHER} is somebody of another
# account who sees groups and workspaces, but no users; {GROUP2} and {SPACE2} are there.
set -u

src=${SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${BUILDDIR:-$src}
client=$build/tests/pages/fcgi_client
work=$(mktemp -d "${TMPDIR:-/tmp}/tenantry-golden.XXXXXX") || exit 1
# 2026-11-21 10:00 UTC; ids made then begin with 38fxhhmg.
export TENANTRY_NOW_MS=1795255200000
password='plum ladder 77 quietly'
update=${1-}
sup=
tests=0

finish()
{
	[ -z "$sup" ] || kill -TERM "$sup" 2>/dev/null
	wait 2>/dev/null
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

give_up()
{
	echo "Bail out! $1"
	exit 1
}

tenantry()
{
	"$build/tenantry" -c "$work/tenantry.conf" "$@" >>"$work/out" 2>&1 || give_up "tenantry $*: $(tail -n 3 "$work/out")"
}

# add EMAIL NAME ROLE [TENANT]
add()
{
	tenantry user add --tenant "${4:-acme}" --email "$1" --name "$2" --role "$3" \
		--password-stdin <<<"$password"
}

prepare()
{
	umask 077
	mkdir "$work/static"
	printf '%s\n' "app.css app.00000000.css" "app.js app.00000000.js" \
	    "icons.svg icons.00000000.svg" "favicon.svg favicon.00000000.svg" \
	    >"$work/static/manifest.txt"
	cat >"$work/tenantry.conf" <<-END
	base_url = http://127.0.0.1:8080
	state_dir = state
	run_dir = run
	templates = $src/templates
	locales = $src/locales
	static_dir = static
	log_file = log
	mail_dir = mail
	quick_workers = 1
	slow_workers = 1
	END
	tenantry init
	tenantry tenant add --slug acme --name Acme
	add ada@acme.example "Ada Admin" Admin
	add bo@acme.example "Bo Builder" Builder
	add gus@acme.example "Gus Guest" Guest
	add kim@acme.example "Kim Kirk" Consumer
	add long@acme.example "Wolfeschlegelsteinhausenbergerdorffvoralternwarengewissenhaf" User
	add eve@acme.example "Eve O'Neill (ex. Smith)" Staff
	tenantry tenant add --slug uhu --name "Uhu GmbH" --language de
	add uwe@uhu.example "Uwe Uhl" Admin uhu
	add ute@uhu.example "Ute Uhl" Guest uhu
	tenantry tenant add --slug ufo --name Ufo
	add una@ufo.example "Una Ufer" Admin ufo
}

# ask SOCKET [OPTION...]: a request on standard input
ask()
{
	local socket=$1
	shift
	timeout 30 "$client" "$@" "$work/run/$socket.sock"
}

is_up()
{
	[ "$(printf 'GET /readyz\nHost: 127.0.0.1:8080\n\n' | ask slow -o status 2>/dev/null)" = 200 ] &&
	    [ "$(printf 'GET /readyz\nHost: 127.0.0.1:8080\n\n' | ask quick -o status 2>/dev/null)" = 200 ]
}

serve()
{
	local i

	"$build/tenantry" -c "$work/tenantry.conf" serve >>"$work/out" 2>&1 &
	sup=$!
	for ((i = 0; i < 600; i++)); do
		is_up && return
		sleep 0.05
	done
	give_up "it does not start: $(tail -n 3 "$work/log")"
}

# session EMAIL: the cookie of a sign-in
session()
{
	printf 'POST /signin\nHost: 127.0.0.1:8080\nOrigin: http://127.0.0.1:8080\nContent-Type: application/x-www-form-urlencoded\n\nemail=%s&password=%s\n' \
		"$1" "${password// /+}" | ask slow -o head |
		sed -n 's/^Set-Cookie: sid=\([^;]*\).*/\1/p'
}

# as COOKIE PATH: a page's body
as()
{
	printf 'GET %s\nHost: 127.0.0.1:8080\nCookie: sid=%s\n\n' "$2" "$1" | ask quick -o body
}

# id_of TEXT PATTERN: the id in the first address that ends in it
id_of()
{
	grep -oE "/$1/[0-9a-z]{13}\"[^>]*><bdi>$2" "$work/page" | head -n 1 | grep -oE '[0-9a-z]{13}' | head -n 1
}

# key_of COOKIE NAME: an API key that is made by the form
key_of()
{
	local field fields=name=$2

	as "$1" /t/acme/keys/new >"$work/form"
	for field in csrf form_id sealed; do
		fields+="&$field=$(sed -n 's/.*name="'$field'" value="\([^"]*\)".*/\1/p' "$work/form" | head -n 1)"
	done
	printf 'POST /t/acme/keys/new\nHost: 127.0.0.1:8080\nOrigin: http://127.0.0.1:8080\nCookie: sid=%s\nContent-Type: application/x-www-form-urlencoded\n\n%s\n' \
		"$1" "$fields&description=Counts+who+is+new&expiry=90&client=automation&scope=read" |
		ask quick -o body | grep -oE 'tnt_[0-9A-Za-z]{36}' | head -n 1
}

# What is drawn by chance gets a name, and the long lists of countries and time zones, which come
# from the system, are left out: the first id of an answer is {id1}, and so on.
settle()
{
	sed -E -e 's/(name="csrf" value=")[^"]*/\1{csrf}/g' -e 's/(name="form_id" value=")[^"]*/\1{form}/g' \
	    -e 's/(name="key_id" value=")[^"]*/\1{form}/g' \
	    -e 's/(name="sealed" value=")[^"]*/\1{sealed}/g' -e 's/tnt_[0-9A-Za-z]{36}/{key}/g' \
	    -e 's/tnt_[0-9A-Za-z]{8}\b/{prefix}/g' \
	    -e 's/(said=)[A-Za-z0-9_-]+/\1{said}/g' -e 's/^(Set-Cookie: [a-zA-Z_-]+=)[A-Za-z0-9_-]+/\1{secret}/' \
	    -e 's/(invite\?t=)[A-Za-z0-9_-]+/\1{token}/g' -e 's/\b[0-9A-Z]{26}\b/{request}/g' \
	    -e '/^<option value="([A-Z][A-Za-z]+\/.*|UTC|[A-Z]{2})">/d' -e '/^<\/?optgroup/d' \
	    -e 's/^(Content-Length: )[0-9]+/\1{length}/' | awk '{
		out = ""; rest = $0
		while (match(rest, /[0-9a-z]+/)) {
			word = substr(rest, RSTART, RLENGTH)
			if (word ~ /^38fxhhmg/ && length(word) == 13) {
				if (!(word in name)) name[word] = "{id" ++n "}"
				word = name[word]
			}
			out = out substr(rest, 1, RSTART - 1) word
			rest = substr(rest, RSTART + RLENGTH)
		}
		print out rest
	}'
}

# one FILE.req: its answer is the one that is kept
one()
{
	local kept=${1%.req}.html got=$work/got name=${1#"$src/tests/pages/"}

	tests=$((tests + 1))
	ask quick -s "${places[@]}" <"$1" 2>"$work/why" | settle >"$got"
	if [ "$update" = -u ]; then
		cp "$got" "$kept"
	fi
	if diff -u "$kept" "$got" >"$work/diff" 2>&1 && [ -s "$got" ]; then
		echo "ok $tests - ${name%.req}"
	else
		echo "not ok $tests - ${name%.req}"
		head -n 40 "$work/diff" "$work/why" | sed 's/^/# /'
	fi
}

# At most eight statements for an answer, but for those that STATEMENTS gives a reason for.
few_statements()
{
	tests=$((tests + 1))
	if (cd "$src/tests/pages" && grep -H '^X-Statements: ' */*.html) |
	    sed -n 's/\.html:X-Statements: / /p' | awk '$2 > 8' | LC_ALL=C sort |
	    diff - <(sed '/^#/d' "$src/tests/pages/STATEMENTS" | cut -d ' ' -f 1,2 | LC_ALL=C sort) \
	    >"$work/diff"; then
		echo "ok $tests - no answer takes more than eight statements without a reason"
	else
		echo "not ok $tests - no answer takes more than eight statements without a reason"
		sed 's/^/# /' "$work/diff"
	fi
}

# send PATH BODY: a form of the administrator
send()
{
	printf 'POST %s\nHost: 127.0.0.1:8080\nCookie: sid=%s\nSec-Fetch-Site: same-origin\nContent-Type: application/x-www-form-urlencoded\n\ncsrf=%s&%s' \
		"$1" "$admin" "$csrf" "$2" | ask quick -o head >>"$work/out"
}

# A group with two in it, one of them for a while.
make_group()
{
	local staff kim bo form

	staff=$(id_of roles Staff)
	kim=$(id_of users Kim)
	bo=$(id_of users Bo)
	form=$(as "$admin" /t/acme/groups/new | sed -n 's/.*name="form_id" value="\([^"]*\)".*/\1/p')
	send /t/acme/groups/new "form_id=$form&name=Operations&description=Runs+what+has+to+run&role=$staff"
	as "$admin" /t/acme/groups >"$work/page"
	group=$(id_of groups Operations)
	[ -n "$group" ] || give_up "no group was made: $(tail -n 3 "$work/out")"
	send "/t/acme/groups/$group/add" "id=$kim"
	send "/t/acme/groups/$group/add" "id=$bo&until=2026-12-31"
	places+=(-D "GROUP=$group")
}

# seat_role NAME: the id of a role of workspaces
seat_role()
{
	as "$admin" "/t/acme/workspaces/$space/add" | sed -nE 's/.*name="role" value="([0-9a-z]{13})".*<bdi>'"$1"'<.*/\1/p' | head -n 1
}

# A workspace with a person and a group in it.
make_workspace()
{
	local form space

	form=$(as "$admin" /t/acme/workspaces/new | sed -n 's/.*name="form_id" value="\([^"]*\)".*/\1/p')
	send /t/acme/workspaces/new "form_id=$form&name=Payments&description=All+about+money"
	as "$admin" /t/acme/workspaces >"$work/page"
	space=$(id_of workspaces Payments)
	[ -n "$space" ] || give_up "no workspace was made: $(tail -n 3 "$work/out")"
	send "/t/acme/workspaces/$space/add" "email=kim@acme.example&role=$(seat_role Viewer)"
	send "/t/acme/workspaces/$space/add" "id=$group&role=$(seat_role Contributor)"
	places+=(-D "SPACE=$space" -D "OWNER=$(seat_role Owner)" -D "VIEWER=$(seat_role Viewer)")
}

# A service account with a key, in that group.
make_service()
{
	local role form field fields service

	role=$(as "$admin" /t/acme/service-accounts/new | grep -oE '<option value="[0-9a-z]{13}">Builder' | grep -oE '[0-9a-z]{13}')
	as "$admin" /t/acme/service-accounts/new >"$work/form"
	for field in form_id key_id sealed; do
		fields+="&$field=$(sed -n 's/.*name="'$field'" value="\([^"]*\)".*/\1/p' "$work/form" | head -n 1)"
	done
	send /t/acme/service-accounts/new "name=Reporter&description=Counts+at+night&role=$role&owner_email=bo@acme.example&owner_group=&expiry=90$fields"
	as "$admin" /t/acme/service-accounts >"$work/page"
	service=$(id_of service-accounts Reporter)
	[ -n "$service" ] || give_up "no service account was made: $(tail -n 3 "$work/out")"
	as "$admin" "/t/acme/service-accounts/$service" >"$work/page"
	places+=(-D "SERVICE=$service" -D "SERVICEKEY=$(grep -oE '/keys/[0-9a-z]{13}/delete' "$work/page" | head -n 1 | cut -c 7-19)")
}

# field NAME: of the form on the page
field()
{
	sed -n 's/.*name="'"$1"'" value="\([^"]*\)".*/\1/p' "$work/page" | head -n 1
}

# In an account of its own: a group and a workspace with it in, and who sees both, but no users.
make_watcher()
{
	local admin csrf at=/t/ufo group space una watcher

	admin=$(session una@ufo.example)
	as "$admin" "$at/roles/new?scope=tenant" >"$work/page"
	csrf=$(field csrf)
	send "$at/roles/new" "form_id=$(field form_id)&scope=tenant&name=Watcher&description=&permission=group:view&permission=workspace:view_all"
	add wes@ufo.example "Wes Watcher" Watcher ufo
	as "$admin" "$at/groups/new" >"$work/page"
	send "$at/groups/new" "form_id=$(field form_id)&name=Pilots&description=&role="
	as "$admin" "$at/users" >"$work/page"
	una=$(id_of users Una)
	as "$admin" "$at/groups" >"$work/page"
	group=$(id_of groups Pilots)
	send "$at/groups/$group/add" "id=$una"
	as "$admin" "$at/workspaces/new" >"$work/page"
	send "$at/workspaces/new" "form_id=$(field form_id)&name=Orbit&description="
	as "$admin" "$at/workspaces" >"$work/page"
	space=$(id_of workspaces Orbit)
	as "$admin" "$at/workspaces/$space/add" >"$work/page"
	send "$at/workspaces/$space/add" "id=$group&role=$(sed -nE 's/.*name="role" value="([0-9a-z]{13})".*<bdi>Viewer<.*/\1/p' "$work/page" | head -n 1)"
	watcher=$(session wes@ufo.example)
	[ -n "$group" ] && [ -n "$space" ] && [ -n "$watcher" ] || give_up "nobody watches"
	places+=(-D "WATCHER=$watcher" -D "GROUP2=$group" -D "SPACE2=$space")
}

prepare
serve
admin=$(session ada@acme.example)
guest=$(session gus@acme.example)
german=$(session uwe@uhu.example)
[ -n "$admin" ] && [ -n "$guest" ] && [ -n "$german" ] || give_up "nobody could sign in"
as "$admin" /t/acme/users >"$work/page"
csrf=$(sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' "$work/page" | head -n 1)
key=$(key_of "$admin" Report)
[ -n "$key" ] || give_up "no API key could be made"
as "$admin" /t/acme/keys >"$work/keys"
as "$admin" /t/acme/users >"$work/page"
places=(-D "KEY=$key" -D "KEYID=$(grep -oE '/keys/[0-9a-z]{13}' "$work/keys" | head -n 1 | cut -c 7-)" -D "ADMIN=$admin" -D "GUEST=$guest" -D "GERMAN=$german" -D "NOBODY=$(printf 'A%.0s' {1..43})" -D "CSRF=$csrf"
	-D "BO=$(id_of users Bo)" -D "KIM=$(id_of users Kim)" -D "LONG=$(id_of users Wolfe)"
	-D "BUILDER=$(id_of roles Builder)" -D "STAFF=$(id_of roles Staff)")
make_group
make_service
make_workspace
make_watcher
for request in "$src"/tests/pages/*/*.req; do
	one "$request"
done
few_statements
[ "$tests" -gt 30 ] || give_up "only $tests requests were found"
echo "1..$tests"
