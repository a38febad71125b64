#!/usr/bin/env bash
# What "make install" puts in place (TAP): program, nginx's site and systemd's unit must mean the
# same folders, wherever configure was told to put them.
set -u
# shellcheck source=tests/rules/tap.sh
. "$(dirname "$0")/tap.sh"
export LC_ALL=C.UTF-8
unset MAKEFLAGS MFLAGS MAKELEVEL

to=$work/to
(umask 077 && make -s -C "$build" install DESTDIR="$to") >"$work/install" 2>&1
result $? "it installs"
# Whoever installs with a strict umask: the web server and the service read it all the same.
shared=$(dirname "$(find "$to" -type d -name templates | head -n 1)")
[ -d "$shared/static" ] && [ -d "$shared/nginx" ]
result $? "templates, static files and nginx's site are in one folder"
find "$shared" \( -type d ! -perm -005 -o -type f ! -perm -004 \) | nothing "anybody may read all of it"

# where NAME...: the one installed file of that name
where()
{
	find "$to" -type f -name "$1" | head -n 1
}
program=$(where tenantry)
unit=$(where tenantry.service)
site=$(where app.conf)

# of_nginx: the folder of the sockets; of_unit KEY VALUE...: what the unit lets it write
of_nginx()
{
	sed -n 's|.*server unix:\(.*\)/quick\.sock .*|\1|p' "$1"
}
of_unit()
{
	sed -n -e 's|^StateDirectory=|/var/lib/|p' -e 's|^RuntimeDirectory=|/run/|p' \
	    -e 's|^ReadWritePaths=||p' "$1" | sort
}
# settings WHOSE COMMAND: with a state folder of ours; with our data, everything else where the
# program has it by default, so that none of this machine's is looked at; or all by default
settings()
{
	{
		echo "base_url = http://127.0.0.1:8080"
		echo "templates = $src/templates"
		echo "static_dir = $work"
		case $1 in
		own) echo "state_dir = $work/state" ;;
		data) printf '%s\n' "database = sqlite:$work/state/tenantry.db" \
		    "key_file = $work/state/tenantry.key" ;;
		esac
	} >"$work/tenantry.conf"
	printf '%s\n' app.css app.js icons.svg favicon.svg | sed 's/.*/& &/' >"$work/manifest.txt"
	"$program" -c "$work/tenantry.conf" "$2" 2>&1
}
of_program_run()
{
	settings own init >/dev/null
	settings data check | sed -n 's|.*sockets \(.*\)/quick\.sock and .*|\1|p'
}
# Said when it works, and named by the complaint when there is none.
of_program_state()
{
	settings default check | sed -n -e 's|.*data in \([^,]*\),.*|\1|p' \
	    -e 's|.*"\(/[^"]*\)/tenantry\.[a-z]*".*|\1|p' | head -n 1
}

mkdir -m 700 "$work/state"
run=$(of_program_run)
state=$(of_program_state)
echo "# data in $state, sockets in $run"
[ -n "$run" ] && [ "$run" = "$(of_nginx "$site")" ]
result $? "nginx asks where the program listens"
diff <(printf '%s\n' "$run" "$state" | sort) <(of_unit "$unit") |
	nothing "the unit lets it write there, and nowhere else"
sed 's|/quick.sock|/x/quick.sock|' "$site" >"$work/site"
[ "$run" != "$(of_nginx "$work/site")" ]
result $? "another folder is found"
grep -n '@[a-z]*@' -r "$to" --include='*.conf' --include='*.service' --include=quick \
    --include=fastcgi_app | nothing "no place is left to fill in"
grep -q "^ExecStart=${program#"$to"} -c /" "$unit"
result $? "the unit starts the installed program"

# The commands that the program lists, as the manual page names them.
"$program" --help | sed -n 's/.*\[-c FILE\] \([a-z0-9-]*\( [a-z][a-z0-9-]*\)\{0,1\}\).*/\1/p' \
    >"$work/commands"
[ "$(wc -l <"$work/commands")" -gt 15 ]
result $? "the program lists its commands"
sed -n -e 's/\\-/-/g' -e 's/^\.It Cm \(.*\)/\1/p' -e 's/^\.Cm \(.*\)/\1/p' "$src/src/tools/tenantry.8" \
    >"$work/described"
while read -r command; do
	grep -q "^$command\( \|$\)" "$work/described" || echo "$command"
done <"$work/commands" | nothing "the manual page describes each"

# What the configuration may hold, as the program reads it.
sed -n -e 's/^\t\(TEXT\|PATH\|NUMBER\)(\([a-z_]*\)[,)].*/\2/p' -e 's/^\t{ "\([a-z_]*\)", KEY_.*/\1/p' \
    "$src/src/base/conf.c" >"$work/keys"
[ "$(wc -l <"$work/keys")" = "$(sed -n '/^static const struct key keys/,/^};/p' "$src/src/base/conf.c" |
	grep -c '^	')" ]
result $? "every key of the configuration is found"
while read -r key; do
	grep -q "^|.*\`$key\`.*|.*|" "$src/README.md" || echo "README.md: $key"
	grep -qx "\.It Ic $key" "$src/src/tools/tenantry.8" || echo "tenantry.8: $key"
done <"$work/keys" | nothing "the manual page and the README describe each"
sed -n 's/^\.It Ic //p' "$src/src/tools/tenantry.8" | grep -vxFf "$work/keys" |
	nothing "and no other"

plan
