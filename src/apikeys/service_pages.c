/* Keys of service accounts: making, replacing and deleting them.  The account's page lists them. */
#include "apikeys/apikeys_views.h"

#include "base/arena.h"
#include "base/id.h"
#include "svcaccounts/svcaccounts_views.h"
#include "web/confirm.h"
#include "web/csrf.h"
#include "web/page.h"
#include "web/tables.h"

#define KEYS SERVICE "/keys"

struct seat { struct svcaccount a; struct apikey k; };

static enum err
subject(struct ctx *cx, const struct request *rq, struct seat *s)
{
	int64_t id;

	TRY(service_subject(cx, rq, &s->a));
	TRY(request_path_id(rq, "key", &id));
	return apikeys_service_get(cx, s->a.id, id, &s->k);
}

static const char *
key_path(struct ctx *cx, const struct seat *s, const char *act)
{
	char id[14];

	id_text(s->k.id, id);
	return service_path(cx, s->a.id, ARENA_JOIN(cx->arena, "/keys/", id, act));
}

/* ---------------------------------------------------------------- one more */

/* Of what both the account and the reader hold. */
static enum err
show_form(struct ctx *cx, const struct request *rq, struct response *rs, const struct svcaccount *a,
    const struct apikey_input *in)
{
	const struct key_words words = { perm_both(a->held, cx->perms),
		_("All of the account's"), _("Whatever the account may do at the time."),
		_("What the account may see, and nothing that changes anything."),
		_("Some of the account's") };
	struct view           *v = view_new(cx->arena);

	view_text(v, "action", service_path(cx, a->id, "/keys/new"));
	view_text(v, "cancel_href", service_path(cx, a->id, ""));
	return apikeys_show_form(cx, rs, v, rq->form, in, &words);
}

static enum err
new_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct apikey_input in = { .expiry = STR("90"), .client = STR("https"),
		.scope = STR("all") };
	struct svcaccount   a;

	TRY(service_subject(cx, rq, &a));
	if (rq->carried)
		apikeys_read_form(rq->form, &in);
	return show_form(cx, rq, rs, &a, &in);
}

static enum err
make(struct ctx *cx, const struct request *rq, struct response *rs)
{
	int64_t             id = form_id_read(cx, form_get(rq->form, "form_id"));
	struct apikey_input in;
	struct apikey_made  made;
	struct svcaccount   a;
	enum err            e;

	TRY(service_subject(cx, rq, &a));
	apikeys_read_form(rq->form, &in);
	e = apikeys_make_for(cx, a.id, id, form_get(rq->form, "sealed"), &in, &made);
	if (page_answered(cx, rs, e, PERM_SERVICE_EDIT, KEYS "/new"))
		return show_form(cx, rq, rs, &a, &in);
	TRY(e);
	return apikeys_show_made(cx, rs, &made, service_path(cx, a.id, ""));
}

/* ---------------------------------------------------------------- in the place of another */

static enum err
show_again(struct ctx *cx, const struct request *rq, struct response *rs, const struct seat *s,
    const struct apikey_again *in)
{
	struct view *v = view_new(cx->arena);

	view_text(v, "action", key_path(cx, s, "/regenerate"));
	view_text(v, "cancel_href", service_path(cx, s->a.id, ""));
	return apikeys_show_again(cx, rs, v, rq->form, &s->k, in);
}

static struct apikey_again
read_again(const struct form *f)
{
	return (struct apikey_again){ form_get(f, "expiry"), form_get(f, "overlap") };
}

static enum err
again_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct seat         s;
	struct apikey_again in;

	TRY(subject(cx, rq, &s));
	if (s.k.ends_at)
		return ERR_NOTFOUND;
	in = rq->carried ? read_again(rq->form) : apikeys_usual_again(&s.k);
	return show_again(cx, rq, rs, &s, &in);
}

static enum err
regenerate(struct ctx *cx, const struct request *rq, struct response *rs)
{
	int64_t             id = form_id_read(cx, form_get(rq->form, "form_id"));
	struct apikey_again in = read_again(rq->form);
	struct apikey_made  made;
	struct svcaccount   a;
	struct seat         s;
	int64_t             old;
	enum err            e;

	/* One that ended at once is not there any more when the form is sent twice. */
	TRY(service_subject(cx, rq, &a));
	TRY(request_path_id(rq, "key", &old));
	e = apikeys_regenerate_for(cx, a.id, old, id, form_get(rq->form, "sealed"), &in, &made);
	if (page_answered(cx, rs, e, PERM_SERVICE_EDIT, KEYS "/{key}/regenerate")) {
		TRY(subject(cx, rq, &s));
		return show_again(cx, rq, rs, &s, &in);
	}
	TRY(e);
	return apikeys_show_made(cx, rs, &made, service_path(cx, a.id, ""));
}

/* ---------------------------------------------------------------- deleting */

static enum err
ask_delete(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct seat s;

	TRY(subject(cx, rq, &s));
	return confirm_show(cx, rq, rs, &(struct confirm){
	    .heading = _("Delete the key [name]?", "name", s.k.name),
	    .sentence = _("What uses [prefix]… stops working at once. This cannot be undone.",
	        "prefix", s.k.prefix),
	    .action = key_path(cx, &s, "/delete"), .button = _("Delete key"), .danger = true });
}

static enum err
delete_key(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct seat s;

	TRY(subject(cx, rq, &s));
	TRY(apikeys_delete_for(cx, s.a.id, s.k.id));
	return page_done(cx, rs, STR(""), service_path(cx, s.a.id, ""), _("[name] is deleted.",
	    "name", s.k.name));
}

const struct route service_keys_routes[] = {
	{ M_GET,  KEYS "/new", PERM_SERVICE_EDIT, new_page, ROUTE_PROOF, 0, NULL },
	{ M_POST, KEYS "/new", PERM_SERVICE_EDIT, make,     ROUTE_PROOF, 0, "permission" },
	{ M_GET,  KEYS "/{key}/regenerate", PERM_SERVICE_EDIT, again_page, ROUTE_PROOF, 0, NULL },
	{ M_POST, KEYS "/{key}/regenerate", PERM_SERVICE_EDIT, regenerate, ROUTE_PROOF, 0, NULL },
	{ M_GET,  KEYS "/{key}/delete", PERM_SERVICE_EDIT, ask_delete, ROUTE_PROOF, 0, NULL },
	{ M_POST, KEYS "/{key}/delete", PERM_SERVICE_EDIT, delete_key, ROUTE_PROOF, 0, NULL },
	ROUTE_END
};
