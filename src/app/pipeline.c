/* One request, step by step: route, who, form, may they, run; and what is said when a step
 * fails.  Reading it off the wire is in http/fcgi.c, sending it in worker.c. */
#include "app/pipeline.h"

#include <stdlib.h>
#include <string.h>

#include "apikeys/apikeys.h"
#include "app/pool.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/tally.h"
#include "core/audit.h"
#include "core/language.h"
#include "core/place.h"
#include "core/throttle.h"
#include "db/db.h"
#include "http/url.h"
#include "signin/proof_pages.h"
#include "signin/signin.h"
#include "signin/signin_pages.h"
#include "web/api.h"
#include "web/carry.h"
#include "web/csrf.h"
#include "web/headers.h"
#include "web/link.h"
#include "web/page.h"

enum { FIELDS_MOST = 300, FIELD_LONGEST = 8 * 1024, AGAIN_MS = 2000, LATE_MS = 50 };

/* What became of a request before its page ran, beside the error code. */
enum refusal {
	REFUSED_NOT,
	REFUSED_SIGN_IN,     /* nobody is signed in, or has to anew for this tenant */
	REFUSED_CHANGE,      /* a temporary password is to be changed before anything else */
	REFUSED_PROOF,       /* the session's last proof is too old for this */
	REFUSED_MOVED,       /* the tenant has another slug now */
	REFUSED_STANDING,    /* suspended, deactivated or not accepted: said with its reason */
	REFUSED_FORM,        /* the form came from elsewhere */
	REFUSED_KEY,         /* no API key, or one that is not of the form of keys */
	REFUSED_GUESS        /* an API key that there is not, or not any more */
};

struct serving {
	struct ctx          *cx;
	struct request      *rq;
	struct response     *rs;
	const struct route  *route;
	unsigned             allowed;      /* methods of the path */
	int                  status;       /* of a refusal; 0: by the error's code */
	enum refusal         refusal;
	struct standing      standing;
	bool                 in_place;     /* entered a tenant as its member */
	int64_t              retry_at;     /* of a wait; 0: none */
	bool                 above;        /* the page above one whose matter is gone */
	struct str           kept;         /* headers of what was done before this, as the cookie */
};

/* A test may be ahead of the rest of the program. */
static int64_t
page_now(void)
{
#ifdef TEST_HOOKS
	const char *ahead = getenv("TENANTRY_NOW_PLUS_MS");

	return now_ms() + (ahead ? strtoll(ahead, NULL, 10) : 0);
#else
	return now_ms();
#endif
}

static bool
changes(const struct request *rq)
{
	return rq->method != M_GET && rq->method != M_HEAD;
}

static enum err
find(struct serving *s)
{
	s->route = route_find(s->cx->arena, s->rq, &s->allowed);
	if (s->route != NULL) {
		if (s->rq->body.len > (s->route->limit ? s->route->limit : ROUTE_LIMIT)) {
			s->status = 413;
			return ERR_INVALID;
		}
		return OK;
	}
	if (s->rq->method > M_POST || s->allowed) {
		s->status = 405;
		return ERR_INVALID;
	}
	return ERR_NOTFOUND;
}

/* A page that shows a form again takes what the form had more than once. */
static enum err
form(struct serving *s)
{
	bool   long_ones = s->rq->carried || s->route->flags & ROUTE_LONG;
	size_t whole = s->route->limit ? s->route->limit : ROUTE_LIMIT;

	TRY(form_parse(s->cx->arena, s->rq, FIELDS_MOST, long_ones ? whole : FIELD_LONGEST,
	    &s->status));
	if (s->rq->carried && !changes(s->rq))
		return OK;
	return form_twice(s->rq->form, s->route->many) ? ERR_INVALID : OK;
}

static enum err
identify(struct serving *s)
{
	struct ctx *cx = s->cx;

	TRY(signin_identify(cx, request_cookie(s->rq, cx->conf->secure ? "__Host-sid" : "sid"),
	    changes(s->rq)));
	if (cx->actor.kind == ACTOR_PERSON && cx->reader.tenants_ever > 1 && !changes(s->rq))
		TRY(signin_places(cx, &cx->places));
	return OK;
}

