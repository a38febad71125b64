// What time and settings do: links that expire, sessions that are too old, people not seen for
// long; settings for which there is no page yet are written while the program is stopped.
import assert from "node:assert/strict";
import test from "node:test";
import { signIn, withChrome } from "./chrome.mjs";
import { crockford, makePlace, PASSWORD } from "./fixtures.mjs";
import { DAY, HOUR, theSite, until } from "./site.mjs";
import { Visitor } from "./visitor.mjs";

let place, site, links, waiting, session, full, late;

async function invite(visitor, where, name, email, role = "Guest") {
	return visitor.submit(`${where.base}/users/invite`, { name, email, role: await where.role(role) });
}

// As many more like this member, with names of their own.
function crowd(email, tenant, n) {
	const people = `confirmed_at, method, language, timezone, theme, date_format, clock, tenants_ever,
		last_tenant_id, factor, mail_refused_at, created_at, version`;
	const members = `tenant_id, nickname, phone, country, role_id, role_key, role_by, org_id, org_path,
		location_key, group_key, status, factor, signed_in_at, active_at, created_at, accepted_at, valid_from,
		confirmed, refused, terms_url, terms_at, version`;
	return `CREATE TEMP TABLE n AS WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c
		WHERE i < ${n}) SELECT i FROM c;
		INSERT INTO people (id, email, email_key, name, ${people})
			SELECT id + i, i || email, i || email_key, name || ' ' || i, ${people} FROM people, n
			WHERE email = '${email}';
		INSERT INTO members (search_id, id, person_id, email, email_key, name, name_key, search, ${members})
			SELECT search_id + i, id + i, person_id + i, i || email, i || email_key, name || ' ' || i,
			name_key || ' ' || i, search || ' ' || name_key || ' ' || i, ${members} FROM members, n
			WHERE tenant_id = ${tenant} AND email = '${email}';`;
}

test("the account of these tests", async () => {
	site = await theSite();
	place = await makePlace("clock", { bo: ["Bo Clock", "Guest"], cy: ["Cy Clock", "Guest"],
		goo: ["Goo Clock", "Guest"] });
	const admin = await place.as("admin");
	await invite(admin, place, "Ann Late", "ann@late.test");
	links = { invite: (await site.post.get("ann@late.test")).link };
	full = await makePlace("full", { one: ["One Crowd", "Guest"] });
	const id = `(SELECT id FROM tenants WHERE slug = '${full.slug}')`;
	await site.stop();
	await site.write(crowd(full.email("one"), id, 1100));
	await site.write(`UPDATE tenants SET domains = '["clock.test","late.test"]', invites_daily = 3,
		terms_url = 'https://clock.test/terms', privacy_url = 'https://clock.test/privacy',
		contact_email = 'help@clock.test', password_min = 16 WHERE slug = '${place.slug}';
		UPDATE people SET method = 'google' WHERE email = '${place.email("goo")}';`);
	await site.start();
	session = await place.as("bo");
});

test("beyond a thousand a filter's count is no number any more {U4}", async () => {
	const admin = await full.as("admin");
	assert.equal((await admin.get(`${full.base}/users`)).heading, "Users 1,102 users");
	await withChrome(site, {}, async (page) => {
		await signIn(page, full.email("admin"), PASSWORD);
		await page.goto(`${full.base}/users`);
		await page.getByRole("searchbox", { name: /^Search by/ }).fill("crowd");
		await page.getByRole("searchbox", { name: /^Search by/ }).press("Enter");
		await page.getByRole("heading", { name: "more than 1,000 users" }).waitFor();
		await page.getByRole("searchbox", { name: /^Search by/ }).fill("crowd 110");
		await page.getByRole("searchbox", { name: /^Search by/ }).press("Enter");
		await page.getByRole("heading", { name: /^Users 2 users$/ }).waitFor();
	});
});

test("an address of another domain cannot be invited {I7}", async () => {
	const admin = await place.as("admin");
	const answer = await invite(admin, place, "Far Off", "far@elsewhere.test");
	assert.equal(answer.status, 422);
	assert.match(answer.errorAt("email"), /domain/);
	const like = await invite(admin, place, "Far Off", "far@evilclock.test");
	assert.equal(like.status, 422);
});

