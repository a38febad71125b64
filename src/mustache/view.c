/* Views: the tree of names and values that a template sees, built in the request's arena.
 * Walking it is in render.c, its parts are declared in value.h. */
#include "mustache/view.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "base/arena.h"
#include "mustache/value.h"

enum { ENTRIES_FIRST = 8, TAGS_AT_ONCE = 8 };

struct key
key_of(const char *text)
{
	unsigned h = 0;

	for (const char *p = text; *p; p++)
		h = h * 31 + (unsigned char)*p;
	return (struct key){ text, (unsigned char)h };
}

static struct view *
view_like(struct arena *a, struct view *like)
{
	struct view *v = ARENA_NEW(a, struct view);

	v->arena = a;
	v->self = (struct value){ .kind = V_MAP, .map = v };
	v->like = like;
	return v;
}

struct view *
view_new(struct arena *a)
{
	return view_like(a, NULL);
}

static void
grow(struct view *v)
{
	uint32_t cap = v->cap ? v->cap * 2 : v->like && v->like->n ? v->like->n : ENTRIES_FIRST;
	struct entry *entries = ARENA_ARRAY(v->arena, struct entry, cap);

	if (v->n > 0)
		memcpy(entries, v->entries, v->n * sizeof *entries);
	v->entries = entries;
	v->cap = cap;
}

/* Where the value of a new key goes. */
static struct value *
put(struct view *v, const char *key)
{
	struct entry *e;

	if (!key)
		return &v->self;
	v->tags = NULL;
	v->keys = 0;
	if (v->n == v->cap)
		grow(v);
	if (v->like && (v->n >= v->like->n || v->like->entries[v->n].key != key))
		v->like = NULL;
	e = &v->entries[v->n++];
	e->key = key;
	return &e->value;
}

static uint64_t
mix(uint64_t h, uint64_t word)
{
	return ((h << 5 | h >> 59) ^ word) * UINT64_C(0x9e3779b97f4a7c15);
}

/* With its end, so that "ab", "c" is not "a", "bc". */
static uint64_t
mix_text(uint64_t h, const char *text)
{
	size_t n = strlen(text) + 1;
	uint64_t word;

	for (; n >= sizeof word; n -= sizeof word, text += sizeof word) {
		memcpy(&word, text, sizeof word);
		h = mix(h, word);
	}
	for (word = 0; n > 0; n--)
		word = word << 8 | (unsigned char)*text++;
	return mix(h, word + 1);
}

uint64_t
view_keys(struct view *v)
{
	if (v->keys)
		return v->keys;
	if (v->like && v->like->n == v->n && v->like->keys)
		return v->keys = v->like->keys;
	for (uint32_t i = 0; i < v->n; i++)
		v->keys = mix_text(v->keys, v->entries[i].key);
	return v->keys = v->keys ? v->keys : 1;
}

static void
tags_make(struct view *v)
{
	v->tags = ARENA_ARRAY(v->arena, unsigned char, v->n + TAGS_AT_ONCE);
	for (uint32_t i = 0; i < v->n; i++)
		v->tags[i] = key_of(v->entries[i].key).tag;
}

/* The tags that are equal have a high bit set, in the order of their bytes from the lowest on; one
 * behind an equal one may be set as well without being equal. */
static uint64_t
tags_equal(const unsigned char *tags, unsigned char tag)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t eight;

	memcpy(&eight, tags, sizeof eight);
	eight = le64toh(eight) ^ ones * tag;
	return (eight - ones) & ~eight & ones << 7;
}

const struct value *
view_get(struct view *v, const struct key *key)
{
	if (!v->tags)
		tags_make(v);
	for (uint32_t i = 0; i < v->n; i += TAGS_AT_ONCE) {
		uint64_t hits = tags_equal(v->tags + i, key->tag);

		for (; hits; hits &= hits - 1) {
			uint32_t at = i + (uint32_t)__builtin_ctzll(hits) / 8;

			if (at < v->n && (v->entries[at].key == key->text ||
			    strcmp(v->entries[at].key, key->text) == 0))
				return &v->entries[at].value;
		}
	}
	return NULL;
}