static enum err
from_here(struct serving *s)
{
	/* A carried form came with one that was checked. */
	if (!changes(s->rq) || s->rq->carried)
		return OK;
	s->refusal = REFUSED_FORM;
	TRY(csrf_origin(s->cx, s->rq));
	TRY(csrf_check(s->cx, s->rq));
	s->refusal = REFUSED_NOT;
	return OK;
}

static enum err
sign_in_first(struct serving *s)
{
	s->refusal = REFUSED_SIGN_IN;
	return ERR_DENIED;
}

/* Foreign and absent tenants give the same answer; to nobody, the sign-in page. */
static enum err
enter(struct serving *s, struct str slug)
{
	struct ctx *cx = s->cx;

	if (cx->actor.kind != ACTOR_PERSON)
		return sign_in_first(s);
	TRY(place_enter(cx, slug, &s->standing));
	switch (s->standing.kind) {
	case PLACE_NONE:
		return ERR_NOTFOUND;
	case PLACE_MOVED:
		s->refusal = REFUSED_MOVED;
		return ERR_DENIED;
	case PLACE_MEMBER:
		break;
	default:
		s->refusal = REFUSED_STANDING;
		return ERR_DENIED;
	}
	if (signin_verdict(cx, &s->standing) != SIGNIN_GOOD)
		return sign_in_first(s);
	if (s->rq->carried_in && s->rq->carried_in != cx->tenant)
		return ERR_NOTFOUND;
	s->in_place = true;
	if (cx->places.n == 0) {
		cx->places.items = ARENA_NEW(cx->arena, struct place_name);
		cx->places.items[0] = (struct place_name){ cx->tenant, cx->place->slug,
			cx->place->name, cx->role };
		cx->places.n = 1;
	}
	return OK;
}

/* What the route needs: wherever the actor may act, or in the workspace of the path, which must
 * be there. */
static enum err
holds(struct serving *s)
{
	struct ctx *cx = s->cx;
	enum perm   need = s->route->need;
	int64_t     workspace;

	if (strstr(s->route->path, "{workspace}")) {
		TRY(request_path_id(s->rq, "workspace", &workspace));
		TRY(access_workspace(cx, workspace));
	}
	if (need < PERM_FIRST)
		return access_need(cx, need, IN_TENANT);
	switch (perm_info(need)->scope) {
	case SCOPE_WORKSPACE:
		return access_need(cx, need, IN_WORKSPACE(cx->inside.id));
	case SCOPE_ORG:
		return access_need(cx, need, IN_ORG(cx->path));
	case SCOPE_TENANT:
		break;
	}
	return access_need(cx, need, IN_TENANT);
}

static enum err
gate(struct serving *s)
{
	struct ctx *cx = s->cx;
	enum perm   need = s->route->need;

	if (cx->actor.must_change && need != PERM_PUBLIC && !(s->route->flags & ROUTE_CHANGE)) {
		s->refusal = REFUSED_CHANGE;
		return ERR_DENIED;
	}
	if (s->rq->nparams && strcmp(s->rq->params[0].name, "tenant") == 0)
		TRY(enter(s, s->rq->params[0].value));
	if (need == PERM_PUBLIC)
		return OK;
	if (cx->actor.kind != ACTOR_PERSON)
		return sign_in_first(s);
	TRY(holds(s));
	if (!(s->route->flags & ROUTE_PROOF) || signin_proved(cx))
		return OK;
	s->refusal = REFUSED_PROOF;
	return ERR_DENIED;
}

/* The token of an emailed link leaves the address: it moves into a cookie of ten minutes,
 * so that neither history nor logs nor a Referer keep it. */
static bool
took_link(struct serving *s)
{
	struct str token = form_get(s->rq->form, "t");

	if (!(s->route->flags & ROUTE_LINK) || changes(s->rq) || token.len == 0)
		return false;
	link_keep(s->cx, s->rs, token);
	response_redirect(s->rs, s->route->path);
	return true;
}

