# Holds #include lines to the table of who may include whom.
#
#   awk -f layers.awk LAYERS FILE...      FILE as seen from the source folder: src/members/acts.c
#
# Prints "file:line: what is wrong" for each include that may not be; exit 1 when there was one,
# 2 when LAYERS itself is wrong.

function wrong(why)
{
	printf "%s:%d: %s\n", FILENAME, FNR, why
	found = 1
}

function broken(why)
{
	printf "%s:%d: %s\n", FILENAME, FNR, why
	bad = 1
	exit 2
}

function read_table(    i)
{
	if ($1 == "order") {
		for (i = 2; i <= NF; i++)
			place[$i] = ++places
	} else if ($1 == "only") {
		if (NF != 3)
			broken("\"only\" takes a header and a place")
		only[$2] = $3
	} else {
		if ($1 in may)
			broken("\"" $1 "\" stands here twice")
		may[$1] = " " substr($0, length($1) + 1) " "
		gsub(/[ \t]+/, " ", may[$1])
	}
}

# The layer of a file: its folder, or what kind of file of a module it is.
function layer_of(folder, file)
{
	if (folder in may && folder != "module" && folder != "pages")
		return folder
	if (!(folder in place))
		return ""
	return file ~ /_(pages|api)\.c$/ ? "pages" : "module"
}

function allows(layer, word)
{
	return index(may[layer], " " word " ") > 0
}

function check_own(target,    part, to)
{
	split(target, part, "/")
	to = part[1]
	if (target ~ /_store\.h$/ && to != folder)
		wrong("\"" target "\" is private to " to "/")
	else if (to == folder && (allows(layer, "self") || allows(layer, folder)))
		return
	else if (allows(layer, "*") || allows(layer, to))
		return
	else if (to in place && allows(layer, "modules"))
		return
	else if (to in place && allows(layer, "earlier")) {
		if (place[to] > place[folder])
			wrong("\"" target "\": " to "/ comes behind " folder "/ in the order")
	} else
		wrong("\"" target "\": " folder "/ (" layer ") may not include " to "/")
}

function check_library(target)
{
	if (target in only && index(FILENAME, only[target]) != 1)
		wrong("<" target "> belongs to " only[target] " alone")
}

FNR == 1 {
	table = ++files == 1
	if (!table) {
		split(FILENAME, path, "/")
		folder = path[2]
		layer = layer_of(folder, path[3])
		if (layer == "")
			wrong("the folder \"" folder "\" is not in LAYERS")
	}
}

table && !/^[ \t]*(#|$)/ {
	read_table()
}

!table && layer != "" && /^[ \t]*#[ \t]*include[ \t]/ {
	target = $0
	sub(/^[ \t]*#[ \t]*include[ \t]*/, "", target)
	if (target ~ /^"/) {
		sub(/^"/, "", target)
		sub(/".*/, "", target)
		if (target !~ /\//)
			wrong("\"" target "\": an include names its folder")
		else
			check_own(target)
	} else {
		sub(/^</, "", target)
		sub(/>.*/, "", target)
		check_library(target)
	}
}

END {
	if (bad)
		exit 2
	exit found ? 1 : 0
}
