#!/bin/bash
# The route tables as "tenantry routes" prints them: every route says who may, what changes is a
# POST, and nginx sends the slow ones where they belong.  What each route answers to whom is
# tried in tests/pages.
# shellcheck disable=SC2016      # the dollars are those of awk and of sources
set -u
# shellcheck source=tests/rules/tap.sh
. "$(dirname "$0")/tap.sh"

"$build/tenantry" routes > "$work/routes" || exit 1

permissions()
{
	sed -n 's/^PERM([A-Z_]*, *"\([a-z_]*:[a-z_]*\)".*/\1/p' "$src/src/core/perm.def"
	echo public
	echo signed-in
}

# Each filter prints the lines that break its rule.
unsaid()        # who may is not said, or is no permission
{
	permissions > "$work/permissions"
	"$awk" -F '\t' 'NR == FNR { known[$1] = 1; next } !($3 in known)' "$work/permissions" "$1"
}

open_places()   # a page of a tenant that is not asked for its permission
{
	"$awk" -F '\t' '$2 ~ /^\/t\// && $3 == "public"' "$1"
}

other_methods()
{
	"$awk" -F '\t' '$1 != "GET" && $1 != "POST"' "$1"
}

twice()
{
	cut -f 1,2 "$1" | sort | uniq -d
}

ambiguous()     # two patterns of one method that differ only in the names of their places
{
	cut -f 1,2 "$1" | sed 's/{[a-z]*}/{}/g' | sort | uniq -d
}

# A page for each act, so that one can be asked before; these need no question.
unasked()
{
	"$awk" -F '\t' '$1 == "GET" { get[$2] = 1 } $1 == "POST" { post[$2] = 1 }
	    END { for (p in post) if (!(p in get)) print p }' "$1" |
	    grep -v '/profile/factor/codes/file$' |
	    grep -vE '(/users/\{user\}/(logout|unlock|sessions/\{session\}/end)|/jobs/\{job\}/cancel|/settings/steps)$|/profile/(email/cancel|sessions/.+)$'
}

# Paths of routes that are neither one of the outside paths that are due nor below one.
undocumented()
{
	"$awk" 'NR == FNR { if ($1 !~ /^#/ && $2 != "later") known[$1] = $2 " "; next }
	    { split($0, f, "\t"); p = f[2]; if (length(p) > 1) sub(/\/$/, "", p); whole = p
	    while (p != "" && (!(p in known) || (known[p] == "alone " && p != whole)))
		    sub(/\/[^\/]*$/, "", p)
	    if (p == "") print f[2] }' "$src/tests/rules/outside_paths" "$1"
}

absent()        # outside paths that are due, and no route is at or below them
{
	"$awk" 'NR == FNR { split($0, f, "\t"); p = f[2]
	    while (p != "") { there[p] = 1; sub(/\/[^\/]*$/, "", p) } next }
	    $1 !~ /^#/ && $2 != "later" && !($1 in there) { print $1 }' "$1" \
	    "$src/tests/rules/outside_paths"
}

shown()         # NAME FILTER LINE
{
	printf '%b\n' "$3" > "$work/line"
	"$2" "$work/line" | something "$1" .
}

[ "$(wc -l < "$work/routes")" -gt 30 ]
result $? "the routes were printed"
unsaid "$work/routes" | nothing "every route says who may"
shown "a route without a permission is found" unsaid 'GET\t/x\tunset\t-\t-'
shown "an unknown permission is found" unsaid 'GET\t/x\tuser:fly\t-\t-'
open_places "$work/routes" | nothing "no page of a tenant is public"
shown "a public page of a tenant is found" open_places 'GET\t/t/{tenant}/x\tpublic\t-\t-'
other_methods "$work/routes" | nothing "pages are asked by GET and POST alone"
shown "another method is found" other_methods 'PUT\t/x\tpublic\t-\t-'
twice "$work/routes" | nothing "no route stands twice"
shown "a route that stands twice is found" twice 'GET\t/x\ta\nGET\t/x\tb'
ambiguous "$work/routes" | nothing "no two routes match the same"
unasked "$work/routes" | nothing "each act has a page that asks"
shown "an act without a page is found" unasked 'POST\t/x\tpublic\t-\t-'

undocumented "$work/routes" | nothing "each route is an outside path, or below one"
shown "a route elsewhere is found" undocumented 'GET\t/t/{tenant}/elsewhere/new\tpublic\t-\t-'
absent "$work/routes" | nothing "each outside path that is due has a route"
shown "an outside path without a route is found" absent 'GET\t/t/{tenant}/users\tpublic\t-\t-'

"$build/tenantry" routes --nginx | diff - "$src/nginx/slow_routes" |
    nothing "nginx/slow_routes is what routes --nginx prints"
"$awk" -F '\t' '$5 ~ /slow/ { gsub(/\{[a-z]+\}/, "[^/]+", $2); print $1, $2 }' "$work/routes" |
    sort > "$work/slow"
"$awk" '/^"[A-Z]/ { print substr($1, 2), substr($2, 1, length($2) - 1) }
    /^"~/ { gsub(/.*\^|\[$/, "", $1); method = $1 }
    /^[ |]/ { print method, $NF }' "$src/nginx/slow_routes" | sort > "$work/known"
[ -s "$work/slow" ] && diff "$work/known" "$work/slow" |
    nothing "the slow routes are those that nginx knows"
plan
