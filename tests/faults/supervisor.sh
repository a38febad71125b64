#!/usr/bin/env bash
# The supervisor from outside (TAP): respawn, crash loop, second start, stale sockets, reload,
# drain, death of the supervisor, too open files, sockets of systemd.  The watchdog is in
# tests/unit/test_pool.c.
set -u

src=${SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${BUILDDIR:-$src}
program=${TENANTRY:-$build/tenantry}
client=${FCGI_CLIENT:-$build/tests/pages/fcgi_client}
work=$(mktemp -d "${TMPDIR:-/tmp}/tenantry-supervisor.XXXXXX") || exit 1
log=$work/log
conf=$work/tenantry.conf
sup=
tests=0

finish()
{
	local p

	for p in $sup $(jobs -p); do
		kill -CONT "$p" 2>/dev/null
		kill -KILL "$p" 2>/dev/null
	done
	wait 2>/dev/null
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

# check NAME COMMAND...: one line of TAP; what the log says when it failed
check()
{
	local name=$1
	shift
	tests=$((tests + 1))
	if "$@"; then
		echo "ok $tests - $name"
	else
		echo "not ok $tests - $name"
		grep -v '"what":"request"' "$log" 2>/dev/null | tail -n 8 | sed 's/^/# /'
	fi
}

# wait_for COMMAND...: until it is true; half a minute means that it will never be
wait_for()
{
	local i

	for ((i = 0; i < 600; i++)); do
		"$@" && return 0
		sleep 0.05
	done
	echo "# waited in vain: $*"
	return 1
}

write_conf()
{
	cat >"$conf" <<-END
	base_url = http://127.0.0.1:8080
	state_dir = state
	run_dir = run
	templates = templates
	static_dir = static
	log_file = log
	quick_workers = 3
	slow_workers = 2
	END
}

# Data of its own, and templates that a test may spoil.
prepare()
{
	umask 077
	mkdir "$work/static"
	printf '%s\n' "app.css app.00000000.css" "app.js app.00000000.js" \
	    "icons.svg icons.00000000.svg" "favicon.svg favicon.00000000.svg" \
	    >"$work/static/manifest.txt"
	cp -r "$src/templates" "$work/templates"
	chmod -R u+w "$work/templates"
	write_conf
	"$program" -c "$conf" init >"$work/init" 2>&1
}

# children NAME: their numbers, in order, on one line
children()
{
	ps --ppid "$sup" -o pid=,comm= 2>/dev/null | awk -v n="tnt:$1" '$2 == n { print $1 }' |
		sort -n | tr '\n' ' '
}

# logged EVENT [TIMES]
logged()
{
	[ "$(grep -c "\"what\":\"$1\"" "$log" 2>/dev/null)" -ge "${2:-1}" ]
}

gone()
{
	local p

	for p in "$@"; do
		kill -0 "$p" 2>/dev/null && return 1
	done
	return 0
}

# ask [SOCKET]: whether a request is answered with 200
ask()
{
	[ "$(printf 'GET /healthz\nHost: 127.0.0.1:8080\n\n' |
		timeout 30 "$client" -o status "$work/run/${1:-quick}.sock" 2>/dev/null |
		tr -dc 0-9)" = 200 ]
}

is_up()
{
	[ "$(children quick | wc -w)" -eq 3 ] && [ "$(children slow | wc -w)" -eq 2 ] &&
	    [ "$(children courier | wc -w)" -eq 1 ] && [ "$(children keeper | wc -w)" -eq 1 ] &&
	    ask && ask slow
}

start()
{
	"$program" -c "$conf" serve >>"$work/out" 2>&1 &
	sup=$!
	wait_for is_up
}

# stop: true when it ended by itself and well
stop()
{
	kill -TERM "$sup"
	wait "$sup"
}

mode_of()
{
	stat -c %a "$1"
}

# --- start ---

check "init makes the data" prepare
check "it starts: 3 quick, 2 slow, courier, housekeeper, and answers" start
if ! is_up; then
	echo "Bail out! it does not answer"
	exit 1
fi
schedules()
{
	ps --ppid "$sup" -o comm=,cls= | sed 's/^tnt://' | sort | tr -s ' \n' ' '
}
check "quick workers do not push anybody away" \
    [ "$(schedules)" = "courier TS keeper TS quick B quick B quick B slow TS slow TS " ]
check "the sockets are open to owner and group alone" \
    [ "$(mode_of "$work/run/quick.sock") $(mode_of "$work/run/slow.sock")" = "660 660" ]
check "the run folder is closed to others" [ "$(mode_of "$work/run")" = 750 ]
check "the pid file names the supervisor" [ "$(cat "$work/run/tenantry.pid")" = "$sup" ]

second()
{
	! timeout 30 "$program" -c "$conf" serve >>"$work/out" 2>&1 && logged already_running && ask
}
check "a second one on the same data is refused, the first serves on" second

# --- respawn ---

respawned()
{
	[ "$(children quick | wc -w)" -eq 3 ] && [ "$(children quick)" != "$before" ]
}
kill_one()
{
	before=$(children quick)
	others=${before#* }
	kill -KILL "${before%% *}" && wait_for respawned
}
check "a killed worker is replaced" kill_one
check "the others were left alone" [ "${others% }" = "$(comm -12 \
    <(tr ' ' '\n' <<<"$others" | sort) <(children quick | tr ' ' '\n' | sort) |
    sed '/^$/d' | sort -n | tr '\n' ' ' | sed 's/ $//')" ]
check "its death is in the log" logged process_died

kill_five()
{
	local i

	for ((i = 0; i < 5; i++)); do
		kill_one || return 1
	done
}
check "five more deaths are all replaced" kill_five
check "and are called a crash loop" logged crash_loop
check "requests are answered after it" ask

# --- reload ---

reloaded()
{
	local now

	now=$(children quick)
	[ "$(wc -w <<<"$now")" -eq 3 ] || return 1
	[ -z "$(comm -12 <(tr ' ' '\n' <<<"$now" | sed '/^$/d' | sort) \
	    <(tr ' ' '\n' <<<"$before" | sed '/^$/d' | sort))" ]
}
# Requests without a pause while it goes on; each must be answered.
reload_under_load()
{
	local inode end refusals asked=0 lost=0

	before=$(children quick)
	refusals=$(grep -c '"what":"reload_refused"' "$log")
	inode=$(stat -c %i "$work/run/quick.sock")
	kill -HUP "$sup"
	end=no
	while [ "$end" = no ]; do
		ask || lost=$((lost + 1))
		asked=$((asked + 1))
		reloaded && end=yes
		logged reload_refused $((refusals + 1)) && end=refused
		[ "$asked" -lt 2000 ] || end=never
	done
	echo "# $asked requests, $lost lost"
	[ "$end" = yes ] && [ "$lost" -eq 0 ] &&
	    [ "$inode" = "$(stat -c %i "$work/run/quick.sock")" ]
}
check "SIGHUP: new workers on the same socket, no request lost" reload_under_load
check "the supervisor has its number still" [ "$(cat "$work/run/tenantry.pid")" = "$sup" ]
check "all is there once again" wait_for is_up
check "and again" reload_under_load

fewer()
{
	[ "$(children quick | wc -w)" -eq 1 ]
}
change()
{
	sed -i 's/^quick_workers.*/quick_workers = 1/' "$conf"
	kill -HUP "$sup" && wait_for fewer && ask
}
check "a changed configuration is taken up" change
change_back()
{
	write_conf
	kill -HUP "$sup" && wait_for is_up
}
check "and changed back" change_back

refused()
{
	local times

	before=$(children quick)$(children slow)$(children courier)
	times=$(grep -c '"what":"reload_refused"' "$log")
	kill -HUP "$sup" && wait_for logged reload_refused $((times + 1)) &&
	    [ "$before" = "$(children quick)$(children slow)$(children courier)" ] && ask
}
echo "no_such_key = 1" >>"$conf"
check "a bad configuration changes nothing" refused
write_conf
echo '{{#never_closed}}' >"$work/templates/broken.mustache"
check "a bad template changes nothing" refused
rm "$work/templates/broken.mustache"
check "once it is good again the reload works" reload_under_load

# --- stop ---

# With all workers held up, requests gather in the queue; none of them may be lost.
drain()
{
	local i p queued=() answered=0

	# shellcheck disable=SC2046
	kill -STOP $(children quick)
	for ((i = 0; i < 12; i++)); do
		ask &
		queued+=($!)
	done
	wait_for queue_is 12 || return 1
	before=$(children quick)
	kill -TERM "$sup"
	wait_for logged stopping || return 1
	# shellcheck disable=SC2086
	kill -CONT $before
	for p in "${queued[@]}"; do
		wait "$p" && answered=$((answered + 1))
	done
	echo "# $answered of 12 answered"
	[ "$answered" -eq 12 ] && wait "$sup"
}
# The listening socket's queue, in ss's column Recv-Q.
queue_is()
{
	[ "$(ss -xlH 2>/dev/null | awk -v s="$work/run/quick.sock" '$5 == s { print $3 }')" = "$1" ]
}
check "SIGTERM: what is queued is answered, exit status 0" drain
check "no socket and no pid file is left" [ -z "$(ls -A "$work/run")" ]
check "it starts again on the same data" start
check "and stops" stop

# --- death of the supervisor ---

die()
{
	start || return 1
	before="$(children quick)$(children slow)$(children courier)$(children keeper)"
	kill -KILL "$sup"
	wait "$sup" 2>/dev/null
	# shellcheck disable=SC2086
	[ "$(wc -w <<<"$before")" -eq 7 ] && wait_for gone $before
}
check "killed, it takes all its processes along" die
check "its sockets are left over" [ -S "$work/run/quick.sock" ]
check "the next one starts nevertheless" start
check "and stops" stop

# --- refusing to start ---

# too_open MODE FILE
too_open()
{
	local was code made=

	# What is there only while it runs.
	[ -e "$2" ] || { made=$2; : >"$2"; }
	was=$(mode_of "$2")
	: >"$log"
	: >"$work/out"
	chmod "$1" "$2"
	timeout 30 "$program" -c "$conf" serve >>"$work/out" 2>&1
	code=$?
	chmod "$was" "$2"
	[ -z "$made" ] || rm "$made"
	[ "$code" -eq 1 ] && grep -q '"what":"too_open"' "$log" "$work/out" &&
	    [ ! -e "$work/run/quick.sock" ]
}
check "a key that the group may read keeps it from starting" too_open 640 "$work/state/tenantry.key"
check "so does a database that others may read" too_open 604 "$work/state/tenantry.db"
check "and a state folder that is open to others" too_open 755 "$work/state"
check "and a run folder" too_open 755 "$work/run"
check "and the write-ahead log" too_open 640 "$work/state/tenantry.db-wal"
check "and its index" too_open 640 "$work/state/tenantry.db-shm"
check "and the lock file" too_open 640 "$work/state/tenantry.db.lock"
printf 'secret\n' >"$work/smtp"
printf '%s\n' "smtp_user = u" "smtp_password_file = smtp" "smtp_url = smtps://127.0.0.1:465" >>"$conf"
check "and a password of the mail server" too_open 640 "$work/smtp"
rm "$work/smtp"
no_password()
{
	"$program" -c "$conf" check >"$work/out" 2>&1
	[ $? -eq 1 ] && grep -q 'smtp_password_file cannot be read' "$log" "$work/out"
}
check "and one that is not there" no_password
write_conf

# The keys of other data, and back.
other_keys()
{
	local code

	"$program" -c "$conf" tenant add --slug acme --name Acme >>"$work/out" 2>&1 || return 1
	sed 's|^state_dir *=.*|state_dir = other|' "$conf" >"$work/other.conf"
	"$program" -c "$work/other.conf" init >>"$work/out" 2>&1 || return 1
	mv "$work/state/tenantry.key" "$work/kept.key"
	cp "$work/other/tenantry.key" "$work/state/tenantry.key"
	: >"$log"
	: >"$work/out"
	timeout 30 "$program" -c "$conf" serve >>"$work/out" 2>&1
	code=$?
	"$program" -c "$conf" check >>"$work/out" 2>&1 && code=0
	mv "$work/kept.key" "$work/state/tenantry.key"
	[ "$code" -eq 1 ] && grep -q '"what":"wrong_key_file"' "$log" "$work/out"
}
check "so do the keys of other data" other_keys
check "with its own it starts" start
check "and stops" stop

# --- sockets of systemd ---

# As systemd does: listening sockets at 3 and 4, named, meant for this process.
cat >"$work/activate.pl" <<'END'
use IO::Socket::UNIX;
use POSIX ();
my ($dir, @run) = @ARGV;
my @listen = map { IO::Socket::UNIX->new(Local => "$dir/$_.sock", Listen => 64) or die $! }
	qw(quick slow);
# Out of the way first (F_DUPFD), for one of them may be 3 or 4 already.
my @high = map { fcntl($_, 0, 10) } @listen;
POSIX::dup2($high[$_], 3 + $_) for 0, 1;
@ENV{qw(LISTEN_PID LISTEN_FDS LISTEN_FDNAMES)} = ($$, 2, "quick:slow");
exec @run;
END
activated()
{
	rm -f "$work/run/"*
	perl "$work/activate.pl" "$work/run" "$program" -c "$conf" serve >>"$work/out" 2>&1 &
	sup=$!
	wait_for is_up
}
check "it serves sockets that systemd hands over" activated
check "and reloads with them" reload_under_load
check "and stops" stop
check "their files are systemd's own affair" [ -S "$work/run/quick.sock" ]
sup=

echo "1..$tests"
