# Reads C sources and prints "file:line: what is wrong":  functions over 70 lines, lines over 100
# columns (a tab is eight), line ends and blanks that do not belong there, and the opening comment
# that every file has.

function wrong(why)
{
	printf "%s:%d: %s\n", FILENAME, FNR, why
}

# Columns: characters, for LC_ALL is C.UTF-8, and tabs up to the next multiple of eight.
function columns(line,    i, n)
{
	gsub(/[\200-\277]/, "", line)
	n = 0
	for (i = 1; i <= length(line); i++)
		n = substr(line, i, 1) == "\t" ? n - n % 8 + 8 : n + 1
	return n
}

FNR == 1 {
	begin = 0
	opened = 0
}

FNR <= 20 && /\/\*/ {
	opened = 1
}

FNR == 21 && !opened {
	wrong("the file does not say what is in it")
}

columns($0) > 100 {
	wrong("more than 100 columns")
}

/[ \t\r]$/ {
	wrong("blanks at the end of the line")
}

/\/\/ / && !/"[^"]*\/\/ [^"]*"/ && !/:\/\// {
	wrong("a comment is /* ... */")
}

/(^|[^A-Za-z])(TODO|FIXME)([^A-Za-z]|$)/ {
	wrong("unfinished")
}

/^\{/ {
	begin = FNR
	name = before
}

/^\}/ && begin {
	if (FNR - begin + 1 > 70)
		printf "%s:%d: %s has %d lines\n", FILENAME, begin, name, FNR - begin + 1
	begin = 0
}

{
	before = $0
	sub(/\(.*/, "", before)
}
