# Makes the pages that nginx shows by itself:
#
#   awk -v manifest=static/dist/manifest.txt -v out=DIR -f errorpages.awk nginx/errors.txt
#
# DIR/<status>.html for each line "status|heading|sentences", with those of errors.de.txt beside
# it for browsers that like German best: nginx chooses, by SSI.  Without a manifest they have no
# style.  They look as templates/layout_plain.mustache and error.mustache do.

function asset(name, before, after)
{
	return name in assets ? before assets[name] after : ""
}

BEGIN {
	FS = "|"
	while (manifest != "" && (getline line < manifest) > 0) {
		split(line, pair, " ")
		assets[pair[1]] = "/static/" pair[2]
	}
}

# What nginx shows of the two.
function either(english, german)
{
	if (german == "")
		return english
	return "<!--# if expr=\"$http_accept_language = /^ *de/\" -->" german \
	    "<!--# else -->" english "<!--# endif -->"
}

function read_german(file, line, pair)
{
	sub(/\.txt$/, ".de.txt", file)
	while ((getline line < file) > 0)
		if (line !~ /^#|^$|[<>&"]/ && split(line, pair, "|") == 3) {
			headings[pair[1]] = pair[2]
			sentences[pair[1]] = pair[3]
		}
}

FNR == 1 { read_german(FILENAME) }
/^#/ || /^$/ { next }
NF != 3 || $1 !~ /^[45][0-9][0-9]$/ || $0 ~ /[<>&"]/ {
	print FILENAME ":" FNR ": expected status|heading|sentences" > "/dev/stderr"
	exit 1
}
{
	page = out "/" $1 ".html"
	shown = $1 == 497 ? 400 : $1      # which is what nginx sends for it
	print "<!doctype html>" > page
	heading = either($2, headings[$1])
	print "<html lang=\"" either("en", headings[$1] == "" ? "" : "de") "\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">" > page
	print "<title>" heading " · Tenantry</title>" > page
	print "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">" > page
	print "<meta name=\"robots\" content=\"noindex\">" > page
	printf "%s", asset("app.css", "<link rel=\"stylesheet\" href=\"", "\">\n") > page
	printf "%s", asset("favicon.svg", "<link rel=\"icon\" href=\"", "\">\n") > page
	print "</head>\n<body class=\"plain\">\n<header class=\"brand\">" > page
	printf "%s", asset("icons.svg", "<svg class=\"brand-mark\" aria-hidden=\"true\"><use href=\"",
	    "#brand\"/></svg>\n") > page
	print "<span class=\"brand-name\">Tenantry</span>\n</header>" > page
	print "<main id=\"main\" class=\"card wide\">" > page
	print "<p class=\"status-code\">" either("Error", "Fehler") " " shown "</p>" > page
	print "<h1>" heading "</h1>\n<p>" either($3, sentences[$1]) "</p>" > page
	print "<dl class=\"facts tight\"><div><dt>" either("Request", "Anfrage") "</dt>" \
	    "<dd><code><!--# echo var=\"request_id\" --></code></dd></div></dl>" > page
	print "</main>\n<footer class=\"foot\">\n<ul class=\"legal\">" > page
	print "<li><a href=\"/legal\">" either("Security and legal", "Sicherheit und Rechtliches") "</a></li>" > page
	print "</ul>\n</footer>\n</body>\n</html>" > page
	close(page)
}
