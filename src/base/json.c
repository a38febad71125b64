/* Writing JSON.  Nothing here reads any. */
#include "base/json.h"

void
json_text(struct buf *b, const char *text)
{
	if (text == NULL) {
		buf_puts(b, "null");
		return;
	}
	buf_put(b, "\"", 1);
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			buf_printf(b, "\\u%04x", c);
		else
			buf_put(b, p, 1);
	}
	buf_put(b, "\"", 1);
}

static void
json_key(struct json *j, const char *key)
{
	if (j->more)
		buf_puts(j->b, ",");
	j->more = true;
	if (key == NULL)
		return;
	json_text(j->b, key);
	buf_puts(j->b, ":");
}

void
json_open(struct json *j, const char *key, char bracket)
{
	json_key(j, key);
	buf_put(j->b, &bracket, 1);
	j->more = false;
}

void
json_close(struct json *j, char bracket)
{
	buf_put(j->b, &bracket, 1);
	j->more = true;
}

void
json_put(struct json *j, const char *key, const char *text)
{
	json_key(j, key);
	json_text(j->b, text);
}

void
json_int(struct json *j, const char *key, int64_t n)
{
	json_key(j, key);
	buf_printf(j->b, "%lld", (long long)n);
}

void
json_flag(struct json *j, const char *key, bool on)
{
	json_key(j, key);
	buf_puts(j->b, on ? "true" : "false");
}
