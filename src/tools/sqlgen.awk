# Makes the numbered, closed set of SQL statements out of the .sql files:
#
#   awk -v root=SRCDIR/ -v header=sql.h -v source=sql.c -f sqlgen.awk FILE...
#
# A file is a list of statements, each after a line that names it:
#
#   -- NAME: members_page sqlite        the database it is for; none: for every one
#   -- SORT: name=name_key email=email_key
#   -- comment lines are dropped
#   SELECT ... WHERE ($KEY, id) $AFTER (?1, ?2) ORDER BY $KEY $DIR, id $DIR
#
# A SORT line makes a family of numbered statements: key by key, upwards and downwards;
# the first has the name itself, the rest name_2, name_3 and so on.  $KEY is the column,
# $AFTER is > upwards and < downwards, $DIR is ASC or DESC.
#
# Nothing is written when there is a mistake; it is told with file and line.
# Looking for the schema?  That is made by schemagen.awk.

function stop_at(where, why)
{
	print where ": " why > "/dev/stderr"
	failed = 1
	exit 1
}

function stop(why)
{
	stop_at(shown(FILENAME) ":" FNR, why)
}

# The file's name without the folder of the sources, so that every build says the same.
function shown(file)
{
	if (root != "" && index(file, root) == 1)
		return substr(file, length(root) + 1)
	return file
}

# Cuts a comment off the end of a line; leaves in "bare" the line without its quoted texts.
function scan(line,    i, n, c, quote)
{
	bare = ""
	quote = ""
	n = length(line)
	for (i = 1; i <= n; i++) {
		c = substr(line, i, 1)
		if (quote == "" && substr(line, i, 2) == "--")
			break
		if (quote == "")
			bare = bare c
		if (quote == "" && (c == "'" || c == "\""))
			quote = c
		else if (c == quote)
			quote = ""
	}
	if (quote != "")
		stop("a quoted text must end on its line")
	line = substr(line, 1, i - 1)
	sub(/[ \t\r]+$/, "", line)
	return line
}

function check_arguments(s,    n)
{
	while (match(s, /\?[0-9]*/)) {
		n = substr(s, RSTART + 1, RLENGTH - 1) + 0
		if (n < 1)
			stop("an argument needs its number: ?1")
		if (n > nargs)
			nargs = n
		s = substr(s, RSTART + RLENGTH)
	}
}

function check_words(s,    word)
{
	while (match(s, /\$[A-Za-z_]+/)) {
		word = substr(s, RSTART, RLENGTH)
		if (nkeys == 0)
			stop(word " without a SORT line")
		if (word != "$KEY" && word != "$AFTER" && word != "$DIR")
			stop("unknown " word)
		if (word == "$KEY")
			has_key = 1
		s = substr(s, RSTART + RLENGTH)
	}
}

# Whether the statement only reads: a SELECT, also one behind a WITH.
function only_reads(s)
{
	s = toupper(s)
	gsub(/[ \t\n]+/, " ", s)
	while (gsub(/\([^()]*\)/, " ", s))
		;
	if (s ~ /^ ?(SELECT|VALUES) /)
		return 1
	if (s !~ /^ ?WITH /)
		return 0
	return match(s, / (SELECT|VALUES|INSERT|UPDATE|DELETE|REPLACE) /) &&
	    substr(s, RSTART + 1, 6) ~ /^(SELECT|VALUES)$/
}

function add(nm, sql)
{
	if (nm in number)
		stop_at(place, "the name " nm " is taken by " places[number[nm]])
	number[nm] = count
	names[count] = nm
	texts[count] = sql
	places[count] = place
	files[count] = place_file
	lines[count] = place_line
	arguments[count] = nargs
	reads[count] = only_reads(code)
	count++
}

function add_family(    i, down, sql, n)
{
	if (!has_key)
		stop_at(place, "a SORT line, but no $KEY")
	n = 0
	for (i = 1; i <= nkeys; i++) {
		for (down = 0; down <= 1; down++) {
			sql = text
			gsub(/\$KEY/, keys[i], sql)
			gsub(/\$AFTER/, down ? "<" : ">", sql)
			gsub(/\$DIR/, down ? "DESC" : "ASC", sql)
			n++
			add(n == 1 ? name : name "_" n, sql)
		}
	}
}

