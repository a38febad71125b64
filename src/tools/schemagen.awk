# Puts the steps of the schema into the program:
#
#   awk -v source=schema.c -f schemagen.awk db/schema/sqlite/0001-start.sql 0002-...
#
# The files are numbered without a gap.  A line "-- OLDEST: 3" names the oldest step whose
# program still runs on the schema once this step is applied; without it only this one's.
# Texts stay lines, for a C compiler need not take a literal of more than 4,095 bytes.
#
# Looking for the statements?  Those are made by sqlgen.awk.

function stop(why)
{
	print FILENAME ":" FNR ": " why > "/dev/stderr"
	failed = 1
	exit 1
}

function quoted(s, end)
{
	gsub(/\\/, "&&", s)
	gsub(/"/, "\\\"", s)
	gsub(/\?\?/, "?\\?", s)
	return "\"" s end "\""
}

FNR == 1 {
	name = FILENAME
	sub(/^.*\//, "", name)
	count++
	if (name !~ /^[0-9][0-9][0-9][0-9]-[a-z0-9-]+\.sql$/ || substr(name, 1, 4) + 0 != count)
		stop("expected a file named " sprintf("%04d", count) "-what-it-does.sql")
	names[count] = name
	oldest[count] = count
}
/^-- OLDEST:/ {
	oldest[count] = $3 + 0
	if (oldest[count] < 1 || oldest[count] > count)
		stop("there is no such step")
}
/^[ \t]*(--.*)?$/ { next }
{ body[count] = body[count] "\t" quoted($0, "\\n") ",\n" }

END {
	if (failed)
		exit 1
	if (count == 0)
		stop("no step")
	print "/* Made by schemagen.awk from the schema's files; change those. */" > source
	print "#include \"db/schema.h\"\n" > source
	for (i = 1; i <= count; i++)
		print "static const char *const step_" i "[] = {\n" body[i] "\tNULL\n};\n" > source

	print "static const struct schema_step steps[] = {" > source
	for (i = 1; i <= count; i++)
		print "\t{ " i ", " oldest[i] ", " quoted(names[i], "") ", step_" i " }," > source
	print "};\n" > source
	print "const struct schema_step *" > source
	print "schema_steps(size_t *n)\n{" > source
	print "\t*n = sizeof(steps) / sizeof(steps[0]);\n\treturn steps;\n}" > source
	close(source)
}
