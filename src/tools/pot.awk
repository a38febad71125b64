# Makes the catalogue for translators (.pot) of templates and C sources:
#   awk -v root=DIR/ -f pot.awk FILE... > tenantry.pot
# {{_ text}} in *.mustache, _("text") and N_("text") in the others.  "ctx:word text" has a
# context, "one | many" a plural; src/mustache/tmpl.h has the syntax.  White space in a
# template's text is one blank, as it is when the template is compiled.  Delimiters other
# than {{ }} are not known here.

function count_lines(s) {
	return gsub(/\n/, "\n", s)
}

function note(text, place,    context, key, bar) {
	context = ""
	if (text ~ /^ctx:/) {
		context = substr(text, 5)
		sub(/ .*/, "", context)
		sub(/^ctx:[^ ]* */, "", text)
	}
	bar = index(text, " | ")
	key = context SUBSEP (bar ? substr(text, 1, bar - 1) : text)
	if (!(key in places)) {
		order[++n] = key
		contexts[key] = context
		singular[key] = bar ? substr(text, 1, bar - 1) : text
	}
	if (bar)
		plural[key] = substr(text, bar + 3)
	places[key] = places[key] "#: " place "\n"
}

function template(text, file,    line, end, tag) {
	line = 1
	while (match(text, /\{\{/)) {
		line += count_lines(substr(text, 1, RSTART))
		text = substr(text, RSTART + 2)
		end = index(text, "}}")
		if (!end)
			return
		tag = substr(text, 1, end - 1)
		if (tag ~ /^[ \t\r\n]*_[ \t\r\n]/) {
			sub(/^[ \t\r\n]*_[ \t\r\n]+/, "", tag)
			gsub(/[ \t\r\n]+/, " ", tag)
			sub(/ $/, "", tag)
			gsub(/[\\"]/, "\\\\&", tag)
			note(tag, file ":" line)
		}
		line += count_lines(substr(text, 1, end))
		text = substr(text, end + 2)
	}
}

# The string literals at the beginning of text as one, left in "literal"; returns the rest.
function literals(text,    part) {
	literal = ""
	while (match(text, /^[ \t\r\n]*"([^"\\]|\\.)*"/)) {
		part = substr(text, 1, RLENGTH)
		text = substr(text, RLENGTH + 1)
		sub(/^[ \t\r\n]*"/, "", part)
		literal = literal substr(part, 1, length(part) - 1)
	}
	return text
}

# What comes after a comment or literal that begins with "token".
function skip(text, token,    end) {
	if (token == "/*") {
		end = index(text, "*/")
		return end ? substr(text, end + 2) : ""
	}
	if (token == "//") {
		end = index(text, "\n")
		return end ? substr(text, end) : ""
	}
	if (token == "\"")
		match(text, /^([^"\\]|\\.)*"/)
	else
		match(text, /^([^'\\]|\\.)*'/)
	return substr(text, RLENGTH > 0 ? RLENGTH + 1 : 1)
}

function source(text, file,    line, token, before, rest) {
	line = 1
	text = " " text
	while (match(text, /\/\*|\/\/|"|'|[^A-Za-z0-9_]N?_\(/)) {
		token = substr(text, RSTART, RLENGTH)
		line += count_lines(substr(text, 1, RSTART + RLENGTH - 1))
		text = substr(text, RSTART + RLENGTH)
		if (token ~ /\($/) {
			rest = literals(text)
			if (rest != text)
				note(literal, file ":" line)
		} else {
			rest = skip(text, token)
		}
		line += count_lines(substr(text, 1, length(text) - length(rest)))
		text = rest == "" ? "" : " " rest
	}
}

function done(    file) {
	file = path
	if (root != "" && index(file, root) == 1)
		file = substr(file, length(root) + 1)
	if (path ~ /\.mustache$/)
		template(content, file)
	else if (path != "")
		source(content, file)
}

FNR == 1 {
	done()
	path = FILENAME
	content = ""
}

{
	content = content $0 "\n"
}

END {
	done()
	print "msgid \"\"\nmsgstr \"\"\n\"MIME-Version: 1.0\\n\""
	print "\"Content-Type: text/plain; charset=UTF-8\\n\""
	print "\"Content-Transfer-Encoding: 8bit\\n\""
	print "\"Plural-Forms: nplurals=INTEGER; plural=EXPRESSION;\\n\""
	for (i = 1; i <= n; i++) {
		key = order[i]
		printf "\n%s", places[key]
		if (contexts[key] != "")
			print "msgctxt \"" contexts[key] "\""
		print "msgid \"" singular[key] "\""
		if (key in plural) {
			print "msgid_plural \"" plural[key] "\""
			print "msgstr[0] \"\"\nmsgstr[1] \"\""
		} else {
			print "msgstr \"\""
		}
	}
}
