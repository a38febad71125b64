#!/bin/bash
# The console in a browser, as deployed: nginx with TLS, the program, a mail server (TAP).  Needs
# node, chromium, nginx, openssl, sqlite3, the packages of tests/package.json, and a build with
# --enable-test-hooks.
set -u

: "${SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${BUILDDIR:=$SRCDIR/build}"
if [ -z "${CHROMIUM-}" ]; then
	CHROMIUM=/usr/lib/chromium/chromium-headless-shell
	[ -x "$CHROMIUM" ] || CHROMIUM=/usr/bin/chromium
fi
export SRCDIR BUILDDIR CHROMIUM

give_up()
{
	echo "Bail out! $1"
	exit 1
}

[ -x "$BUILDDIR/tenantry" ] || give_up "no program in $BUILDDIR"
[ -d "$SRCDIR/tests/node_modules/playwright-core" ] || give_up "no packages: npm ci in tests"
for program in nginx openssl sqlite3 "$CHROMIUM"; do
	command -v "$program" >/dev/null || give_up "no $program"
done

exec node --test-reporter=tap "$SRCDIR/tests/browser/main.mjs" "$@"
