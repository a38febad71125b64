#!/usr/bin/env bash
# Made-up data from outside (TAP): a password of its own each time, only on loopback, never over
# somebody's data; and the folder that ./bootstrap run is given.
set -u

src=${SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${BUILDDIR:-$src}
client=$build/tests/pages/fcgi_client
work=$(mktemp -d "${TMPDIR:-/tmp}/tenantry-demo.XXXXXX") || exit 1
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

# check NAME COMMAND...: one line of TAP
check()
{
	local name=$1
	shift
	tests=$((tests + 1))
	if "$@"; then
		echo "ok $tests - $name"
	else
		echo "not ok $tests - $name"
	fi
}

# world NAME BASE_URL: a configuration and empty data
world()
{
	mkdir -p "$work/$1"
	cat >"$work/$1/tenantry.conf" <<-END
	base_url = $2
	state_dir = state
	run_dir = run
	templates = $src/templates
	static_dir = ../static
	log_file = log
	mail_from = console@example.org
	quick_workers = 1
	slow_workers = 1
	password_kib = 19456
	END
	tenantry "$1" init >/dev/null
}

# tenantry WORLD COMMAND...
tenantry()
{
	local world=$1
	shift
	"$build/tenantry" -c "$work/$world/tenantry.conf" "$@"
}

# number WORLD SQL: the only number that it gives
number()
{
	tenantry "$1" sql --readonly "$2" | tail -n 1 | tr -d '\r'
}

# demo WORLD: the two lines go to the file "lines"
demo()
{
	tenantry "$1" demo --members 5 --events 3 >"$work/lines" 2>"$work/errors"
}
# line NAME: what one of them says
line()
{
	sed -n "s/^$1: //p" "$work/lines"
}

# signs_in EMAIL PASSWORD: whether the running program lets them in
signs_in()
{
	printf 'POST /signin\nHost: 127.0.0.1:8080\nSec-Fetch-Site: same-origin\nContent-Type: application/x-www-form-urlencoded\n\nemail=%s&password=%s\n' \
	    "$1" "$2" | timeout 30 "$client" -o head "$work/here/run/slow.sock" |
		grep -q '^Set-Cookie: sid='
}
serve()
{
	local i

	# Not by the function: what is killed must be the program itself.
	"$build/tenantry" -c "$work/here/tenantry.conf" serve >/dev/null 2>&1 &
	sup=$!
	for ((i = 0; i < 600; i++)); do
		[ -S "$work/here/run/slow.sock" ] && return
		sleep 0.05
	done
	return 1
}

umask 077
mkdir "$work/static"
printf '%s\n' app.css app.js icons.svg favicon.svg | sed 's/.*/& &/' >"$work/static/manifest.txt"

# --- a password of its own, each time ---

world here http://127.0.0.1:8080
check "it makes data" demo here
email=$(line Email)
first=$(line Password)
check "it says who can sign in" [ "${email#*@}" = acme.example ]
check "and how" [ "${#first}" -ge 16 ]
people=$(tenantry here sql --readonly 'SELECT count(*), max(id) FROM people')
check "again" demo here
second=$(line Password)
check "it names the same administrator" [ "$(line Email)" = "$email" ]
check "with another password" [ "${#second}" -ge 16 -a "$second" != "$first" ]
check "nobody was added" \
    [ "$(tenantry here sql --readonly 'SELECT count(*), max(id) FROM people')" = "$people" ]
check "the change is in the log" \
    [ "$(number here 'SELECT count(*) FROM events WHERE act = 23')" = 1 ]
check "it is served" serve
check "the new password is good" signs_in "$email" "$second"
not_any_more()
{
	! signs_in "$email" "$first"
}
check "the one before is not" not_any_more
world other http://127.0.0.1:8080
demo other
check "other data has another password" [ -n "$(line Password)" -a "$(line Password)" != "$first" ]

# --- where it is refused ---

# refused WORLD: without the two lines
refused()
{
	! demo "$1" && [ -z "$(line Password)" ]
}
world far https://console.example.org
check "not where others can reach it" refused far
check "nor anything made there" \
    [ "$(number far 'SELECT count(*) FROM tenants')" = 0 ]
world real http://127.0.0.1:8080
tenantry real tenant add --slug acme --name Acme >/dev/null
check "not where there is an account" refused real
tenantry real user add --tenant acme --email ann@acme.example --name Ann --role Admin \
    --password-stdin <<<"plum ladder 77 quietly" >/dev/null
hash=$(tenantry real sql --readonly 'SELECT hash FROM credentials')
check "nor with somebody in it" refused real
check "whose password stays" \
    [ "$(tenantry real sql --readonly 'SELECT hash FROM credentials')" = "$hash" ]

# --- what the command line takes, and says ---

# says STATUS WORDS COMMAND...: with this status, and these words on either output
says()
{
	local status=$1 words=$2
	shift 2
	tenantry "$@" >"$work/lines" 2>&1
	[ $? = "$status" ] && grep -qF -- "$words" "$work/lines"
}
world blank http://127.0.0.1:8080
for wrong in tenants:abc tenants:0 tenants:1001 members:10x members:2 members:-5 members: \
    members:99999999999999999999 events:1e3 events:-1 events:100000001 seed:x seed:4294967296 "seed: 1"; do
	check "--$wrong is no number" says 2 "--${wrong%%:*}: give a number from " \
	    blank demo "--${wrong%%:*}" "${wrong#*:}"
done
check "and nothing is made" [ "$(number blank 'SELECT count(*) FROM tenants')" = 0 ]
check "so many of each" says 0 "Email: " blank demo --tenants 2 --members 7 --events 11 --seed 0
check "accounts" [ "$(number blank 'SELECT count(*) FROM tenants')" = 2 ]
check "people: the first account's, and three of the other" \
    [ "$(number blank 'SELECT count(*) FROM members')" = 10 ]
# Only made-up events have a person or nobody as their actor; an invitation has an administrator.
check "events beside those of making" [ "$(number blank "SELECT count(*) FROM events
    WHERE (actor_kind <> (SELECT actor_kind FROM events WHERE actor_name = 'Command line'))
    AND act NOT IN (SELECT act FROM events WHERE actor_name = 'Command line')")" = 11 ]

check "the version" says 0 "tenantry 0." blank --version
check "an account, and it is said" says 0 "The account beta is made." real tenant add --slug beta --name Beta
check "a reserved word" says 1 "--slug: This word is reserved." real tenant add --slug static --name Beta
check "no slug at all" says 1 "--slug: Use 2 to 40" real tenant add --slug -a --name Beta
check "no name" says 1 "--name: Give a name" real tenant add --slug gamma --name ""

# typed FORMAT EMAIL: a user whose password is this, as printf has it
typed()
{
	# shellcheck disable=SC2059
	printf "$1" | "$build/tenantry" -c "$work/real/tenantry.conf" user add --tenant acme \
	    --email "$2" --name Bea --role Admin --password-stdin 2>&1
}
for wrong in 'plum ladder\0 77 quietly' 'plum ladder 77 quietly\0' 'plum ladder\t77 quietly\n' \
    'plum ladder\033 77 quietly' 'plum ladder 77 quietly\177\n' '\0'; do
	said=$(typed "$wrong" bea@acme.example)
	check "no password: $wrong" grep -q 'has no control characters' <<<"$said"
done
check "and nobody is made" [ "$(number real 'SELECT count(*) FROM people')" = 1 ]
said=$(typed 'plum ladder 77 quietly\r\n' bea@acme.example)
check "one with its line's end is, and it is said" [ "$said" = "bea@acme.example can sign in." ]

mv "$work/real/state/tenantry.key" "$work/key"
check "no new key beside a database" says 1 "put the copy of the key file back" real init
check "none was made" [ ! -e "$work/real/state/tenantry.key" ]
mv "$work/key" "$work/real/state/tenantry.key"
check "with its key it is as it was" says 0 "The key file is there" real init

# --- the folder of ./bootstrap run ---

# given MODE: what bootstrap says to a folder of this mode that is in use
given()
{
	mkdir -p "$work/dir"
	chmod "$1" "$work/dir"
	exec 8<"$work/dir"
	flock -n 8
	said=$("$src/bootstrap" run --build "$build" --dir "$work/dir" 2>&1 8<&-)
	exec 8<&-
	[ "$(stat -c %a "$work/dir")" = "$1" ]
}
check "a folder that is there keeps its mode" given 755
check "and is used" grep -q 'another ./bootstrap run uses' <<<"$said"
check "one that others may write keeps it too" given 1777
check "and is not used" grep -q 'others may write in' <<<"$said"

echo "1..$tests"
