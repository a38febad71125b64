#!/bin/bash
# Rules about single lines of the C sources: how long a function may be, where memory comes from,
# that SQL stands in .sql and HTML in templates, and how secrets are compared.  Each rule is also
# seen to find a line made for it.
# shellcheck disable=SC2016      # the dollars are those of awk and of sources
set -u
# shellcheck source=tests/rules/tap.sh
. "$(dirname "$0")/tap.sh"
export LC_ALL=C.UTF-8
cd "$src" || exit 1

mapfile -t modules < <(find src -mindepth 2 -maxdepth 2 -name '*_pages.c' -printf '%h\n' | sort -u)
mapfile -t of_modules < <(find "${modules[@]}" src/core src/web -name '*.[ch]' | sort)
mapfile -t sources < <(find src -name '*.[ch]' | sort)
mapfile -t of_tests < <(find tests -name '*.[ch]' -not -path '*/node_modules/*' | sort)
mapfile -t but_db < <(find src -name '*.[ch]' -not -path 'src/db/*')
mapfile -t but_mustache < <(find src -name '*.c' -not -path 'src/mustache/*')
mapfile -t but_crypto < <(find src -name '*.c' -not -name crypto.c)

memory()
{
	grep -nE '(^|[^A-Za-z0-9_])(malloc|calloc|realloc|reallocarray|free|strdup|strndup|asprintf|vasprintf|getline|alloca)\(' "$@"
}

statements()
{
	grep -nE '"[[:space:]]*(SELECT|INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|PRAGMA|BEGIN|COMMIT|ROLLBACK|ATTACH|VACUUM|WITH)[[:space:]]+[A-Za-z*(_]' "$@"
}

# In a string; an address in <> of an email is none.
markup()
{
	grep -nE '"[^"]*<(/|!|[a-z]+[ />])[^"]*"' "$@" | grep -vE '^[^:]*:[0-9]+:[[:space:]]*(#[[:space:]]*include|\*|/\*)'
}

compared()
{
	grep -niE '\b(mem|str|strn|strcase)cmp\([^;]*(hash|mac\b|token|secret|passw|csrf|cookie|session|signature|digest)' "$@"
}

unsafe()
{
	grep -nE '(^|[^A-Za-z0-9_])(strcpy|sprintf|vsprintf|gets|strtok|system|popen|rand|srand|setlocale|localtime|gmtime|alarm|usleep)\(' "$@"
}

# shown NAME FILTER "LINE": the filter finds a line made for it
shown()
{
	printf '%s\n' "$3" > "$work/line.c"
	"$2" /dev/null "$work/line.c" | something "$1" line.c
}

# A line of the list is "file: text"; it takes out the lines of that file that hold the text, and
# has to be needed.
except()        # LIST: filters standard input
{
	local lines file text
	lines=$(cat)
	while IFS= read -r entry; do
		case $entry in '' | '#'*) continue ;; esac
		file=${entry%%: *}
		text=${entry#*: }
		if printf '%s\n' "$lines" | grep -F -- "$text" | grep -q "^$file:"; then
			lines=$(printf '%s\n' "$lines" |
			    "$awk" -v f="$file:" -v t="$text" '!(index($0, f) == 1 && index($0, t))')
		else
			lines=$(printf '%s\n%s' "$lines" "not needed any more: $entry")
		fi
	done <<< "$1"
	printf '%s\n' "$lines" | sed '/^$/d'
}

"$awk" -f tests/rules/lines.awk "${sources[@]}" "${of_tests[@]}" |
    nothing "length of functions and lines, blanks, comments"
{
	echo '/* Made. */'
	echo 'static int'
	echo 'long_one(void)'
	echo '{'
	seq -f '	n += %.0f;' 69
	echo '}'
} > "$work/long.c"
"$awk" -f tests/rules/lines.awk "$work/long.c" | something "a function of 71 lines is found" "long_one has 71"
sed -i '5d' "$work/long.c"
"$awk" -f tests/rules/lines.awk "$work/long.c" | nothing "a function of 70 lines is none"
printf '/* x */\n\t\t\t\t\t\t\t\t\t\t\t\t%s\n' 'int five;' > "$work/wide.c"
"$awk" -f tests/rules/lines.awk "$work/wide.c" | something "a line of 101 columns is found" "wide.c:2: more"
seq -f 'int a%.0f;' 25 > "$work/silent.c"
"$awk" -f tests/rules/lines.awk "$work/silent.c" | something "a file that says nothing is found" "does not say"

memory "${of_modules[@]}" | nothing "modules, core and web take memory from the arena alone"
shown "memory taken elsewhere is found" memory '	char *p = malloc(n);'

statements "${but_db[@]}" | nothing "no SQL in C"
shown "SQL in C is found" statements '	x("SELECT id FROM members");'

markup "${but_mustache[@]}" | nothing "no HTML in C"
shown "HTML in C is found" markup '	buf_add(b, "<a href=");'

# What looks like comparing a secret and is none, and why.
reviewed='
# two fields of one form
# the name of an option
src/app/cli.c: strcmp(name, "password-stdin")
# the kind of a hash, which stands before it in clear
src/crypto/password.c: strncmp(hash, kind,
# the name of a header
src/http/request.c: strcmp(rq->headers[i].name, "HTTP_COOKIE")
src/web/carry.c: strcmp(rq->headers[i].name, "HTTP_COOKIE")
# the word for a way to sign in
src/signin/try.c: strcmp(t->signer.method, "password")
src/signin/prove.c: strcmp(method, "password")
src/signin/identity.c: strcmp(m->method, "password")
src/reset/reset_store.c: strcmp(db_dup(&rows, "method", cx->arena), "password")
'
compared "${but_crypto[@]}" | except "$reviewed" |
    nothing "secrets are compared by crypto_equal alone"
shown "a secret compared by memcmp is found" compared '	return memcmp(mac, token, 16) == 0;'
echo 'src/x.c:1: strcmp(token, y)' | except 'src/x.c: strcmp(token' | nothing "a reviewed line is let through"
echo 'src/x.c:1: strcmp(token, y)' | except 'src/y.c: strcmp(token' |
    something "a reviewed line that is gone is found" "not needed any more"

unsafe "${sources[@]}" | nothing "no call that cannot be used safely"
shown "an unsafe call is found" unsafe '	strcpy(a, b);'
plan