function finish()
{
	if (name == "")
		return
	sub(/;[ \t\n]*$/, "", code)
	sub(/;[ \t\n]*$/, "", text)
	if (text == "")
		stop_at(place, name " has no text")
	if (index(code, ";"))
		stop_at(place, name " is more than one statement")
	if (engine != "" && engine != "sqlite")
		others[name] = place
	else if (nkeys > 0)
		add_family()
	else
		add(name, text)
	name = ""
}

function begin_statement(    n, w)
{
	finish()
	sub(/^[ \t]*--[ \t]*NAME:[ \t]*/, "")
	n = split($0, w, /[ \t\r]+/)
	if (n > 1 && w[n] == "")
		n--
	if (n < 1 || n > 2 || w[1] !~ /^[a-z][a-z0-9_]*$/)
		stop("expected \"-- NAME: lower_case_name [sqlite|postgres]\"")
	engine = n == 2 ? w[2] : ""
	if (engine != "" && engine != "sqlite" && engine != "postgres")
		stop("unknown database " engine)
	name = w[1]
	if ((name, engine) in seen)
		stop("the name " name " is taken by " seen[name, engine])
	place_file = shown(FILENAME)
	place_line = FNR
	place = place_file ":" place_line
	seen[name, engine] = place
	text = code = ""
	nargs = nkeys = has_key = 0
}

function read_sort(    i, n, w, pair)
{
	if (name == "" || text != "" || nkeys > 0)
		stop("a SORT line belongs right below its NAME line")
	sub(/^[ \t]*--[ \t]*SORT:[ \t]*/, "")
	n = split($0, w, /[ \t\r]+/)
	for (i = 1; i <= n; i++) {
		if (w[i] == "")
			continue
		if (w[i] !~ /^[a-z][a-z0-9_]*=[A-Za-z0-9_.]+$/)
			stop("expected key=column: " w[i])
		split(w[i], pair, "=")
		keys[++nkeys] = pair[2]
	}
	if (nkeys == 0)
		stop("a SORT line without a key")
}

function read_text(    line)
{
	line = scan($0)
	if (line == "")
		return
	if (name == "")
		stop("text before a NAME line")
	check_arguments(bare)
	check_words(bare)
	text = text (text == "" ? "" : "\n") line
	code = code "\n" bare
}

function quoted(s)
{
	gsub(/\\/, "&&", s)
	gsub(/"/, "\\\"", s)
	gsub(/\?\?/, "?\\?", s)
	gsub(/\n/, "\\n\"\n\t  \"", s)
	return "\"" s "\""
}

function write_header(    i)
{
	print "/* Made by sqlgen.awk from the .sql files; change those. */" > header
	print "#ifndef DB_SQL_H\n#define DB_SQL_H\n\n#include <stdbool.h>\n" > header
	print "enum sql {" > header
	for (i = 0; i < count; i++)
		print "\tSQL_" toupper(names[i]) "," > header
	print "\tSQL__COUNT\n};\n" > header
	print "/* What is known of each; nargs is the highest ?N. */" > header
	print "struct sql_text {" > header
	print "\tconst char *name;\n\tconst char *text;\n\tconst char *file;" > header
	print "\tint         line;\n\tint         nargs;" > header
	print "\tbool        select;    /* it only reads */\n};" > header
	print "extern const struct sql_text sql_texts[];" > header
	print "extern const int sql_count;\n\n#endif" > header
	close(header)
}

function write_source(    i)
{
	print "/* Made by sqlgen.awk from the .sql files; change those. */" > source
	print "#include \"db/sql.h\"\n" > source
	print "const int sql_count = SQL__COUNT;" > source
	print "const struct sql_text sql_texts[] = {" > source
	for (i = 0; i < count; i++) {
		print "\t{ \"" names[i] "\"," > source
		print "\t  " quoted(texts[i]) "," > source
		print "\t  " quoted(files[i]) ", " lines[i] ", " arguments[i] ", " \
		    (reads[i] ? "true" : "false") " }," > source
	}
	print "};" > source
	close(source)
}

BEGIN { count = 0 }
FNR == 1 { finish() }
/^[ \t]*--[ \t]*NAME:/ { begin_statement(); next }
/^[ \t]*--[ \t]*SORT:/ { read_sort(); next }
/^[ \t]*--/ { next }
{ read_text() }

END {
	if (failed)
		exit 1
	finish()
	if (count == 0)
		stop_at("sqlgen", "no statement in these files")
	for (name in others)
		if (!(name in number))
			stop_at(others[name], name " has no text for sqlite")
	write_header()
	write_source()
}