/* Links can't be guessed; who tries all the same waits. */
static enum err
ask_link_waits(struct serving *s)
{
	struct ctx *cx = s->cx;

	if (!(s->route->flags & ROUTE_LINK))
		return OK;
	return throttle_ask(cx, THROTTLE_LINK, "", throttle_source(cx->arena, cx->peer),
	    &s->retry_at);
}

static enum err
count_dead_link(struct ctx *cx)
{
	bool waits;

	TRY(db_begin(cx->db));
	return db_finish(cx->db, throttle_count(cx, THROTTLE_LINK, "",
	    throttle_source(cx->arena, cx->peer), &waits));
}

static const char *
said(struct serving *s)
{
	struct ctx *cx = s->cx;

	if (s->above)
		return _("That is not there any more. Perhaps it is done already.");
	if (!s->rq->carried)
		return page_said(cx, form_get(s->rq->form, "said"));
	if (changes(s->rq))
		return NULL;
	if (s->rq->carried_kept == KEPT_NONE)
		return _("What you had typed was more than 32 KiB, so it could not be kept. "
		    "Nothing has been sent: please fill in this form again.");
	if (s->rq->carried_kept == KEPT_ALL)
		return _("What you had typed is here again. It has not been sent yet.");
	return _("What you had typed is here again, but for passwords, codes and files: please "
	    "fill in or choose these again. It has not been sent yet.");
}

/* ---------------------------------------------------------------- by a key */

static bool
is_api(const struct request *rq)
{
	static const char api[] = "/api/";

	return rq->path.len >= sizeof(api) - 1 && memcmp(rq->path.p, api, sizeof(api) - 1) == 0;
}

/* In an address it would stay in logs and histories. */
static enum err
no_key_in_address(struct serving *s)
{
	const struct form *f = s->rq->form;
	struct ctx        *cx = s->cx;

	if (!form_has(f, "api_key") && !form_has(f, "access_token") && !form_has(f, "token"))
		return OK;
	s->status = 400;
	return ctx_issue(cx, "", _("A key is sent in the header Authorization, never in an "
	    "address."));
}

/* What is no key at all is refused before the database is asked. */
static enum err
identify_key(struct serving *s)
{
	enum err e = apikeys_identify(s->cx, request_header(s->rq, "HTTP_AUTHORIZATION"));

	if (e != ERR_INVALID && e != ERR_DENIED)
		return e;
	s->refusal = e == ERR_INVALID ? REFUSED_KEY : REFUSED_GUESS;
	return ERR_DENIED;
}

static enum err
enter_by_key(struct serving *s, struct str slug)
{
	enum err e = apikeys_enter(s->cx, slug, &s->standing);

	s->in_place = e == OK;
	if (e == ERR_DENIED)
		s->refusal = s->standing.kind == PLACE_MOVED ? REFUSED_MOVED : REFUSED_STANDING;
	return e;
}

static enum err
api_steps(struct serving *s)
{
	struct ctx *cx = s->cx;
	enum err    e;

	TRY(no_key_in_address(s));
	TRY(identify_key(s));
	TRY(db_read_begin(cx->db));
	if (s->rq->nparams == 0 || strcmp(s->rq->params[0].name, "tenant") != 0)
		return ERR_NOTFOUND;
	TRY(enter_by_key(s, s->rq->params[0].value));
	TRY(holds(s));
	if (changes(s->rq))
		TRY(db_read_end(cx->db));
	TRY(db_readonly(cx->db, !changes(s->rq)));
	e = s->route->run(cx, s->rq, s->rs);
	TRY(db_readonly(cx->db, false));
	return e;
}

static int
status_of(enum err e)
{
	static const int statuses[] = { [OK] = 200, [ERR_INVALID] = 422, [ERR_DENIED] = 403,
		[ERR_NOTFOUND] = 404, [ERR_CONFLICT] = 409, [ERR_LIMIT] = 429, [ERR_BUSY] = 503,
		[ERR_FAULT] = 500 };

	return statuses[e];
}

