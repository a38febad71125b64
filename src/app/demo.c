/* Made-up tenants.  People are made by the same calls as real ones, in the order of made-up
 * time, so that counts, search and the log are what they would be. */
#include "app/demo.h"

#include <string.h>

#include "app/demo_access.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/id.h"
#include "base/log.h"
#include "core/audit.h"
#include "core/place.h"
#include "crypto/crypto.h"
#include "crypto/password.h"
#include "db/db.h"
#include "invites/invites.h"
#include "members/members.h"
#include "setup/setup.h"
#include "signin/signin.h"

#define DAY INT64_C(86400000)
/* A commit writes each page that it changed, and the many indexes spread a member over many: few
 * long transactions write much less. */
enum { CHUNK = 500, LONG_CHUNK = 20000, MANY = 200000, FOLD_IN = 10 * CHUNK };
enum { TOGETHER_LEAST = 20, TOGETHER_MOST = 5000, TOGETHER_DAYS = 30 };
enum { YEARS_BACK_DAYS = 700, ADMINS = 3, PERCENT = 100, AGAIN_DAYS = 4, NAME_LONGEST = 60 };

static const char *const given[] = {
	"Ana", "Bo", "Carla", "Dmitri", "Elif", "Farid", "Greta", "Hana", "Ivo", "Jana", "Kofi",
	"Lena", "Maria", "Noor", "Oskar", "Priya", "Quentin", "Rosa", "Sven", "Tariq", "Uma",
	"Viktor", "Wanda", "Ximena", "Yusuf", "Zora", "Søren", "Łukasz", "Zoë", "José", "Amélie",
	"Björn", "Chiara", "Dana", "Emil", "Fatima", "Gustav", "Henrike", "Ines", "Jakub",
};
static const char *const family[] = {
	"Abara", "Bauer", "Castillo", "Dvořák", "Eriksen", "Fischer", "García", "Hoffmann",
	"Ivanova", "Jansen", "Kowalski", "Lindqvist", "Marchetti", "Nakamura", "Okafor", "Petrov",
	"Quist", "Rossi", "Schneider", "Tanaka", "Usman", "Vogel", "Weber", "Xu", "Yılmaz",
	"Zimmermann", "Åkesson", "Brandt", "Cohen", "Duarte", "Engel", "Fontaine", "Grimm",
	"Haddad", "Iyer", "Juhász", "Keller", "Laurent", "Moreau", "Novak",
};
static const char *const companies[] = {
	"Acme", "Borealis Works", "Cobalt Rail", "Delta Foods", "Ember Energy", "Fjord Health",
	"Granite Bank", "Harbour Tools", "Iris Optics", "Juniper Labs", "Kestrel Air",
	"Lumen Light", "Meridian Maps", "Nimbus Cloud", "Onyx Security", "Prairie Farms",
	"Quarry Stone", "Ripple Water", "Summit Sports", "Tundra Gear",
};
enum { GIVEN = sizeof(given) / sizeof(given[0]), FAMILY = sizeof(family) / sizeof(family[0]),
	COMPANIES = sizeof(companies) / sizeof(companies[0]) };

struct world {
	struct ctx         *cx;
	struct demo        *d;
	uint64_t            random;
	const char         *hash;
	struct member_role *roles;
	size_t              nroles;
	int64_t             org, began, step;
	int64_t             number;         /* members made so far, over all tenants */
	struct actor        inviter;        /* the tenant's first administrator */
	char                inviter_name[NAME_LONGEST + 1];
	int64_t            *ids;            /* of the first tenant, for events */
	const char        **names;
};

/* xorshift64*: only made-up data depends on it. */
static uint64_t
draw(struct world *w, uint64_t below)
{
	w->random ^= w->random >> 12;
	w->random ^= w->random << 25;
	w->random ^= w->random >> 27;
	return (w->random * UINT64_C(2685821657736338717) >> 33) % below;
}

static enum err
role_named(const struct world *w, const char *name, struct member_role *out)
{
	for (size_t i = 0; i < w->nroles; i++)
		if (strcmp(w->roles[i].name, name) == 0) {
			*out = w->roles[i];
			return OK;
		}
	log_event(LOG_ERROR, "a new account has no such role", "name", name);
	return ERR_FAULT;
}

static enum err
pick_role(struct world *w, int64_t i, struct member_role *out)
{
	uint64_t n = draw(w, PERCENT);

	if (i < ADMINS)
		return role_named(w, "Admin", out);
	return role_named(w, n < 6 ? "Builder" : n < 40 ? "Consumer" : n < 55 ? "Guest" :
	    n < 64 ? "Staff" : "User", out);
}

