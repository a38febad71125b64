#!/bin/bash
# Catalogues (TAP): msgfmt takes them, both sides have the same places, nothing is fuzzy, and no
# text for readers stands in templates or C outside them.  That every text is translated is asked
# by tests/browser/15_languages.test.mjs.
# shellcheck disable=SC2016      # the dollars are those of awk and of templates
set -u
# shellcheck source=tests/rules/tap.sh
. "$(dirname "$0")/tap.sh"
export LC_ALL=C.UTF-8
cd "$src" || exit 1

# entries FILE: one line each: msgid and plural, a tab, all forms of msgstr
entries()
{
	"$awk" '
	function flush() { if (id != "") print id "\t" str; id = str = ""; part = "" }
	/^$/ { flush(); next }
	/^#~/ { next }
	/^#/ { next }
	/^msgctxt / { part = ""; next }
	/^msgid(_plural)? / { part = "id" }
	/^msgstr/ { part = "str" }
	{
		text = $0
		sub(/^[^"]*"/, "", text)
		sub(/"$/, "", text)
		if (part == "id") id = id text
		if (part == "str") str = str text
	}
	END { flush() }' "$1"
}

# other_places FILE: texts whose translation has other places than the English one
other_places()
{
	entries "$1" | "$awk" -F '\t' '
	function places(text,    out, all, n, i, list) {
		gsub(/\[\[/, "", text)
		out = ""
		while (match(text, /\[[A-Za-z0-9_.-]+\]/)) {
			if (!((substr(text, RSTART, RLENGTH)) in seen)) {
				seen[substr(text, RSTART, RLENGTH)] = 1
				list[++n] = substr(text, RSTART, RLENGTH)
			}
			text = substr(text, RSTART + RLENGTH)
		}
		for (all = 1; all <= n; all++)
			for (i = all + 1; i <= n; i++)
				if (list[i] < list[all]) { out = list[i]; list[i] = list[all]; list[all] = out }
		out = ""
		for (i = 1; i <= n; i++)
			out = out list[i]
		for (i in seen)
			delete seen[i]
		return out
	}
	$2 != "" && places($1) != places($2) { print $1 " -> " $2 }'
}

fuzzy()
{
	grep -n '^#,.*fuzzy' "$1"
}

# bare FILE...: words in templates that a reader sees and that are no text of the catalogues
bare()
{
	"$awk" '
	function words(text) {
		gsub(/\{\{[^}]*\}\}/, " ", text)
		gsub(/&[a-z]+;|Tenantry|UTC|\/[a-z]+/, " ", text)
		return text !~ /="/ && (text ~ /[A-Z][a-z][a-z]/ || text ~ /[a-z]+ [a-z]+ [a-z]+/)
	}
	function check(text,    rest, attribute) {
		gsub(/\{\{![^}]*(\}[^}]+)*\}\}/, "", text)
		gsub(/<(style|script)[^>]*>[^<]*<\/(style|script)>/, "", text)
		gsub(/<!DOCTYPE html>/, "", text)
		gsub(/\{\{[$\/#^<>][^}]*\}\}/, " ", text)
		rest = text
		while (match(rest, /(title|aria-label|placeholder|alt|data-text-[a-z]+)="[^"]*"/)) {
			attribute = substr(rest, RSTART, RLENGTH)
			sub(/^[^"]*"/, "", attribute)
			if (words(attribute))
				print file ": " attribute
			rest = substr(rest, RSTART + RLENGTH)
		}
		gsub(/<[^>]*>/, "\n", text)
		n = split(text, line, "\n")
		for (i = 1; i <= n; i++)
			if (words(line[i]))
				print file ": " line[i]
	}
	FNR == 1 { if (file != "") check(all); file = FILENAME; all = "" }
	{ all = all $0 "\n" }
	END { check(all) }' "$@"
}

# unmarked FILE...: sentences and labels that C gives to pages without _() or N_()
unmarked()
{
	grep -nE 'view_text\([^;]*, "([A-Z][a-z]+|[A-Za-z]+ [a-z][^"]*)"\)|(ctx_issue|page_done|page_problem)\([^;_]*"[A-Z][a-z]+ [^"]*"' "$@" |
	    grep -v '"product", "Tenantry"'
}

for po in locales/*.po; do
	language=$(basename "$po" .po)
	if command -v msgfmt >/dev/null; then
		msgfmt -c -o /dev/null "$po" 2>&1 | grep -v 'header field' | grep . |
		    nothing "$language: msgfmt takes it"
	fi
	other_places "$po" | nothing "$language: both sides have the same places"
	fuzzy "$po" | nothing "$language: nothing is fuzzy"
done
printf 'msgid "At [a] of [b]"\nmsgstr "[b]"\n' >"$work/x.po"
other_places "$work/x.po" | something "a missing place is found" 'At \[a\]'
printf '#, fuzzy\nmsgid "a"\nmsgstr "b"\n' >"$work/x.po"
fuzzy "$work/x.po" | something "a fuzzy one is found" fuzzy

mapfile -t templates < <(find templates -name '*.mustache' | sort)
bare "${templates[@]}" | nothing "templates have no text outside the catalogues"
printf '{{! x }}\n<p title="{{_ Good}}">Some text</p>\n' >"$work/x.mustache"
bare "$work/x.mustache" | something "a bare sentence is found" 'Some text'
printf '{{! x }}\n<a aria-label="Close it">{{_ Good}}</a>\n' >"$work/x.mustache"
bare "$work/x.mustache" | something "a bare label is found" 'Close it'

mapfile -t sources < <(find src -name '*.c' | sort)
unmarked "${sources[@]}" | nothing "C gives no unmarked text to pages"
echo 'view_text(v, "title", "Some title");' >"$work/x.c"
unmarked /dev/null "$work/x.c" | something "an unmarked text is found" 'Some title'
plan
