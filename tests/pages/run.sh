#!/bin/bash
# Every route for every kind of visitor (TAP).  Needs node, nginx, openssl, sqlite3, the packages
# of tests/package.json and a build.
set -u

: "${SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${BUILDDIR:=$SRCDIR/build}"
export SRCDIR BUILDDIR

give_up()
{
	echo "Bail out! $1"
	exit 1
}

[ -x "$BUILDDIR/tenantry" ] || give_up "no program in $BUILDDIR"
[ -d "$SRCDIR/tests/node_modules/smtp-server" ] || give_up "no packages: npm ci in tests"
for program in nginx openssl sqlite3; do
	command -v "$program" >/dev/null || give_up "no $program"
done

exec node --test-reporter=tap "$SRCDIR/tests/pages/matrix.mjs"