static enum err
steps(struct serving *s)
{
	struct ctx *cx = s->cx;
	enum err    e;

	TRY(find(s));
	TRY(form(s));
	if (s->route->flags & ROUTE_API)
		return api_steps(s);
	TRY(db_read_begin(cx->db));
	TRY(identify(s));
	TRY(from_here(s));
	TRY(gate(s));
	TRY(ask_link_waits(s));
	cx->flash = said(s);
	if (s->rq->carried || s->above)
		cx->address = cx->here;
	if (took_link(s))
		return OK;
	if (changes(s->rq))
		TRY(db_read_end(cx->db));
	TRY(db_readonly(cx->db, !changes(s->rq)));
	if (s->above)
		s->rs->status = status_of(ERR_NOTFOUND);
	e = s->route->run(cx, s->rq, s->rs);
	TRY(db_readonly(cx->db, false));
	/* Without a token nothing was tried: a foreign page could send anybody here. */
	if (e == OK && s->rs->status == 410 && link_token(cx, s->rq).len > 0)
		cx->after = count_dead_link;
	return e;
}

/* ---------------------------------------------------------------- refusals */

/* Where the reader goes on after signing in: this page, or the one a form was on. */
static const char *
next_path(struct serving *s)
{
	struct str target = changes(s->rq) ? s->rq->path : s->rq->target;

	if (!route_leads(s->cx->arena, target))
		return "/";
	return arena_printf(s->cx->arena, "%.*s", (int)target.len, target.p);
}

/* A script would follow a 303 and look for its part of the page in the page that asks. */
static enum err
go_ask(struct serving *s, const char *to)
{
	const char *next = next_path(s);

	if (strcmp(next, "/") != 0)
		to = arena_printf(s->cx->arena, "%s?next=%s", to, url_encode(s->cx->arena, next));
	if (!s->rq->htmx)
		return page_go(s->rs, to);
	s->rs->status = 401;
	response_header(s->rs, "WWW-Authenticate", "Cookie");
	response_header(s->rs, "HX-Redirect", to);
	return OK;
}

/* A form whose session has ended goes along, when it is known whose it was. */
static enum err
ask_sign_in(struct serving *s)
{
	struct ctx *cx = s->cx;
	struct str  carried = STR("");

	if (proof_second(cx, s->rq, s->rs))
		return OK;
	if (cx->half.session)
		return go_ask(s, "/signin/code");
	if (changes(s->rq))
		carried = carry_seal(cx, CARRY_SIGN_IN, cx->actor.person ? cx->actor.person :
		    csrf_person(cx, s->rq), s->rq);
	if (carried.len == 0)
		return go_ask(s, "/signin");
	return signin_show_for(cx, s->rs, str_of(next_path(s)), carried);
}

/* The same address with the slug that the tenant has now; before is what stands before it. */
static const char *
moved_path(struct serving *s, const char *before)
{
	const char *rest = s->rq->path.p + strlen(before) + s->rq->params[0].value.len;
	size_t      len = s->rq->path.len - (size_t)(rest - s->rq->path.p);

	return arena_printf(s->cx->arena, "%s%s%.*s%s%.*s", before, s->cx->place->slug, (int)len,
	    rest, s->rq->query.len ? "?" : "", (int)s->rq->query.len, s->rq->query.p);
}

static const char *
standing_sentence(struct serving *s)
{
	struct ctx *cx = s->cx;

	switch (s->standing.kind) {
	case PLACE_SUSPENDED:
		return _("This account is suspended.");
	case PLACE_INVITED:
		return _("You are invited to this account, but have not accepted yet. Use the link "
		    "in the invitation's email.");
	default:
		return _("Your membership of this account is deactivated.");
	}
}

static enum err
forged_in_tx(struct ctx *cx)
{
	bool first = false;

	TRY(throttle_count(cx, THROTTLE_FORGED, "",
	    arena_printf(cx->arena, "%lld", (long long)cx->actor.person), &first));
	if (!first)
		return OK;
	return audit_person(cx, cx->actor.person, &(struct audit_entry){
	    .act = AUDIT_CSRF_REJECTED, .where = IN_TENANT, .name = cx->actor.label });
}

