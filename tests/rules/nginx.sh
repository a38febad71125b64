#!/usr/bin/env bash
# nginx's files against the program (TAP): the slow routes, the headers, the pages of its own.
set -u
. "$(dirname "$0")/tap.sh"

slow_routes()
{
	"$build/tenantry" routes --nginx | diff "$1" -
}
slow_routes "$src/nginx/slow_routes" 2>&1 | nothing "slow_routes is what routes --nginx prints"
sed '$d' "$src/nginx/slow_routes" >"$work/slow_routes"
slow_routes "$work/slow_routes" | something "a route that lacks is found" '^>'

links()
{
	sed -n 's/^location = \([^ ]*\) .*\/link; }$/\1/p' "$1" | sort
}
"$build/tenantry" routes | "$awk" -F '\t' '$5 ~ /link/ { print $2 }' | sort -u >"$work/links"
links "$src/nginx/server.conf" | diff "$work/links" - | nothing "no token of a link is in nginx's error log"
grep -v '^location = /reset' "$src/nginx/server.conf" >"$work/server"
links "$work/server" | diff "$work/links" - | something "a link's page that lacks is found" '^< /reset'

# Header lines that web/headers.c makes, as "Name: value"; the policy is that of HTML.
program_headers()
{
	tr '\n\t' '  ' <"$src/src/web/headers.c" |
		sed -e 's/" *"//g' -e 's/\\r\\n/\n/g' -e 's/"/\n/g' |
		sed -n '/; sandbox$/d; s/^\([A-Z][A-Za-z-]*: ..*\)$/\1/p'
}
# nginx_headers FILE: the same of nginx; a variable stands for what it is over TLS.
nginx_headers()
{
	sed -n 's/^add_header \([A-Za-z-]*\) *"\{0,1\}\([^"]*\)"\{0,1\} always;$/\1: \2/p' "$1" |
		sed 's/\$tenantry_hsts/max-age=31536000; includeSubDomains/'
}
lacking()
{
	program_headers | sort | comm -23 - <(nginx_headers "$1" | sort)
}
program_headers | something "the program's headers are found" '^Content-Security-Policy: default'
lacking "$src/nginx/error_headers.conf" | nothing "nginx's pages have each of the program's headers"
grep -v nosniff "$src/nginx/error_headers.conf" >"$work/headers"
lacking "$work/headers" | something "a header that lacks is found" nosniff
lacking "$src/nginx/static_headers.conf" |
	grep -v -e ^Content-Security-Policy -e ^Cache-Control |
	nothing "static files have those that matter for them"

made()
{
	sed -n 's/^\([0-9]*\)|.*/\1/p' "$1" | sort
}
used()
{
	sed -n 's/^error_page .*\/errors\/\([0-9]*\)\.html;/\1/p' "$src/nginx/errors.conf" | sort
}
diff <(made "$src/nginx/errors.txt") <(used) | nothing "each page is made and used"
codes()
{
	sed -n 's/^error_page \([0-9 =]*\) \/errors.*/\1/p' "$1" | tr -s ' ' '\n' | grep -v = | sort
}
# What nginx answers by itself; 495 and 496 are of certificates of browsers, which nobody asks for.
diff <(printf '%s\n' 400 404 405 408 413 414 421 429 494 497 500 501 502 503 504 505) \
    <(codes "$src/nginx/errors.conf") | nothing "every error of nginx's own has a page"
grep -v '^502' "$src/nginx/errors.txt" >"$work/errors"
diff <(made "$work/errors") <(used) | something "a page that lacks is found" 502

page()
{
	mkdir -p "$work/pages"
	printf 'app.css app.0123.css\n' >"$work/manifest"
	"$awk" -v manifest="$work/manifest" -v out="$work/pages" \
	    -f "$src/src/tools/errorpages.awk" "$src/nginx/errors.txt"
	cat "$work/pages/502.html"
}
page | something "a page has its style" 'href="/static/app.0123.css"'
page | something "and leads to legal" '<footer class="foot">'
page | something "as the program's do" '<a href="/legal">.*Security and legal.*</a>'
page | something "in German, too, for whom likes it best" '-->Nicht erreichbar<!--# else -->Not available<'
page | grep -e 'style=' -e '<style' -e '<script' -e ' on[a-z]*=' |
	nothing "and nothing inline"

grep -nE '^[[:space:]]*add_header' "$src/nginx/server.conf" "$src/nginx/quick" \
    "$src/nginx/fastcgi_app" | nothing "nothing is added to the program's own headers"

plan