test("beyond the number of a day the email waits for the next one {I6}", async () => {
	const admin = await place.as("admin");
	for (const email of ["one@clock.test", "two@clock.test"])
		assert.equal((await invite(admin, place, "In Time", email)).status, 303);
	const answer = await invite(admin, place, "Next Day", "next@clock.test");
	assert.equal(answer.status, 303);
	assert.match((await admin.open(answer.location)).text,
		/Next Day is invited\. Today's number of invitations is used up: the email goes out/);
	await site.post.get("two@clock.test");
	const row = await site.one("SELECT state, due_at FROM outbox WHERE address = 'next@clock.test'");
	assert.equal(row.state, "waiting");
	assert.ok(Number(row.due_at) > Date.now() + site.ahead);
	assert.equal(site.post.to("next@clock.test").length, 0);
});

test("terms are accepted, and which ones and when is kept {I3}", async () => {
	const visitor = new Visitor(site);
	const page = await visitor.openLink(links.invite);
	assert.match(page.body, /href="https:\/\/clock\.test\/terms"[^>]*rel="noopener"/);
	const { fields } = page.form("/invite");
	const name = "Ann Late";
	const without = await visitor.send("/invite", { ...fields, name, password: PASSWORD });
	assert.equal(without.status, 422);
	assert.ok(without.errorAt("terms"));
	const short = await visitor.send("/invite", { ...fields, name, terms: "1", password: "odd fern 7 kettl" });
	assert.equal(short.status, 200, `sixteen characters are enough: ${short.text}`);
	const row = await site.one("SELECT terms_url, terms_at FROM members WHERE email = 'ann@late.test'");
	assert.equal(row.terms_url, "https://clock.test/terms");
	assert.ok(Number(row.terms_at) > 0);
	assert.match((await session.get(`/legal?t=${place.slug}`)).body, /https:\/\/clock\.test\/privacy/);
	assert.doesNotMatch((await visitor.get(`/legal?t=${place.slug}`)).body, /clock\.test/, "strangers see nothing");
});

test("a password is as long as the longest of the person's accounts wants {P3}", async () => {
	const visitor = new Visitor(site);
	await visitor.submit("/forgot", { email: place.email("cy") });
	const { link } = await site.post.get(place.email("cy"));
	const { fields } = (await visitor.openLink(link)).form("/reset");
	const password = "odd fern 7 kett";
	const answer = await visitor.send("/reset", { ...fields, password, again: password });
	assert.equal(answer.status, 422, "fifteen of sixteen");
	assert.ok(answer.errorAt("password"));
});

test("who signs in elsewhere is told so instead of getting a link {P4}", async () => {
	const known = await new Visitor(site, { from: "127.0.0.99" }).submit("/forgot", { email: place.email("goo") });
	const unknown = await new Visitor(site, { from: "127.0.0.99" }).submit("/forgot", { email: "nobody@clock.test" });
	assert.equal(known.text.replaceAll(place.email("goo"), "X"), unknown.text.replaceAll("nobody@clock.test", "X"));
	const mail = await site.post.get(place.email("goo"));
	assert.equal(mail.link, undefined);
	assert.match(mail.text, /Google|elsewhere|another|not .*password/i);
	assert.equal((await new Visitor(site).signIn(place.email("goo"), PASSWORD)).status, 422);
});

test("the account's documents are not for a session that it logged out {S5}", async () => {
	const legal = `/legal?t=${place.slug}`;
	const cy = await place.as("cy");
	assert.match((await cy.get(legal)).body, /https:\/\/clock\.test\/privacy/);
	const admin = await place.as("admin");
	const act = `${place.base}/users/${await place.id(place.email("cy"))}/logout`;
	const { fields } = (await admin.get(`${place.base}/users`)).form("/signout");
	assert.equal((await admin.send(act, { csrf: fields.csrf })).status, 303);
	const answer = await cy.get(legal);
	assert.equal(answer.status, 200);
	assert.doesNotMatch(answer.body, /clock\.test\/|help@/);
	await cy.signIn(place.email("cy"), PASSWORD);
	assert.match((await cy.get(legal)).body, /https:\/\/clock\.test\/privacy/);
});

test("a refusal's page names the account's contact {E4}", async () => {
	const answer = await session.get(`${place.base}/users`);
	assert.equal(answer.status, 403);
	assert.match(answer.body, /mailto:help@clock\.test/);
});

test("an hour later a reset link is dead, and an invitation's is not {P2}", async () => {
	await session.submit("/forgot", { email: place.email("bo") });
	const reset = (await site.post.get(place.email("bo"))).link;
	assert.equal((await new Visitor(site).openLink(reset)).status, 200);
	waiting = new Visitor(site, { from: "127.0.0.90" });
	for (let i = 0; i < 6; i++)
		await waiting.signIn(place.email("cy"), "wrong password here");
	assert.equal((await waiting.signIn(place.email("cy"), PASSWORD)).status, 429);
	const admin = await place.as("admin");
	const path = `${place.base}/users/${await place.id(place.email("cy"))}/role`;
	const form = (await admin.get(path)).form(path);
	await site.stale(place.email("admin"));
	const asked = await admin.send(path, { ...form.fields, role: await place.role("Consumer") });
	late = { admin, fields: asked.form("/signin/proof").fields };
	await site.restart(61 * 60000);
	assert.equal((await new Visitor(site).openLink(reset)).status, 410);
	const { link } = await site.post.get("one@clock.test");
	assert.equal((await new Visitor(site).openLink(link)).status, 200);
});

test("a form that waited for a proof for too long is not done any more {S9}", async () => {
	const { admin, fields } = late;
	const answer = await admin.send("/signin/proof", { ...fields, password: PASSWORD });
	assert.equal(answer.status, 422);
	assert.match(answer.text, /cannot be done any more: it was sent too long ago/);
	assert.equal((await place.events("act = 41")).length, 0);
	const again = answer.form("/signin/proof").fields;
	assert.equal(again.carried, undefined);
	assert.equal((await admin.send("/signin/proof", { ...again, password: PASSWORD })).status, 303);
	assert.equal((await place.events("act = 41")).length, 0, "nor after the next proof");
});

test("a wait of ten minutes has ended {S3}", async () => {
	assert.equal((await waiting.signIn(place.email("cy"), PASSWORD)).status, 303);
});

test("a day later an idle session signs in again, and the page asked for is kept {S5 E11}", async () => {
	await site.restart(26 * HOUR);
	const answer = await session.get(`${place.base}/settings`);
	assert.equal(answer.location, `/signin?next=${encodeURIComponent(`${place.base}/settings`)}`);
	assert.doesNotMatch((await session.get(`/legal?t=${place.slug}`)).body, /clock\.test/);
});

test("an expired invitation is listed, its link is dead, and it can be sent again {I5}", async () => {
	await site.restart(7 * DAY);
	const admin = await place.as("admin");
	const page = await admin.get(`${place.base}/users?q=one%40clock`);
	assert.match(page.text, /Invited, expired|Expired/);
	const { link } = await site.post.get("one@clock.test");
	assert.equal((await new Visitor(site).openLink(link)).status, 410);
	const id = await place.id("one@clock.test");
	assert.equal((await admin.submit(`${place.base}/users/${id}/resend`)).status, 303);
	const copied = await admin.submit(`${place.base}/users/${id}/link`);
	const [again] = /https:\/\/[^"\s<]+\?t=[\w-]+/.exec(copied.body);
	assert.equal((await new Visitor(site).openLink(again)).status, 200);
	const row = await site.one(`SELECT expires_at, sent_at FROM invitations WHERE email_key = 'one@clock.test'`);
	assert.equal(Number(row.expires_at) - Number(row.sent_at), 5 * DAY);
});

test("who was not seen for thirty days is dormant, and a session lasts a week at most {U4}", async () => {
	const old = await place.as("admin");
	await site.restart(45 * DAY);
	assert.equal((await old.get(`${place.base}/users`)).status, 303);
	const admin = await place.as("admin");
	await admin.get(`${place.base}/settings`);
	await until(() => site.one(`SELECT id FROM members WHERE email = '${place.email("admin")}'
		AND active_at > ${Date.now() + 44 * DAY}`), "the sign-in to be noted");
	const page = await admin.get(`${place.base}/users?status=dormant`);
	assert.match(page.text, /Bo Clock/);
	assert.match(page.text, /Dormant/);
	assert.doesNotMatch(page.text, /Ada clock you/);
	assert.equal((await admin.get(`${place.base}/users?status=active`)).heading, "Users 1 user");
	assert.equal(crockford(1).length, 13);
});

test("back to the present: nothing is older than it may be {S5}", async () => {
	await site.restart(0);
	const admin = await place.as("admin");
	assert.equal((await admin.get(`${place.base}/users`)).status, 200);
});