/* Somebody deactivated has no place in the tenant; its log tells of them all the same. */
static enum err
deactivated_refused(struct serving *s)
{
	struct ctx             as = *s->cx;
	const struct standing *st = &s->standing;

	as.tenant = as.place->id;
	as.actor.member = st->member;
	as.actor.label = st->name;
	as.role = st->role;
	as.path = st->path;
	TRY(access_refused(&as, s->route->need, s->route->path));
	s->cx->decision = as.decision;
	return OK;
}

/* The event of a refusal is written before the answer; when it can't be, the page says so
 * and the program log has it. */
static void
note_refusal(struct serving *s)
{
	struct ctx *cx = s->cx;
	enum err    e = OK;

	if (s->refusal == REFUSED_FORM && cx->actor.kind == ACTOR_PERSON) {
		e = db_begin(cx->db);
		if (e == OK)
			e = db_finish(cx->db, forged_in_tx(cx));
	} else if (s->refusal == REFUSED_STANDING && s->standing.kind == PLACE_DEACTIVATED)
		e = deactivated_refused(s);
	else if (s->in_place && s->refusal == REFUSED_NOT)
		e = access_refused(cx, s->route->need, s->route->path);
	if (e == OK)
		return;
	cx->not_recorded = true;
	tally_add(TALLY_AUDIT_LOST);
	log_event(LOG_ERROR, "audit_lost", "request", cx->request, "actor",
	    log_int(actor_number(cx)), "tenant", log_int(cx->tenant), "route",
	    s->route ? s->route->path : "", "what", "refusal");
}

static enum err
denied(struct serving *s)
{
	struct ctx *cx = s->cx;

	note_refusal(s);
	switch (s->refusal) {
	case REFUSED_STANDING:
		return page_problem(cx, s->rs, 403, standing_sentence(s), 0);
	case REFUSED_FORM:
		return page_problem(cx, s->rs, 403, _("This form was not sent from a page of this "
		    "site. Open the page again and send it from there."), 0);
	default:
		return page_problem(cx, s->rs, 403, cx->issues ? cx->issues->text : "", 0);
	}
}

/* What was done before this stays done: its cookie goes out with whatever is answered. */
static void
clear(struct serving *s)
{
	response_clear(s->rs);
	buf_put(&s->rs->headers, s->kept.p, s->kept.len);
}

static void
add_allow(struct serving *s)
{
	const char *list = "";

	if (s->allowed & 1u << M_GET)
		list = "GET, HEAD";
	if (s->allowed & 1u << M_POST)
		list = *list ? "GET, HEAD, POST" : "POST";
	response_header(s->rs, "Allow", *list ? list : "GET, HEAD, POST");
}

/* Keys can't be guessed; who tries all the same waits.  Nobody who has one is held up by that. */
static enum err
refuse_guess(struct serving *s)
{
	struct ctx *cx = s->cx;
	const char *source = throttle_source(cx->arena, cx->peer);
	enum err    e = throttle_ask(cx, THROTTLE_KEY, "", source, &s->retry_at);

	if (e == ERR_LIMIT)
		return api_problem(cx, s->rs, 429, "", s->retry_at);
	if (e == OK)
		(void)!throttle_note(cx, THROTTLE_KEY, "", source);
	return api_problem(cx, s->rs, 401, "", 0);
}

static enum err
refuse_api(struct serving *s, enum err e)
{
	struct ctx *cx = s->cx;
	int         status = s->status ? s->status : status_of(e);

	if (s->refusal == REFUSED_KEY)
		return api_problem(cx, s->rs, 401, "", 0);
	if (s->refusal == REFUSED_GUESS)
		return refuse_guess(s);
	if (s->refusal == REFUSED_MOVED) {
		response_header(s->rs, "Location", moved_path(s, "/api/v1/t/"));
		return api_problem(cx, s->rs, 308, "", 0);
	}
	if (s->status == 405)
		add_allow(s);
	if (e == ERR_DENIED)
		note_refusal(s);
	return api_problem(cx, s->rs, status, s->refusal == REFUSED_STANDING ?
	    standing_sentence(s) : cx->issues ? cx->issues->text : "",
	    e == ERR_BUSY ? cx->now + 5000 : s->retry_at);
}

