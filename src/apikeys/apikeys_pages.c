/* The reader's own API keys: the list, making, editing, replacing and deleting them; and ending
 * another member's.  Where an administrator sees them is the page of a user's sessions. */
#include "apikeys/apikeys_views.h"

#include "base/arena.h"
#include "base/conf.h"
#include "base/id.h"
#include "profile/profile_views.h"
#include "roles/areas.h"
#include "web/confirm.h"
#include "web/csrf.h"
#include "web/page.h"
#include "web/tables.h"

#define KEYS "/t/{tenant}/keys"

static const char *
key_path(struct ctx *cx, int64_t id, const char *below)
{
	return page_path_id(cx, "/keys/", id, below);
}

/* ---------------------------------------------------------------- the list */

static const char *
permissions_words(struct ctx *cx, const struct apikey *k)
{
	if (k->scope == KEY_ALL && k->service)
		return _("All of the account's");
	if (k->scope == KEY_ALL)
		return k->member == cx->actor.member ? _("All of mine") : _("All of theirs");
	return k->scope == KEY_READ ? _("Read-only") : _("[n] permission | [n] permissions", "n",
	    ctx_number(cx, (int64_t)perm_count(k->perms)));
}

void
apikeys_show(struct ctx *cx, struct view *row, const struct apikey *k)
{
	const struct key_client *client = key_client(k->client);

	view_text(row, "name", k->name);
	view_text(row, "description", k->description);
	view_text(row, "prefix", k->prefix);
	view_text(row, "permissions", permissions_words(cx, k));
	view_text(row, "held", k->scope == KEY_SOME ? perm_set_text(cx->arena, k->perms) : "");
	view_text(row, "client", client ? ctx_say(cx, client->label, (char *)0) : k->client);
	view_time(cx, row, "created", k->created_at);
	view_time(cx, row, "expires", k->expires_at);
	view_time(cx, row, "used", k->used_at);
	view_time(cx, row, "ends", k->ends_at);
	view_text(row, "address", k->used_from);
	view_flag(row, "expired", k->expired);
	view_flag(row, "replaced", k->ends_at != 0);
}

static enum err
list_keys(struct ctx *cx, const struct request *rq, struct response *rs)
{
	static const char *const state[] = { "sort", "dir", NULL };
	const struct list_edge   none = { NULL, 0 };
	struct view             *v = view_new(cx->arena);
	struct list_query        q = { page_path(cx, "/keys"), rq->form, state };
	struct list_want         w;
	struct apikey_list       l;

	TRY(list_read(cx, rq->form, KEYS_SORTS, 0, &w));
	TRY(apikeys_list(cx, &w, &l));
	profile_tabs(cx, v, "/keys");
	view_flag(v, "has_rows", l.n > 0);
	view_text(v, "counted", _("[n] of [most] keys", "n", ctx_number(cx, (int64_t)l.counted),
	    "most", ctx_number(cx, cx->place->keys_most)));
	if ((int64_t)l.counted < cx->place->keys_most)
		view_text(v, "new_href", page_path(cx, "/keys/new"));
	for (size_t i = 0; i < l.n; i++) {
		struct view *row = view_item(v, "keys");

		apikeys_show(cx, row, &l.items[i]);
		view_text(row, "edit_href", key_path(cx, l.items[i].id, "/edit"));
		view_text(row, "cell_href", key_path(cx, l.items[i].id, ""));
		view_text(row, "delete_href", key_path(cx, l.items[i].id, "/delete"));
		if (l.items[i].ends_at == 0)
			view_text(row, "again_href", key_path(cx, l.items[i].id, "/regenerate"));
	}
	list_show(cx, v, &q, KEYS_SORTS, &w, false, none, none);
	return page_show(cx, rs, "apikeys/list", v);
}

/* ---------------------------------------------------------------- one that was made */