/* Letters of an address: what is left of the folded name. */
static const char *
address_part(struct ctx *cx, const char *name)
{
	char  *out = arena_strdup(cx->arena, text_fold(cx->arena, name));
	size_t n = 0;

	for (const char *p = out; *p; p++)
		if ((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9'))
			out[n++] = *p;
	out[n] = '\0';
	return out;
}

static void
keep_inviter(struct world *w, int64_t id, int64_t person, const char *name)
{
	size_t len = strlen(name) <= NAME_LONGEST ? strlen(name) : 0;

	memcpy(w->inviter_name, name, len);
	w->inviter_name[len] = '\0';
	w->inviter = (struct actor){ .kind = ACTOR_PERSON, .person = person, .member = id,
		.label = w->inviter_name };
}

/* Every second one was sent again in the last days, so that some are still good. */
static enum err
invite(struct world *w, int64_t id, int64_t person, const struct member_made *m)
{
	struct ctx  *cx = w->cx;
	struct actor was = cx->actor;
	int64_t      lately = w->began + YEARS_BACK_DAYS * DAY - DAY / 2 -
	    (int64_t)draw(w, AGAIN_DAYS * (uint64_t)DAY);
	enum err     e;

	cx->actor = w->inviter;
	e = members_add(cx, id, person, m, "invited");
	if (e == OK)
		e = invites_demo(cx, id, m, draw(w, 2) && lately > cx->now ? lately : 0);
	cx->actor = was;
	return e;
}

static enum err
make_member(struct world *w, int64_t i, const char **email)
{
	struct ctx        *cx = w->cx;
	const char        *first = given[draw(w, GIVEN)], *last = family[draw(w, FAMILY)];
	struct member_made m = { .phone = "", .org_path = "/", .org = w->org };
	uint64_t           fate = draw(w, PERCENT);
	bool               invited = i >= ADMINS && fate < 3;
	int64_t            person, id;

	TRY(pick_role(w, i, &m.role));
	m.name = arena_printf(cx->arena, "%s %s", first, last);
	m.email = arena_printf(cx->arena, "%s.%s%lld@%s.example", address_part(cx, first),
	    address_part(cx, last), (long long)++w->number, cx->place->slug);
	m.email_key = text_key(cx->arena, m.email);
	id = id_new(cx->now);
	TRY(members_add_person(cx, &m, &person));
	TRY(invited ? invite(w, id, person, &m) : members_add(cx, id, person, &m, "active"));
	*email = m.email;
	if (w->ids) {
		w->ids[i] = id;
		w->names[i] = m.name;
	}
	if (i == 0)
		keep_inviter(w, id, person, m.name);
	if (invited)
		return OK;
	TRY(signin_set_password(cx, person, w->hash));
	if (fate != 99)
		TRY(members_confirm_person(cx, person));
	if (i >= ADMINS && fate < 5)
		return members_demo_past(cx, id, "deactivated", cx->now + DAY);
	if (fate < 20)
		return OK;
	return members_demo_past(cx, id, "active", w->d->members ?
	    w->began + YEARS_BACK_DAYS * DAY - (int64_t)draw(w, 60 * (uint64_t)DAY) : 0);
}

static enum err
chunk(struct world *w, int64_t from, int64_t to, const char **first_email)
{
	for (int64_t i = from; i < to; i++) {
		const char *email;

		w->cx->now = w->began + i * w->step;
		TRY(make_member(w, i, &email));
		if (i == 0)
			*first_email = email;
	}
	return OK;
}

/* Nobody else checkpoints while a command runs, and the log would outgrow the file. */
static enum err
fold_in(struct world *w, int64_t i)
{
	int64_t wal;

	return i % FOLD_IN ? OK : db_checkpoint(w->cx->db, &wal);
}

static enum err
make_members(struct world *w, int64_t n, const char **admin)
{
	struct ctx *cx = w->cx;
	const char *email = "";
	char        kept[300] = "";
	int64_t     step = n < MANY ? CHUNK : LONG_CHUNK;

	for (int64_t i = 0; i < n; i += step) {
		size_t mark = arena_mark(cx->arena);

		TRY(db_begin(cx->db));
		TRY(db_finish(cx->db, chunk(w, i, i + step < n ? i + step : n, &email)));
		TRY(fold_in(w, i));
		if (i == 0)
			memcpy(kept, email,
			    strlen(email) + 1 < sizeof(kept) ? strlen(email) + 1 : 0);
		if (w->ids == NULL)
			arena_release(cx->arena, mark);
	}
	*admin = arena_strdup(cx->arena, kept);
	return OK;
}

static enum err
event(struct world *w, int64_t i)
{
	static const enum audit_act acts[] = { AUDIT_ROLE_CHANGED, AUDIT_SIGNED_IN,
		AUDIT_DEACTIVATED, AUDIT_REACTIVATED, AUDIT_LOGGED_OUT, AUDIT_SIGN_IN_FAILED };
	struct ctx    *cx = w->cx;
	enum audit_act act = acts[draw(w, sizeof(acts) / sizeof(acts[0]))];
	size_t         who = draw(w, (uint64_t)w->d->members), by = draw(w, ADMINS);

	cx->now = w->began + i * w->step;
	if (act == AUDIT_SIGNED_IN)
		by = who;
	cx->actor = (struct actor){ .kind = ACTOR_PERSON, .member = w->ids[by],
		.label = w->names[by] };
	if (act == AUDIT_SIGN_IN_FAILED)
		cx->actor = (struct actor){ .kind = ACTOR_NOBODY, .label = "" };
	return audit_add(cx, &(struct audit_entry){ .act = act, .where = IN_TENANT,
	    .subject = w->ids[who], .name = w->names[who],
	    .fields = &(struct audit_field){ "role", "Consumer", "Builder" },
	    .nfields = act == AUDIT_ROLE_CHANGED });
}

static enum err
event_chunk(struct world *w, int64_t from, int64_t to)
{
	for (int64_t i = from; i < to; i++)
		TRY(event(w, i));
	return OK;
}

static enum err
make_events(struct world *w, int64_t n)
{
	struct ctx  *cx = w->cx;
	struct actor was = cx->actor;
	enum err     e = OK;

	w->step = YEARS_BACK_DAYS * DAY / (n + 1);
	for (int64_t i = 0; e == OK && i < n; i += CHUNK) {
		size_t mark = arena_mark(cx->arena);

		e = db_begin(cx->db);
		if (e == OK)
			e = db_finish(cx->db, event_chunk(w, i, i + CHUNK < n ? i + CHUNK : n));
		arena_release(cx->arena, mark);
	}
	cx->actor = was;
	return e;
}

/* A world of many is for measuring, and brings its own; so do tests of few. */
static enum err
make_access(struct world *w, int64_t n)
{
	struct ctx     *cx = w->cx;
	struct actor    was = cx->actor;
	struct perm_set held = cx->perms;
	enum err        e;

	if (n < TOGETHER_LEAST || n > TOGETHER_MOST)
		return OK;
	cx->now = w->began + (YEARS_BACK_DAYS - TOGETHER_DAYS) * DAY;
	cx->actor = w->inviter;
	cx->perms = perm_set_all();
	ctx_reach(cx, "/");
	e = demo_access(cx, w->ids, (size_t)n);
	cx->actor = was;
	cx->perms = held;
	return e;
}

static enum err
make_tenant(struct world *w, int64_t i, int64_t members, const char **admin)
{
	struct ctx *cx = w->cx;
	const char *name = companies[i % COMPANIES];
	const char *slug = i < COMPANIES ? address_part(cx, name) :
	    arena_printf(cx->arena, "%s-%lld", address_part(cx, name), (long long)i);

	cx->now = w->began;
	TRY(setup_tenant(cx, &(struct tenant_input){ str_of(slug), str_of(name) }));
	TRY(members_roles(cx, false, &w->roles, &w->nroles));
	TRY(members_root(cx, &w->org));
	w->step = YEARS_BACK_DAYS * DAY / (members + 1);
	return make_members(w, members, admin);
}

static enum err
make_password(struct ctx *cx, struct demo *d, const char **hash)
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
	char              hashed[PASSWORD_HASH_SIZE], password[20];
	uint8_t           random[19];

	crypto_random(random, sizeof(random));
	for (size_t i = 0; i < sizeof(random); i++)
		password[i] = i % 5 == 4 ? '-' : letters[random[i] % (sizeof(letters) - 1)];
	password[19] = '\0';
	d->password = arena_strdup(cx->arena, password);
	TRY(password_hash(str_of(d->password), cx->conf->password_kib, cx->conf->password_passes,
	    hashed));
	*hash = arena_strdup(cx->arena, hashed);
	return OK;
}

enum err
demo_make(struct ctx *cx, struct demo *d)
{
	int64_t      now = cx->now;
	struct world w = { .cx = cx, .d = d, .random = d->seed * 2 + 1,
		.began = now - YEARS_BACK_DAYS * DAY };

	TRY(make_password(cx, d, &w.hash));
	for (int64_t i = 0; i < d->tenants; i++) {
		const char *admin;
		int64_t     members = i == 0 ? d->members : d->members / 20;

		w.ids = i == 0 ? ARENA_ARRAY(cx->arena, int64_t, (size_t)members + ADMINS) : NULL;
		w.names = i == 0 ?
		    ARENA_ARRAY(cx->arena, const char *, (size_t)members + ADMINS) : NULL;
		if (members < ADMINS)
			members = ADMINS;
		TRY(make_tenant(&w, i, members, &admin));
		if (i == 0) {
			d->email = admin;
			TRY(make_access(&w, members));
			TRY(make_events(&w, d->events));
		}
	}
	cx->now = now;
	return OK;
}