static enum err
refuse(struct serving *s, enum err e)
{
	struct ctx *cx = s->cx;
	int64_t     retry = s->retry_at;
	const char *sentence = (e == ERR_INVALID || e == ERR_CONFLICT || e == ERR_LIMIT) &&
	    cx->issues ? cx->issues->text : "";

	clear(s);
	if (is_api(s->rq))
		return refuse_api(s, e);
	if (s->refusal == REFUSED_SIGN_IN)
		return ask_sign_in(s);
	if (s->refusal == REFUSED_CHANGE)
		return go_ask(s, "/signin/password");
	if (s->refusal == REFUSED_PROOF)
		return changes(s->rq) ? proof_show_for(cx, s->rq, s->rs) :
		    go_ask(s, "/signin/proof");
	if (s->refusal == REFUSED_MOVED)
		return page_go(s->rs, moved_path(s, "/t/"));
	if (s->status == 405)
		add_allow(s);
	if (e == ERR_DENIED)
		return denied(s);
	if (e == ERR_BUSY) {
		retry = cx->now + 5000;
		if (db_full(cx->db))
			sentence = _("The storage is full. Pages can be read, but nothing can be "
			    "changed until the operator has made room.");
	}
	return page_problem(cx, s->rs, s->status ? s->status : status_of(e), sentence, retry);
}

/* The last resort, without a template. */
static void
bare(struct serving *s)
{
	clear(s);
	s->rs->status = 500;
	response_header(s->rs, "Content-Type", "text/plain; charset=utf-8");
	s->rs->data = true;
	buf_init(&s->rs->body, s->cx->arena, 256);
	buf_printf(&s->rs->body, "Something went wrong. Request %s\n", s->cx->request);
}

/* A part of a page can't show why there is none: the browser opens the address itself, and
 * shows the whole answer.  What a form gets back is shown where the form was. */
static void
show_whole(struct serving *s)
{
	if (s->rq->htmx && !changes(s->rq) && s->rs->status >= 400 && s->rs->status != 401)
		response_header(s->rs, "HX-Redirect", *s->cx->here ? s->cx->here : "/");
}

/* ---------------------------------------------------------------- all of it */

static void
begin(struct worker_env *w, struct request *rq, struct response *rs, struct serving *s)
{
	struct ctx *cx = ARENA_NEW(w->arena, struct ctx);

	*cx = (struct ctx){
		.arena = w->arena,
		.db = w->db,
		.conf = w->conf,
		.keys = w->keys,
		.templates = w->templates,
		.languages = w->languages,
		.assets = w->assets, .kept = w->tenants,
		.actor = { .label = "" },
		.path = "/",
		.now = page_now(),
		.request = rq->id,
		.peer = rq->peer ? rq->peer : "",
		.client = "Web",
	};
	ctx_speak(cx, language_accepted(w->languages,
	    request_header(rq, "HTTP_ACCEPT_LANGUAGE")));
	if (str_maybe(w->arena, rq->user_agent, 512, &cx->user_agent))
		cx->user_agent = "?";
	cx->here = url_own_path(rq->target) ?
	    arena_printf(w->arena, "%.*s", (int)rq->target.len, rq->target.p) : "";
	*s = (struct serving){ .cx = cx, .rq = rq, .rs = rs };
	response_init(rs, w->arena);
	rs->status = 0;
	w->cx = cx;
	w->route = w->actor = "";
}

static enum err
all_steps(struct worker_env *w, struct serving *s)
{
	enum err e = steps(s);

	if (db_read_end(w->db) != OK || db_readonly(w->db, false) != OK)
		e = ERR_FAULT;
	return e;
}

/* A carried form, behind the proof or sign-in that it waited for. */
static enum err
attempt_carried(struct worker_env *w, struct request *rq, struct response *rs, struct serving *s)
{
	struct str kept = s->kept;
	bool       mail = s->cx->mail_added;

	begin(w, rq, rs, s);
	s->kept = kept;
	s->cx->mail_added = mail;
	clear(s);
	rs->status = 0;
	return all_steps(w, s);
}