void
apikeys_show_secret(struct ctx *cx, struct view *v, const struct apikey_made *made)
{
	view_text(v, "key", made->key.name);
	view_time(cx, v, "expires", made->key.expires_at);
	if (made->secret == NULL)
		return;
	view_text(v, "secret", made->secret);
	view_text(v, "line", ARENA_JOIN(cx->arena, "curl -H \"Authorization: Bearer ",
	    made->secret, "\" ", cx->conf->base_url, "/api/v1/t/", cx->place->slug, "/me"));
}

/* The secret is in this answer and in no other. */
enum err
apikeys_show_made(struct ctx *cx, struct response *rs, const struct apikey_made *made,
    const char *keys_href)
{
	struct view *v = view_new(cx->arena);

	if (made->secret == NULL)
		return page_done(cx, rs, STR(""), keys_href, _("This key was made "
		    "already. Its secret is shown only once."));
	apikeys_show_secret(cx, v, made);
	view_text(v, "name", made->key.name);
	view_flag(v, "service", made->key.service != 0);
	view_text(v, "keys_href", keys_href);
	return page_show(cx, rs, "apikeys/made", v);
}

void
apikeys_show_sealed(struct ctx *cx, struct view *v, const struct form *f)
{
	struct str  text = form_get(f, "form_id");
	const char *fresh = form_id_new(cx);
	int64_t     id = form_id_read(cx, text);

	if (id == 0) {
		text = str_of(fresh);
		id = form_id_read(cx, text);
	}
	view_str(v, "form_id", text);
	view_text(v, "sealed", apikeys_sealed(cx, id, form_get(f, "sealed")));
}

static void
add_option(struct view *v, const char *list, const char *value, const char *label,
    struct str chosen)
{
	struct view *option = view_item(v, list);

	view_text(option, "value", value);
	view_text(option, "label", label);
	view_flag(option, "selected", str_equal(str_of(value), chosen));
}

void
apikeys_show_expiries(struct ctx *cx, struct view *v, struct str chosen)
{
	for (const struct key_life *l = key_lives; l->word; l++)
		if (key_life_allowed(cx, l))
			add_option(v, "expiries", l->word, l->days ? _("In [n] days", "n",
			    l->word) : _("Never"), chosen);
}

/* ---------------------------------------------------------------- making */

void
apikeys_read_form(const struct form *f, struct apikey_input *in)
{
	*in = (struct apikey_input){ .name = form_get(f, "name"),
		.description = form_get(f, "description"), .client = form_get(f, "client"),
		.expiry = form_get(f, "expiry"), .scope = form_get(f, "scope"),
		.version = form_int(f, "version") };
	in->perms = page_permissions(f, &in->strange);
}

static void
show_permission(struct ctx *cx, struct view *area, enum perm p, struct perm_set ticked)
{
	struct view *row = view_item(area, "permissions");
	enum perm    implied = perm_implied(p);

	view_text(row, "key", perm_info(p)->key);
	view_text(row, "title", _(perm_info(p)->title));
	view_flag(row, "checked", perm_in(ticked, p));
	if (implied != p)
		view_text(row, "implies", perm_info(implied)->key);
}

static void
show_permissions(struct ctx *cx, struct view *v, struct perm_set most, struct perm_set ticked)
{
	for (const struct perm_area *a = perm_areas; a->key; a++) {
		struct view *area = NULL;

		for (enum perm p = PERM_FIRST; p < PERM__COUNT; p++) {
			if (!perm_in_area(p, a) || !perm_in(most, p))
				continue;
			if (area == NULL) {
				area = view_item(v, "areas");
				view_text(area, "area", _(a->title));
				view_text(area, "id", a->key);
			}
			show_permission(cx, area, p, ticked);
		}
	}
}

static void
show_scopes(struct ctx *cx, struct view *v, const struct key_words *words, struct str chosen)
{
	const struct { const char *value, *label, *line; bool offered; } scopes[] = {
		{ "all", words->all, words->all_line, true },
		{ "read", _("Read-only"), words->read_line, true },
		{ "some", words->some, _("Only the permissions chosen below."),
		    words->most.bits != 0 },
	};

	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		struct view *s;

		if (!scopes[i].offered)
			continue;
		s = view_item(v, "scopes");
		view_text(s, "value", scopes[i].value);
		view_text(s, "label", scopes[i].label);
		view_text(s, "line", scopes[i].line);
		view_flag(s, "checked", str_equal(chosen, str_of(scopes[i].value)));
	}
}

