#!/bin/bash
# The templates: nothing unescaped, nothing inline that the content security policy would stop,
# attributes quoted, and each one used.
# shellcheck disable=SC2016      # the dollars are those of templates
set -u
# shellcheck source=tests/rules/tap.sh
. "$(dirname "$0")/tap.sh"
cd "$src" || exit 1

mapfile -t pages < <(find templates -name '*.mustache' -not -path 'templates/mail/*' | sort)
mapfile -t mails < <(find templates/mail -name '*.mustache' | sort)

# The text of a template without its comments, each line with its file and number.
text()
{
	"$awk" '
	FNR == 1 { inside = 0 }
	{
		line = $0
		out = ""
		while (line != "") {
			if (inside) {
				at = index(line, "}}")
				if (at == 0)
					break
				line = substr(line, at + 2)
				inside = 0
			} else {
				at = index(line, "{{!")
				if (at == 0) {
					out = out line
					break
				}
				out = out substr(line, 1, at - 1)
				line = substr(line, at)
				inside = 1
			}
		}
		if (out != "")
			printf "%s:%d: %s\n", FILENAME, FNR, out
	}' "$@"
}

# Names of markup that was made of templates and escaped there.
reviewed()
{
	sed 's/#.*//' "$src/templates/TRIPLES" | xargs | tr ' ' '|'
}

unescaped()
{
	text "$@" | sed -E "s/\{\{\{($(reviewed))\}\}\}//g" | grep -E '\{\{[[:space:]]*(\{|&|=)'
}

inline_things()
{
	text "$@" | grep -iE '<style|<script(>|[^>]*[^>c]>)[^<]*[^<[:space:]]|[[:space:]](style|on[a-z]+)[[:space:]]*=|javascript:|<(iframe|object|embed|base|meta http-equiv="[^r][a-z]*)\b'
}

unquoted()
{
	text "$@" | sed -E "s/=(\"[^\"]*\"|'[^']*')/=''/g" |
	    grep -E "<[a-z][^<>]*[[:space:]][a-z-]+=[^'[:space:]>]"
}

foreign()
{
	text "$@" | grep -E '(src|href|action)="(https?:)?//'
}

comment_first()
{
	local file
	for file in "$@"; do
		case $(head -c 3 "$file") in
		'{{!') ;;
		*) echo "$file:1: does not say which keys it takes" ;;
		esac
	done
}

# unused FOLDER: templates below FOLDER/templates that neither C nor another one names
unused()
{
	local file name kind
	(cd "$1" && find templates -name '*.mustache' | sort) | while IFS= read -r file; do
		name=${file#templates/}
		name=${name%.mustache}
		case $name in
		mail/*)
			kind=${name#mail/}
			kind=${kind%.*}
			grep -rqF -- "\"$kind\"" "$1/src" && continue ;;
		*)
			grep -rqF -- "\"$name\"" "$1/src" && continue ;;
		esac
		grep -rqE -- "\{\{[<>] ?$name\}\}" "$1/templates" && continue
		echo "$file is used by nothing"
	done
}

# missing FOLDER: names of templates in C or templates for which there is no file
missing()
{
	local name
	{
		(cd "$1" && grep -rhoE '\{\{[<>] ?[a-z_/]+\}\}' templates) | sed 's/[{}<> ]//g'
		(cd "$1" && grep -rhoE '(page_show\(cx, rs|tmpl_find\([^,]*), "[a-z_/]+"' src) |
		    sed 's/.*"\(.*\)"/\1/'
	} | sort -u | while IFS= read -r name; do
		[ -e "$1/templates/$name.mustache" ] || echo "there is no template $name"
	done
}

# shown NAME FILTER "LINE": the filter finds a line made for it
shown()
{
	printf '%s\n' "$3" > "$work/line.mustache"
	"$2" "$work/line.mustache" | something "$1" line.mustache
}

unescaped "${pages[@]}" "${mails[@]}" | nothing "everything is escaped, and the marks stay {{ }}"
shown "three braces are found" unescaped '<p>{{{name}}}</p>'
shown "{{& is found" unescaped '<p>{{& name}}</p>'
shown "other marks are found" unescaped '{{=<% %>=}}'

inline_things "${pages[@]}" | nothing "no inline style, script or handler, no other content type"
shown "an inline style is found" inline_things '<p style="color:red">'
shown "a handler is found" inline_things '<a href="/x" onclick="go()">'
shown "an inline script is found" inline_things '<script>go()</script>'
shown "a script's address is found" inline_things '<a href="javascript:go()">'
printf '<script src="{{js}}" defer></script>\n' > "$work/good.mustache"
inline_things "$work/good.mustache" | nothing "a script of ours is let through"

unquoted "${pages[@]}" "${mails[@]}" | nothing "attributes are quoted"
shown "an attribute without quotes is found" unquoted '<a href={{x}}>'
foreign "${pages[@]}" | nothing "nothing comes from another host"
shown "another host is found" foreign '<img src="https://cdn.example/x.png">'
comment_first "${pages[@]}" | nothing "each template says at its top which keys it takes"
shown "a silent one is found" comment_first '<p></p>'

unused "$src" | nothing "each template is used"
missing "$src" | nothing "each template that is named is there"
mkdir -p "$work/t/src" "$work/t/templates/mail"
echo 'page_show(cx, rs, "gone", v)' > "$work/t/src/x.c"
echo '{{> lost}}' > "$work/t/templates/alone.mustache"
echo 'x' > "$work/t/templates/mail/idle.text.mustache"
unused "$work/t" | something "an unused page is found" alone
unused "$work/t" | something "an unused email is found" idle
missing "$work/t" | something "a missing page is found" gone
missing "$work/t" | something "a missing part is found" lost
plan
