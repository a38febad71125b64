#!/bin/bash
# The catalogue for translators (src/tools/pot.awk): what is found, where, and what is not.
set -u
SRCDIR=${SRCDIR:-.}
AWK=${AWK:-awk}
dir=$(mktemp -d "${TMPDIR:-/tmp}/test_pot.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
n=0
failed=0

is() {
	n=$((n + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $n - $1"
	else
		failed=1
		echo "not ok $n - $1"
		printf 'got:\n%s\nexpected:\n%s\n' "$2" "$3" | sed 's/^/# /'
	fi
}

# The entries of these files, without the header.
entries() {
	(cd "$dir" && "$AWK" -v root="$dir/" -f "$pot" "$@") | sed '1,/^$/d'
}

pot=$(cd "$SRCDIR" && pwd)/src/tools/pot.awk

cat > "$dir/a.mustache" <<'END'
<h1>{{_ Users}}</h1>{{_name}} {{! {{_ No}} }}
{{#x}}<p title="{{_ Say "hi" \ now}}">{{_ At most
	[n]  users. }}{{/x}}
{{ _ [n] user | [n] users}} {{_ ctx:menu Users}}
{{_ Users}}
END
is 'templates' "$(entries "$dir/a.mustache")" '#: a.mustache:1
#: a.mustache:5
msgid "Users"
msgstr ""

#: a.mustache:2
msgid "Say \"hi\" \\ now"
msgstr ""

#: a.mustache:2
msgid "At most [n] users."
msgstr ""

#: a.mustache:4
msgid "[n] user"
msgid_plural "[n] users"
msgstr[0] ""
msgstr[1] ""

#: a.mustache:4
msgctxt "menu"
msgid "Users"
msgstr ""'

cat > "$dir/b.c" <<'END'
#define _(...) ctx_say(cx, __VA_ARGS__, (char *)0)
/* _("in a comment") */ // _("in another")
static const char *x = "_(\"in a string\")";
static char c = '"', d = '\'';
const char *f = _("Saved.") ? N_("A \"quoted\" "
    "word\n") : _(name) ? ctx_("no") : not_("no");
say(_("ctx:list [n] row | [n] rows", "n", "1"));
last(_("Last"));
END
is 'C' "$(entries b.c)" '#: b.c:5
msgid "Saved."
msgstr ""

#: b.c:5
msgid "A \"quoted\" word\n"
msgstr ""

#: b.c:7
msgctxt "list"
msgid "[n] row"
msgid_plural "[n] rows"
msgstr[0] ""
msgstr[1] ""

#: b.c:8
msgid "Last"
msgstr ""'

printf '{{_ Last}}{{_ [n] user}}' > "$dir/c.mustache"
is 'one entry for the same text in several files' \
    "$(entries a.mustache b.c c.mustache | grep -c '^msgid "Last"\|^msgid "\[n\] user"')" 2
is 'all places of a text' "$(entries a.mustache b.c c.mustache | grep -c '^#: c.mustache:1$')" 2
if command -v msgfmt > /dev/null; then
	(cd "$dir" && "$AWK" -f "$pot" a.mustache b.c c.mustache) > "$dir/all.pot"
	msgfmt -o /dev/null "$dir/all.pot" 2> "$dir/err"
	is 'msgfmt takes it' "$?: $(cat "$dir/err")" '0: '
fi
echo "1..$n"
exit $failed