enum err
apikeys_show_form(struct ctx *cx, struct response *rs, struct view *v, const struct form *f,
    const struct apikey_input *in, const struct key_words *words)
{
	apikeys_show_sealed(cx, v, f);
	view_str(v, "name", in->name);
	view_str(v, "description", in->description);
	view_text(v, "some", words->some);
	apikeys_show_expiries(cx, v, in->expiry);
	for (const struct key_client *c = key_clients; c->word; c++)
		add_option(v, "clients", c->word, ctx_say(cx, c->label, (char *)0), in->client);
	show_scopes(cx, v, words, in->scope);
	view_flag(v, "may_choose", words->most.bits != 0);
	show_permissions(cx, v, words->most,
	    perm_set_read(perm_set_text(cx->arena, in->perms)));
	return page_show(cx, rs, "apikeys/form", v);
}

/* Of what the reader holds; more a key cannot hold. */
static enum err
show_form(struct ctx *cx, const struct request *rq, struct response *rs,
    const struct apikey_input *in)
{
	const struct key_words words = { cx->perms, _("All of mine"),
		_("Whatever I may do at the time."),
		_("What I may see, and nothing that changes anything."), _("Some of mine") };
	struct view           *v = view_new(cx->arena);

	view_text(v, "action", page_path(cx, "/keys/new"));
	view_text(v, "cancel_href", page_path(cx, "/keys"));
	return apikeys_show_form(cx, rs, v, rq->form, in, &words);
}

static enum err
new_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct apikey_input in = { .expiry = STR("90"), .client = STR("https"),
		.scope = STR("all") };

	if (rq->carried)
		apikeys_read_form(rq->form, &in);
	return show_form(cx, rq, rs, &in);
}

static enum err
make(struct ctx *cx, const struct request *rq, struct response *rs)
{
	int64_t             id = form_id_read(cx, form_get(rq->form, "form_id"));
	struct apikey_input in;
	struct apikey_made  made;
	enum err            e;

	apikeys_read_form(rq->form, &in);
	e = apikeys_make(cx, id, form_get(rq->form, "sealed"), &in, &made);
	if (page_answered(cx, rs, e, PERM_SIGNED_IN, KEYS "/new"))
		return show_form(cx, rq, rs, &in);
	TRY(e);
	return apikeys_show_made(cx, rs, &made, page_path(cx, "/keys"));
}

/* ---------------------------------------------------------------- another in its place */

enum err
apikeys_show_again(struct ctx *cx, struct response *rs, struct view *v, const struct form *f,
    const struct apikey *k, const struct apikey_again *in)
{
	apikeys_show_sealed(cx, v, f);
	view_text(v, "name", k->name);
	view_text(v, "prefix", k->prefix);
	apikeys_show_expiries(cx, v, in->expiry);
	add_option(v, "overlaps", "0", _("Stops at once"), in->overlap);
	add_option(v, "overlaps", "1", _("Goes on for 1 hour"), in->overlap);
	add_option(v, "overlaps", "24", _("Goes on for 24 hours"), in->overlap);
	add_option(v, "overlaps", "72", _("Goes on for 72 hours"), in->overlap);
	return page_show(cx, rs, "apikeys/again", v);
}

static enum err
show_again(struct ctx *cx, const struct request *rq, struct response *rs, const struct apikey *k,
    const struct apikey_again *in)
{
	struct view *v = view_new(cx->arena);

	view_text(v, "action", key_path(cx, k->id, "/regenerate"));
	view_text(v, "cancel_href", page_path(cx, "/keys"));
	return apikeys_show_again(cx, rs, v, rq->form, k, in);
}

static enum err
subject(struct ctx *cx, const struct request *rq, struct apikey *k)
{
	int64_t id;

	TRY(request_path_id(rq, "key", &id));
	return apikeys_get(cx, id, k);
}