static enum err
attempt(struct worker_env *w, struct request *rq, struct response *rs, struct serving *s)
{
	struct request *again;

	begin(w, rq, rs, s);
	TRY(all_steps(w, s));
	again = rs->again;
	if (again == NULL)
		return OK;
	s->kept = (struct str){ rs->headers.p, rs->headers.len };
	return attempt_carried(w, again, rs, s);
}

/* Nothing has been sent, and a changing call that was busy changed nothing; but a proof before it
 * stays.  Two long waits would be more than the watchdog allows. */
static enum err
attempt_twice(struct worker_env *w, struct request *rq, struct response *rs, struct serving *s)
{
	int64_t  began = mono_ms();
	enum err e = attempt(w, rq, rs, s);

	if (e != ERR_BUSY || !changes(s->rq) || db_full(w->db) || mono_ms() - began >= AGAIN_MS)
		return e;
	return s->rq->carried ? attempt_carried(w, s->rq, rs, s) : attempt(w, rq, rs, s);
}

/* The path without its last part. */
static struct str
above(struct str path)
{
	while (path.len && path.p[--path.len] != '/')
		;
	return path;
}

/* {E3} What a form acts on is there no more, mostly by its own first click: 404 all the same, but
 * with the nearest page above it that can be shown, and a line that says so. */
static enum err
show_above(struct worker_env *w, struct response *rs, struct serving *s)
{
	struct serving  was = *s;
	struct request *up = ARENA_NEW(w->arena, struct request);

	*up = *s->rq;
	up->method = M_GET;
	up->query = up->body = (struct str){ "", 0 };
	up->form = NULL;
	up->carried = false;
	for (up->path = above(up->path); above(above(up->path)).len; up->path = above(up->path)) {
		up->target = up->path;
		begin(w, up, rs, s);
		s->kept = was.kept;
		s->above = true;
		clear(s);
		rs->status = 0;
		if (all_steps(w, s) == OK && rs->status == status_of(ERR_NOTFOUND)) {
			s->rq = was.rq;
			return OK;
		}
	}
	*s = was;
	w->cx = was.cx;
	return ERR_NOTFOUND;
}

void
pipeline_serve(struct worker_env *w, struct request *rq, struct response *rs, enum err accepted)
{
	struct serving s;
	enum err       e;
#ifdef TEST_HOOKS
	int64_t        statements = db_counters(w->db).statements;
#endif

	if (accepted != OK) {
		begin(w, rq, rs, &s);
		s.status = accepted != ERR_LIMIT ? 400 : rq->path.len ? 413 : 414;
		e = ERR_INVALID;
	} else
		e = attempt_twice(w, rq, rs, &s);
	if (e == ERR_NOTFOUND && s.in_place && changes(s.rq) && !is_api(s.rq))
		e = show_above(w, rs, &s);
	if (e != OK && refuse(&s, e) != OK)
		bare(&s);
	show_whole(&s);
	headers_secure(s.cx, rs, !rs->data);
#ifdef TEST_HOOKS
	response_header(rs, "X-Statements",
	    log_int(db_counters(w->db).statements - statements));
#endif
	w->first_here = s.in_place && !s.cx->key && s.standing.signed_in_at < s.cx->actor.began_at;
	w->touch = w->first_here || (s.in_place && !s.cx->key &&
	    signin_touch_due(s.cx, &s.standing));
	w->route = s.route ? s.route->path : "";
	w->actor = actor_number(s.cx) ? log_int(actor_number(s.cx)) : "";
}

void
pipeline_after(struct worker_env *w, const struct request *rq, const struct response *rs)
{
	struct ctx *cx = w->cx;

	(void)rq;
	if (cx->mail_added)
		courier_wake();
	if (cx->after && (rs->status < 400 || rs->status == 410))
		(void)!cx->after(cx);
	if (!w->touch && !(cx->tenant && apikeys_used_due(cx)))
		return;
	/* Still due at the next request, so that a lock that is held does not hold up readers. */
	db_wait(w->db, LATE_MS);
	(void)!(cx->key ? apikeys_used(cx) : signin_touch(cx, w->first_here));
	db_wait(w->db, -1);
}
