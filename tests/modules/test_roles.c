/* roles/roles.c and core/perm.c: the roles of a new account, and who sees them.  Giving one is
 * in test_acts.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>

#include "roles/roles.h"
#include "setup/setup.h"

static const char every[] =
    "account:view account:edit security:view security:edit user:view user:invite user:edit "
    "user:role user:deactivate user:remove user:password user:factor user:logout user:key "
    "user:transfer user:export user:activity user:tag service_account:view "
    "service_account:edit group:view group:edit role:view role:edit organization:view "
    "organization:edit organization:switch location:view location:edit tag:edit field:edit "
    "device:view device:edit workspace:view_all workspace:create workspace:manage_all "
    "audit:view audit:export mail:view mail:send webhook:view webhook:edit app:view app:edit "
    "portal:view portal:use "
    "workspace:view workspace:write workspace:execute workspace:edit workspace:members "
    "workspace:delete";
enum { TENANT_PERMS = 46, WORKSPACE_PERMS = 6 };

static const struct { const char *scope, *builtin, *name, *holds; } expected[] = {
	{ "tenant", "admin", "Admin", every },
	{ "tenant", "builder", "Builder", "user:view group:view portal:view portal:use "
	    "workspace:create workspace:view workspace:write workspace:execute" },
	{ "tenant", "consumer", "Consumer", "portal:view portal:use workspace:view "
	    "workspace:write" },
	{ "tenant", "guest", "Guest", "workspace:view" },
	{ "tenant", "", "Staff", "user:view user:invite user:edit user:activity "
	    "organization:view location:view location:edit tag:edit device:view device:edit" },
	{ "tenant", "", "User", "portal:view portal:use device:view" },
	{ "workspace", "owner", "Owner", "workspace:view workspace:write workspace:execute "
	    "workspace:edit workspace:members workspace:delete" },
	{ "workspace", "contributor", "Contributor", "workspace:view workspace:write "
	    "workspace:execute" },
	{ "workspace", "viewer", "Viewer", "workspace:view" },
};
enum { ROLES = sizeof(expected) / sizeof(expected[0]) };

static const char *
next_word(const char **p, char word[64])
{
	size_t n = strcspn(*p, " ");

	assert_true(n < 64);
	memcpy(word, *p, n);
	word[n] = '\0';
	*p += n;
	*p += strspn(*p, " ");
	return word;
}

static struct perm_set
set_of(const char *words)
{
	struct perm_set s = { 0 };
	char            word[64];

	while (*words) {
		enum perm p = perm_find(str_of(next_word(&words, word)));

		assert_int_not_equal(p, PERM_UNSET);
		s.bits |= UINT64_C(1) << p;
	}
	return s;
}

/* {R2} */
static void
the_templates_hold_these(void **state)
{
	static const struct { const char *key, *name, *holds; } offered[] = {
		{ "auditor", "Auditor", "audit:view audit:export account:view security:view "
		    "user:view group:view role:view" },
		{ "helpdesk", "Helpdesk", "user:view user:invite user:password user:factor "
		    "user:logout user:activity mail:view" },
	};
	size_t n = 0;

	(void)state;
	for (const struct role_template *t = role_templates; t->key; t++, n++) {
		assert_true(n < sizeof(offered) / sizeof(offered[0]));
		assert_string_equal(t->key, offered[n].key);
		assert_string_equal(t->name, offered[n].name);
		assert_int_equal(perm_set_read(t->permissions).bits, set_of(offered[n].holds).bits);
	}
	assert_int_equal(n, sizeof(offered) / sizeof(offered[0]));
}

static void
the_permissions_are_these(void **state)
{
	struct perm_set all = set_of(every);

	(void)state;
	assert_int_equal(perm_count(all), TENANT_PERMS + WORKSPACE_PERMS);
	assert_int_equal(perm_set_all().bits, all.bits);
	for (enum perm p = PERM_FIRST; p < PERM__COUNT; p++) {
		assert_int_equal(perm_find(str_of(perm_info(p)->key)), p);
		assert_string_not_equal(perm_info(p)->title, "");
	}
	assert_int_equal(perm_find(STR("user:views")), PERM_UNSET);
	assert_int_equal(perm_find(STR("")), PERM_UNSET);
}

/* Whoever may change a thing sees it; unknown words are nothing. */
static void
editing_implies_seeing(void **state)
{
	(void)state;
	assert_int_equal(perm_set_read("user:edit").bits, set_of("user:edit user:view").bits);
	assert_int_equal(perm_set_read("audit:export").bits,
	    set_of("audit:export audit:view").bits);
	assert_int_equal(perm_set_read("workspace:create").bits, set_of("workspace:create").bits);
	assert_int_equal(perm_set_read("workspace:write").bits,
	    set_of("workspace:write workspace:view").bits);
	assert_int_equal(perm_set_read("tag:edit").bits, set_of("tag:edit").bits);
	assert_int_equal(perm_set_read("user:fly  user:view *").bits, set_of("user:view").bits);
	assert_int_equal(perm_set_read("").bits, 0);
	assert_int_equal(perm_set_read("*").bits, perm_set_all().bits);
	assert_int_equal(perm_set_read(perm_set_text(fx.cx.arena, perm_set_all())).bits,
	    perm_set_all().bits);
}