/* As long as the one before was good for. */
static struct str
usual_expiry(const struct apikey *k)
{
	int64_t days = (k->expires_at - k->created_at) / (24 * 3600 * 1000);

	if (k->expires_at == 0)
		return STR("none");
	return days > 90 ? STR("365") : days > 60 ? STR("90") : days > 30 ? STR("60") : STR("30");
}

struct apikey_again
apikeys_usual_again(const struct apikey *k)
{
	return (struct apikey_again){ usual_expiry(k), STR("24") };
}

static enum err
again_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct apikey       k;
	struct apikey_again in;

	TRY(subject(cx, rq, &k));
	if (k.ends_at)
		return ERR_NOTFOUND;
	in = apikeys_usual_again(&k);
	if (rq->carried)
		in = (struct apikey_again){ form_get(rq->form, "expiry"),
			form_get(rq->form, "overlap") };
	return show_again(cx, rq, rs, &k, &in);
}

static enum err
regenerate(struct ctx *cx, const struct request *rq, struct response *rs)
{
	int64_t             id = form_id_read(cx, form_get(rq->form, "form_id"));
	struct apikey_again in = { form_get(rq->form, "expiry"), form_get(rq->form, "overlap") };
	struct apikey       k;
	struct apikey_made  made;
	int64_t             old;
	enum err            e;

	TRY(request_path_id(rq, "key", &old));
	e = apikeys_regenerate(cx, old, id, form_get(rq->form, "sealed"), &in, &made);
	if (page_answered(cx, rs, e, PERM_SIGNED_IN, KEYS "/new")) {
		TRY(apikeys_get(cx, old, &k));
		return show_again(cx, rq, rs, &k, &in);
	}
	TRY(e);
	return apikeys_show_made(cx, rs, &made, page_path(cx, "/keys"));
}

/* ---------------------------------------------------------------- editing, deleting */

static void
mark_change(struct ctx *cx, struct view *v, const char *key, struct str typed, const char *now)
{
	if (!str_equal(str_trim(typed), str_of(now)))
		view_text(v, key, *now ? now : _("nothing"));
}

static enum err
show_edit(struct ctx *cx, const struct request *rq, struct response *rs, const struct apikey *k,
    const struct apikey_input *in)
{
	struct view *v = view_new(cx->arena);
	bool         changed = in->version != k->version;

	view_text(v, "action", key_path(cx, k->id, "/edit"));
	view_int(v, "version", k->version);
	view_str(v, "name", in->name);
	view_str(v, "description", in->description);
	view_flag(v, "changed", changed);
	if (changed) {
		mark_change(cx, v, "name_now", in->name, k->name);
		mark_change(cx, v, "description_now", in->description, k->description);
		rs->status = 409;
	}
	page_back_show(cx, rq, v, page_path(cx, "/keys"));
	return page_show(cx, rs, "apikeys/edit", v);
}

static enum err
edit_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct apikey       k;
	struct apikey_input in;

	TRY(subject(cx, rq, &k));
	in = (struct apikey_input){ .name = str_of(k.name), .description = str_of(k.description),
		.version = k.version };
	if (rq->carried)
		apikeys_read_form(rq->form, &in);
	return show_edit(cx, rq, rs, &k, &in);
}

static enum err
edit(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct apikey       k;
	struct apikey_input in;
	enum err            e;

	TRY(subject(cx, rq, &k));
	apikeys_read_form(rq->form, &in);
	e = apikeys_edit(cx, k.id, &in);
	if (e == ERR_CONFLICT)
		TRY(subject(cx, rq, &k));
	if (e == ERR_CONFLICT || e == ERR_INVALID)
		return show_edit(cx, rq, rs, &k, &in);
	TRY(e);
	return page_done(cx, rs, form_get(rq->form, "back"), page_path(cx, "/keys"),
	    _("The key is saved."));
}

