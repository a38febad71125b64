#!/bin/bash
# The courier against mail servers that fail in every way (TAP).  Needs node, openssl, the
# packages of tests/package.json and a build with --enable-test-hooks.
set -u

: "${SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${BUILDDIR:=$SRCDIR}"
export SRCDIR BUILDDIR

give_up()
{
	echo "Bail out! $1"
	exit 1
}

[ -x "$BUILDDIR/tests/mail/mail_driver" ] || give_up "no mail_driver: make check-programs"
[ -d "$SRCDIR/tests/node_modules/smtp-server" ] || give_up "no packages: npm ci in tests"

MAIL_CERTS=$(mktemp -d "${TMPDIR:-/tmp}/tenantry-certs-XXXXXX") || exit 1
export MAIL_CERTS
trap 'rm -rf "$MAIL_CERTS"' EXIT

# certificate NAME CA HOST: a key and a certificate for HOST that CA has signed
certificate()
{
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
	    -keyout "$MAIL_CERTS/$1.key" -out "$MAIL_CERTS/$1.csr" &&
	openssl x509 -req -in "$MAIL_CERTS/$1.csr" -CA "$MAIL_CERTS/$2.crt" \
	    -CAkey "$MAIL_CERTS/$2.key" -CAcreateserial -days 2 -out "$MAIL_CERTS/$1.crt" \
	    -extfile <(echo "subjectAltName=$3")
}

authority()
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
	    -subj "/CN=Tests $1" -keyout "$MAIL_CERTS/$1.key" -out "$MAIL_CERTS/$1.crt"
}

{
	authority ca && authority stranger &&
	certificate good ca "DNS:localhost,IP:127.0.0.1" &&
	certificate unknown stranger "DNS:localhost,IP:127.0.0.1" &&
	certificate elsewhere ca "DNS:mail.example,IP:127.0.0.2"
} > "$MAIL_CERTS/log" 2>&1 || { cat "$MAIL_CERTS/log" >&2; give_up "openssl failed"; }

node "$SRCDIR/tests/mail/mail.test.js" "$@"