void
view_text(struct view *v, const char *key, const char *text)
{
	*put(v, key) = (struct value){ .kind = text ? V_TEXT : V_NULL, .text = text };
}

void
view_str(struct view *v, const char *key, struct str raw)
{
	static const char replacement[] = "\xEF\xBF\xBD";
	char *copy = ARENA_ARRAY(v->arena, char, raw.len * (sizeof replacement - 1) + 1);
	char *to = copy;

	for (size_t i = 0; i < raw.len;) {
		uint32_t character;
		size_t n = utf8_next(raw.p + i, raw.len - i, &character);
		bool good = n > 0 && character != 0;

		to = mempcpy(to, good ? raw.p + i : replacement, good ? n : 3);
		i += good ? n : 1;
	}
	view_text(v, key, copy);
}

void
view_int(struct view *v, const char *key, int64_t n)
{
	*put(v, key) = (struct value){ .kind = V_INT, .i = n };
}

void
view_num(struct view *v, const char *key, const char *decimal)
{
	*put(v, key) = (struct value){ .kind = V_NUM, .text = decimal };
}

void
view_id(struct view *v, const char *key, int64_t id)
{
	*put(v, key) = (struct value){ .kind = V_ID, .i = id };
}

void
view_null(struct view *v, const char *key)
{
	*put(v, key) = (struct value){ .kind = V_NULL };
}

void
view_flag(struct view *v, const char *key, bool on)
{
	*put(v, key) = (struct value){ .kind = V_FLAG, .i = on };
}

void
view_html(struct view *v, const char *key, struct str made_by_us)
{
	assert(made_by_us.len <= UINT32_MAX);
	*put(v, key) = (struct value){ .kind = V_HTML, .len = (uint32_t)made_by_us.len,
	    .text = made_by_us.p };
}

/* The same entry in the item before, when it is of this kind. */
static const struct value *
counterpart(struct view *v, const struct value *value, enum value_kind kind)
{
	const struct entry *other;

	if (!v->like || value == &v->self)
		return NULL;
	other = &v->like->entries[v->n - 1];
	return other->value.kind == kind ? &other->value : NULL;
}

struct view *
view_sub(struct view *v, const char *key)
{
	struct value *value = put(v, key);
	const struct value *like = counterpart(v, value, V_MAP);
	struct view *sub = view_like(v->arena, like ? like->map : NULL);

	*value = (struct value){ .kind = V_MAP, .map = sub };
	return sub;
}

/* Items mostly come one after the other, so the list is the newest entry. */
static struct value *
own_list(struct view *v, const char *key)
{
	if (!key)
		return v->self.kind == V_LIST ? &v->self : NULL;
	for (uint32_t i = v->n; i-- > 0;) {
		struct entry *e = &v->entries[i];

		if (e->key == key || (*e->key == *key && strcmp(e->key, key) == 0)) {
			assert(e->value.kind == V_LIST);
			return &e->value;
		}
	}
	return NULL;
}

struct view *
view_item(struct view *v, const char *key)
{
	struct value *value = own_list(v, key);
	const struct value *other;
	struct view *like = NULL;
	struct view *item;

	if (!value) {
		value = put(v, key);
		other = counterpart(v, value, V_LIST);
		like = other ? other->list->first : NULL;
		*value = (struct value){ .kind = V_LIST, .list = ARENA_NEW(v->arena, struct list) };
	} else {
		like = value->list->last;
	}
	item = view_like(v->arena, like);
	if (value->list->last)
		value->list->last->next = item;
	else
		value->list->first = item;
	value->list->last = item;
	return item;
}

void
view_text_item(struct view *v, const char *key, const char *text)
{
	view_text(view_item(v, key), NULL, text);
}

void
view_share(struct view *v, const char *key, struct view *from)
{
	const struct key    k = key_of(key);
	const struct value *list = view_get(from, &k);

	assert(list && list->kind == V_LIST);
	*put(v, key) = *list;
}