static const struct role *
role_named(const struct role_list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->items[i].name, name) == 0)
			return &l->items[i];
	return NULL;
}

/* {R1 R2} */
static void
a_new_account_has_exactly_these_roles(void **state)
{
	struct role_list l;

	(void)state;
	fx_system(SYSTEM);
	assert_int_equal(setup_tenant(&fx.cx, &(struct tenant_input){ STR("fresh"), STR("Fresh") }),
	    OK);
	assert_int_equal(roles_list(&fx.cx, &l), OK);
	assert_int_equal(l.n, ROLES);
	for (size_t i = 0; i < ROLES; i++) {
		const struct role *r = role_named(&l, expected[i].name);

		assert_non_null(r);
		assert_string_equal(r->scope, expected[i].scope);
		assert_string_equal(r->builtin, expected[i].builtin);
		assert_string_not_equal(r->description, "");
		if (r->perms.bits != set_of(expected[i].holds).bits)
			fail_msg("%s holds %s", r->name, perm_set_text(fx.cx.arena, r->perms));
	}
}

/* {R1} Built-in ones first; holders counted, the removed not. */
static void
roles_are_listed_with_their_holders(void **state)
{
	struct role_list l;
	bool             custom = false;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_remove(&fx.cx, fx.m[NORTH][USER].id, STR("")), OK);
	assert_int_equal(roles_list(&fx.cx, &l), OK);
	assert_int_equal(roles_count(&fx.cx, &l), OK);
	for (size_t i = 0; i < l.n && strcmp(l.items[i].scope, "tenant") == 0; i++) {
		assert_false(custom && *l.items[i].builtin);
		custom |= *l.items[i].builtin == '\0';
	}
	assert_int_equal(role_named(&l, "Admin")->users, 2);
	assert_int_equal(role_named(&l, "Guest")->users, 1);
	/* West, Deep, East, deactivated, invited, both */
	assert_int_equal(role_named(&l, "User")->users, 6);
	assert_int_equal(role_named(&l, "Owner")->users, 0);
}

/* {R1 R4a E4} */
static void
seeing_them_needs_the_permission_in_the_root(void **state)
{
	static const enum fx_who may_not[] = { BUILDER, CONSUMER, GUEST, STAFF, USER, HELPDESK,
		WEST_ADMIN };
	struct role_list l;
	struct role      r;
	int64_t          south = fx_int("SELECT id FROM roles WHERE tenant_id = %lld AND "
	    "name = 'Staff'", (long long)fx.tenant[SOUTH]);

	(void)state;
	for (size_t i = 0; i < sizeof(may_not) / sizeof(may_not[0]); i++) {
		fx_as(NORTH, may_not[i]);
		assert_int_equal(roles_list(&fx.cx, &l), ERR_DENIED);
		assert_int_equal(roles_get(&fx.cx, south, &r), ERR_DENIED);
	}
	fx_as(NORTH, AUDITOR);
	assert_int_equal(roles_list(&fx.cx, &l), OK);
	assert_int_equal(roles_get(&fx.cx, l.items[3].id, &r), OK);
	assert_string_equal(r.name, l.items[3].name);
	assert_int_equal(roles_get(&fx.cx, south, &r), ERR_NOTFOUND);
	assert_int_equal(roles_get(&fx.cx, 4711, &r), ERR_NOTFOUND);
}

/* {R7} The roles that a form offers: those that the actor may give. */
static void
forms_offer_what_may_be_given(void **state)
{
	struct member_role *roles;
	size_t              n;

	(void)state;
	fx_as(NORTH, STAFF);
	assert_int_equal(members_roles(&fx.cx, true, &roles, &n), OK);
	assert_int_equal(n, 1);
	assert_string_equal(roles[0].name, "Staff");
	assert_int_equal(members_roles(&fx.cx, false, &roles, &n), OK);
	assert_int_equal(n, 8);
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_roles(&fx.cx, true, &roles, &n), OK);
	assert_int_equal(n, 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(the_permissions_are_these),
		FX_TEST(the_templates_hold_these),
		FX_TEST(editing_implies_seeing),
		FX_TEST(a_new_account_has_exactly_these_roles),
		FX_TEST(roles_are_listed_with_their_holders),
		FX_TEST(seeing_them_needs_the_permission_in_the_root),
		FX_TEST(forms_offer_what_may_be_given),
	};

	return FX_RUN(tests);
}