static enum err
ask_delete(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct apikey k;

	TRY(subject(cx, rq, &k));
	return confirm_show(cx, rq, rs, &(struct confirm){
	    .heading = _("Delete the key [name]?", "name", k.name),
	    .sentence = _("What uses [prefix]… stops working at once. This cannot be undone.",
	        "prefix", k.prefix),
	    .action = key_path(cx, k.id, "/delete"), .button = _("Delete key"), .danger = true });
}

static enum err
delete_key(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct apikey k;

	TRY(subject(cx, rq, &k));
	TRY(apikeys_delete(cx, k.id));
	return page_done(cx, rs, STR(""), page_path(cx, "/keys"), _("[name] is deleted.", "name",
	    k.name));
}

/* ---------------------------------------------------------------- another's */

static enum err
find_theirs(struct ctx *cx, const struct request *rq, struct member *m, struct apikey *k)
{
	struct apikey_list l;
	int64_t            user, id;

	TRY(request_path_id(rq, "user", &user));
	TRY(request_path_id(rq, "key", &id));
	TRY(members_may(cx, user, PERM_USER_KEY, m));
	TRY(apikeys_of(cx, m, &l));
	for (size_t i = 0; i < l.n; i++)
		if (l.items[i].id == id) {
			*k = l.items[i];
			return OK;
		}
	return ERR_NOTFOUND;
}

static const char *
their_path(struct ctx *cx, const struct member *m, const char *below)
{
	return page_path_id(cx, "/users/", m->id, below);
}

static enum err
ask_end(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	struct apikey k;
	char          id[14];

	TRY(find_theirs(cx, rq, &m, &k));
	id_text(k.id, id);
	return confirm_show(cx, rq, rs, &(struct confirm){
	    .heading = _("End the key [key] of [name]?", "key", k.name, "name", m.name),
	    .sentence = _("What uses [prefix]… stops working at once. [name] gets an email.",
	        "prefix", k.prefix, "name", m.name),
	    .action = their_path(cx, &m, ARENA_JOIN(cx->arena, "/keys/", id, "/end")),
	    .button = _("End key"), .danger = true });
}

static enum err
end_key(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	struct apikey k;

	TRY(find_theirs(cx, rq, &m, &k));
	TRY(apikeys_end(cx, m.id, k.id));
	return page_done(cx, rs, form_get(rq->form, "back"), their_path(cx, &m, "/sessions"),
	    _("The key [key] of [name] is ended.", "key", k.name, "name", m.name));
}

#define THEIRS "/t/{tenant}/users/{user}/keys/{key}/end"

const struct route apikeys_routes[] = {
	{ M_GET,  KEYS,                   PERM_SIGNED_IN, list_keys,  0, 0, NULL },
	{ M_GET,  KEYS "/new",            PERM_SIGNED_IN, new_page,   ROUTE_PROOF, 0, NULL },
	{ M_POST, KEYS "/new",            PERM_SIGNED_IN, make,       ROUTE_PROOF, 0,
	    "permission" },
	{ M_GET,  KEYS "/{key}/edit",     PERM_SIGNED_IN, edit_page,  0, 0, NULL },
	{ M_POST, KEYS "/{key}/edit",     PERM_SIGNED_IN, edit,       0, 0, NULL },
	{ M_GET,  KEYS "/{key}/regenerate", PERM_SIGNED_IN, again_page, ROUTE_PROOF, 0, NULL },
	{ M_POST, KEYS "/{key}/regenerate", PERM_SIGNED_IN, regenerate, ROUTE_PROOF, 0, NULL },
	{ M_GET,  KEYS "/{key}/delete",   PERM_SIGNED_IN, ask_delete, ROUTE_PROOF, 0, NULL },
	{ M_POST, KEYS "/{key}/delete",   PERM_SIGNED_IN, delete_key, ROUTE_PROOF, 0, NULL },
	{ M_GET,  THEIRS,                 PERM_USER_KEY,  ask_end,    ROUTE_PROOF, 0, NULL },
	{ M_POST, THEIRS,                 PERM_USER_KEY,  end_key,    ROUTE_PROOF, 0, NULL },
	ROUTE_END
};
