// What may be done to a user.
import assert from "node:assert/strict";
import test from "node:test";
import { choose, signIn, withChrome } from "./chrome.mjs";
import { makePlace, PASSWORD } from "./fixtures.mjs";
import { Visitor } from "./visitor.mjs";

const LAST = /at least one|last active|last admin/i;
let place, site, admin;

test("the account of these tests", async () => {
	place = await makePlace("acts", {
		amy: ["Amy Jay", "Guest"], ben: ["Ben Jay", "Guest"],
		cat: ["Cat Jay", "Builder"], dan: ["Dan Jay", "Builder"],
		eve: ["Eve Jay", "Builder"], fay: ["Fay Jay", "Builder"],
		gil: ["Gil Jay", "Builder"], hal: ["Hal Jay", "Builder"],
		ida: ["Ida Jay", "Builder"], jim: ["Jim Jay", "Builder"],
		kim: ["Kim Jay", "Builder"], gus: ["Gus Jay", "Builder"],
		hew: ["Hew Jay", "Builder"], ivo: ["Ivo Jay", "Builder"], two: ["Two Jay", "Admin"],
		moe: ["Moe Jay", "Guest"],
	});
	site = place.site;
	admin = await place.as("admin");
});

async function path(key, act) {
	return `${place.base}/users/${await place.id(place.email(key))}/${act}`;
}

async function status(key) {
	return (await site.one(`SELECT m.status, r.name AS role FROM members m
		JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
		WHERE m.email = '${place.email(key)}'`));
}

async function menu(page, key, entry) {
	await page.goto(`${place.base}/users?q=${key}%40`);
	await choose(page, place.people[key].name, entry);
}

test("a role that somebody else gave meanwhile is not overwritten unseen {U8b E15}", async () => {
	const target = await path("moe", "role"), other = await place.as("two");
	const form = (await admin.get(target)).form(target);
	const give = async (visitor, fields, role) => visitor.send(target, { ...fields, role: await place.role(role) });
	assert.equal((await give(other, (await other.get(target)).form(target).fields, "Builder")).status, 303);
	const stale = await give(admin, form.fields, "Consumer");
	assert.equal(stale.status, 409);
	assert.match(stale.text, /Somebody else gave Moe Jay the role Builder meanwhile/);
	assert.equal((await status("moe")).role, "Builder");
	const again = stale.form(target);
	assert.match(stale.body, new RegExp(`value="${await place.role("Consumer")}"[^>]*checked`), "what was chosen");
	assert.equal((await give(admin, again.fields, "Consumer")).status, 303);
	assert.equal((await status("moe")).role, "Consumer");
	// A double click: the second finds what it wants.
	assert.equal((await give(admin, again.fields, "Consumer")).status, 303);
});

for (const script of [true, false]) {
	const how = script ? "with JavaScript" : "without JavaScript";
	const [first, second, third] = script ? ["amy", "cat", "eve"] : ["ben", "dan", "fay"];

	test(`a role is changed and counts from the next request on, ${how} {U8b R5 E3 E1}`, async () => {
		const person = await place.as(first);
		assert.equal((await person.get(`${place.base}/users`)).status, 403);
		await withChrome(site, { script }, async (page) => {
			await signIn(page, place.email("admin"), PASSWORD);
			await menu(page, first, "Change role");
			await page.getByRole("heading", { name: "Change role" }).waitFor();
			await page.getByRole("radio", { name: /^Builder/ }).check();
			await page.getByRole("button", { name: "Change role" }).click();
			await page.getByRole("status").filter({ hasText: "is Builder now" }).waitFor();
		});
		assert.equal((await person.get(`${place.base}/users`)).status, 200, "the same session");
		assert.match((await site.post.get(place.email(first))).text, /Guest[\s\S]*Builder|Builder[\s\S]*Guest/);
		const [event] = await place.events(`act = 41 AND subject_name = '${place.people[first].name}'`);
		assert.match(event.fields, /Guest.*Builder/);
	});

	test(`deactivating and re-activating, ${how} {U8c E3}`, async () => {
		const person = await place.as(second);
		await withChrome(site, { script }, async (page) => {
			await signIn(page, place.email("admin"), PASSWORD);
			await menu(page, second, "Deactivate");
			const { name } = place.people[second];
			await page.getByRole("heading", { name: `Deactivate ${name}?` }).waitFor();
			assert.equal((await status(second)).status, "active", "it asks first");
			await page.getByRole("button", { name: "Deactivate", exact: true }).click();
			await page.getByRole("status").filter({ hasText: `${name} is deactivated` }).waitFor();
			const refused = await person.get(`${place.base}/users`);
			assert.equal(refused.status, 403);
			assert.match(refused.text, /deactivated.*Decision [0-9a-z]{13}/);
			assert.equal((await person.get(`${place.base}/users`)).status, 403);
			assert.equal((await place.events(`act = 15 AND subject_name = '${name}'`)).length, 1);
			await menu(page, second, "Re-activate");
			await page.getByRole("button", { name: "Re-activate", exact: true }).click();
			await page.getByRole("status").filter({ hasText: `${name} is active again` }).waitFor();
		});
		assert.equal((await person.get(`${place.base}/users`)).status, 303, "what was open stays closed");
		await person.signIn(place.email(second), PASSWORD);
		assert.equal((await person.get(`${place.base}/users`)).status, 200);
		assert.match((await site.post.get(place.email(second))).subject, /deactivated/i);
	});

	test(`removing, ${how} {U8d E3}`, async () => {
		const person = await place.as(third);
		const id = await place.id(place.email(third));
		await withChrome(site, { script }, async (page) => {
			await signIn(page, place.email("admin"), PASSWORD);
			await menu(page, third, "Remove from account");
			await page.getByRole("link", { name: "Cancel" }).click();
			// Back where it was asked: the list, or the page of the person.
			await page.getByRole("main").getByText(place.email(third)).first().waitFor();
			await menu(page, third, "Remove from account");
			await page.getByRole("button", { name: "Remove", exact: true }).click();
			await page.getByRole("status").filter({ hasText: "is removed" }).waitFor();
		});
		assert.equal((await person.get(`${place.base}/users`)).status, 404, "no member of it any more");
		assert.equal((await admin.get(`${place.base}/users/${id}`)).status, 404);
		assert.match((await site.post.get(place.email(third))).subject, /removed/i);
		const [event] = await place.events("act = 44");
		assert.equal(event.subject_name, place.people[third].name, "the log keeps the name");
		assert.equal(event.actor_name, "Ada acts");
	});

	test(`a reset is sent, a logout forced, a wait shown and ended, ${how} {U8e U8h U8l S3 E1}`, async () => {
		const [reset, out, waits] = script ? ["gil", "hal", "ida"] : ["gus", "hew", "ivo"];
		const from = script ? "127.0.0.60" : "127.0.0.61";
		const bad = () => new Visitor(site, { from }).signIn(place.email(waits), "wrong password");
		const person = await place.as(out);
		assert.equal((await person.get(`${place.base}/users`)).status, 200);
		for (let i = 0; i < 5; i++)
			await bad();
		assert.equal((await bad()).status, 429);
		await withChrome(site, { script }, async (page) => {
			const said = (text) => page.getByRole("status").filter({ hasText: text }).waitFor();
			await signIn(page, place.email("admin"), PASSWORD);
			await menu(page, reset, "Send password reset");
			await page.locator("form").getByRole("button", { name: /send/i }).last().click();
			await said(place.email(reset));
			await menu(page, out, "Force logout");
			await said(`${place.people[out].name} has to sign in again`);
			await page.goto((await path(waits, "")).slice(0, -1));
			await page.getByText("Sign-in waits until").waitFor();
			await page.getByRole("button", { name: "Actions" }).click();
			await page.locator("[popover]:popover-open").getByText("Unlock sign-in").click();
			await said("can try to sign in again");
		});
		const mail = await site.post.get(place.email(reset));
		assert.equal((await new Visitor(site).openLink(mail.link)).status, 200);
		assert.match((await person.get(`${place.base}/users`)).location, /^\/signin\?next=/);
		assert.equal((await person.signIn(place.email(out), PASSWORD)).status, 303);
		assert.equal((await person.get(`${place.base}/users`)).status, 200);
		assert.equal((await new Visitor(site, { from }).signIn(place.email(waits), PASSWORD)).status, 303);
		for (const [act, key] of [[45, reset], [46, out], [47, waits]])
			assert.equal((await place.events(`act = ${act} AND subject_name = '${place.people[key].name}'`))
				.length, 1, `event ${act}`);
	});

	test(`signing everybody out, but for oneself, ${how} {U8h E1}`, async () => {
		const own = await makePlace("crowd", { bo: ["Bo Crowd", "Builder"] });
		const bo = await own.as("bo");
		await withChrome(site, { script }, async (page) => {
			await signIn(page, own.email("admin"), PASSWORD);
			await page.getByRole("button", { name: "More", exact: true }).click();
			await page.getByRole("link", { name: "Sign everybody out" }).click();
			await page.getByRole("heading", { name: "Sign everybody out?" }).waitFor();
			assert.equal((await bo.get(`${own.base}/users`)).status, 200, "it asks first");
			await page.getByRole("button", { name: "Sign everybody out" }).click();
			await page.getByRole("link", { name: "Back to the users" }).click();
			await page.getByRole("heading", { name: /^Users/ }).waitFor();
		});
		assert.match((await bo.get(`${own.base}/users`)).location, /^\/signin\?next=/);
	});
}

test("one's own row asks for a word {E3}", async () => {
	const answer = await admin.submit(await path("admin", "deactivate"));
	assert.equal(answer.status, 422);
	assert.match(answer.errorAt("typed"), /Type CONFIRM/);
	assert.equal((await status("admin")).status, "active");
});

test("one of two admins takes the role from himself by the form's own fields {U8b E3}", async () => {
	const own = await makePlace("demote", { bo: ["Bo Demote", "Admin"] });
	const target = `${own.base}/users/${await own.id(own.email("bo"))}/role`;
	const role = await own.role("Builder");
	const bo = await own.as("bo");
	const untyped = await bo.submit(target, { role });
	assert.equal(untyped.status, 422);
	assert.match(untyped.errorAt("typed"), /Type CONFIRM/);
	assert.match(untyped.body, new RegExp(`value="${role}" required checked`), "what was chosen stays");
	await withChrome(site, {}, async (page) => {
		await signIn(page, own.email("bo"), PASSWORD);
		await page.goto(target);
		await page.getByRole("radio", { name: /^Builder/ }).check();
		const button = page.getByRole("button", { name: "Change role" });
		assert.equal(await button.isDisabled(), true, "the word first");
		await page.getByLabel(/Type CONFIRM/).fill("CONFIRM");
		await button.click();
		await page.getByRole("status").filter({ hasText: "Bo Demote is Builder now" }).waitFor();
	});
	const [event] = await own.events("act = 41");
	assert.equal(event.subject_name, "Bo Demote");
	assert.equal(event.actor_name, "Bo Demote");
	assert.match(event.fields, /Admin.*Builder/);
	const other = await own.as("admin");
	assert.equal((await other.get(target)).form(target).names.has("typed"), false, "nobody else's");
});

test("the last administrator stays, whatever is tried, and the sentence is one {U11}", async () => {
	const own = await makePlace("last", { bo: ["Bo Last", "Admin"], cy: ["Cy Last", "Guest"] });
	const ada = await own.as("admin");
	const bo = await own.as("bo");
	const ids = { admin: await own.id(own.email("admin")), bo: await own.id(own.email("bo")) };
	const at = (key, act) => `${own.base}/users/${ids[key]}/${act}`;
	assert.equal((await ada.submit(at("bo", "deactivate"))).status, 303, "two: one may go");
	const role = await own.role("Builder");
	const texts = new Set();
	for (const [act, fields] of [["role", { role, typed: "CONFIRM" }], ["deactivate", { typed: "CONFIRM" }],
		["remove", { typed: "CONFIRM" }]]) {
		const answer = await ada.submit(at("admin", act), fields);
		assert.equal(answer.status, 409, `${act}: ${answer.text}`);
		assert.match(answer.text, LAST, act);
		texts.add(/role="alert"[\s\S]*?<p>([^<]*)/.exec(answer.body)[1]);
	}
	assert.equal(texts.size, 1);
	assert.equal((await ada.submit(at("bo", "reactivate"))).status, 303);
	await bo.signIn(own.email("bo"), PASSWORD);
	assert.equal((await bo.submit(at("admin", "remove"))).status, 303, "two again: one may go");
	assert.equal((await ada.get(`${own.base}/users`)).status, 404);
});

test("two admins who remove each other at once: one stays {U11}", async () => {
	for (let i = 0; i < 3; i++) {
		const own = await makePlace("duel", { bo: ["Bo Duel", "Admin"] });
		const [ada, bo] = [await own.as("admin"), await own.as("bo")];
		const [adaId, boId] = [await own.id(own.email("admin")), await own.id(own.email("bo"))];
		const forms = [await ada.get(`${own.base}/users/${boId}/deactivate`),
			await bo.get(`${own.base}/users/${adaId}/deactivate`)].map((page) => page.form(/deactivate$/));
		const answers = await Promise.all([ada.send(forms[0].action, forms[0].fields),
			bo.send(forms[1].action, forms[1].fields)]);
		const left = await site.one(`SELECT count(*) AS n FROM members m JOIN tenants t ON t.id = m.tenant_id
			WHERE t.slug = '${own.slug}' AND m.status = 'active'`);
		assert.equal(left.n, "1", answers.map((answer) => answer.status).join());
		assert.equal(answers.filter((answer) => answer.status === 303).length, 1);
	}
});

test("what the status does not allow is refused with a reason {U8c}", async () => {
	const role = await place.role("Guest");
	await admin.submit(`${place.base}/users/invite`, { name: "Lea Jay", email: "lea@acts.test", role });
	const id = await place.id("lea@acts.test");
	const csrf = (await admin.get(`${place.base}/users`)).form("/signout").fields.csrf;
	for (const act of ["deactivate", "reactivate", "remove", "logout"]) {
		const answer = await admin.send(`${place.base}/users/${id}/${act}`, { csrf });
		assert.equal(answer.status, 409, `${act}: ${answer.text}`);
	}
	for (const act of ["resend", "cancel", "link"]) {
		const answer = await admin.send(await path("kim", act), { csrf });
		assert.equal(answer.status, 409, `${act}: ${answer.text}`);
	}
});

test("an act from a filtered list leads back to it {E3 E11}", async () => {
	await withChrome(site, {}, async (page) => {
		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(`${place.base}/users?q=jim&sort=email&dir=desc`);
		await page.getByRole("button", { name: "Actions for Jim Jay" }).click();
		await page.locator("[popover]:popover-open").getByText("Deactivate").click();
		await page.getByRole("button", { name: "Deactivate", exact: true }).click();
		await page.getByRole("status").filter({ hasText: "is deactivated" }).waitFor();
		const url = new URL(page.url());
		assert.equal(url.searchParams.get("q"), "jim");
		assert.equal(url.searchParams.get("sort"), "email");
		await page.goBack();
		await page.goForward();
		assert.equal((await status("jim")).status, "deactivated");
	});
});

test("the second of two clicks finds what the first did {E3 U8d G2}", async () => {
	await place.add("dup", "Dup Twice", "Guest");
	const dup = await place.id(place.email("dup"));
	const crew = await place.group("Twice", "", "dup");
	for (const [path, said] of [[`groups/${crew}/members/${dup}/remove`, /Dup Twice is not in the group any more/],
		[`users/${dup}/remove`, /Dup Twice is removed/]]) {
		const target = `${place.base}/${path}`;
		const { fields } = (await admin.get(target)).form(target);
		for (let i = 0; i < 2; i++) {
			const answer = await admin.send(target, fields);
			assert.equal(answer.status, 303, `${path}: ${answer.text}`);
			assert.match((await admin.get(answer.location)).text, said);
		}
	}
	assert.equal((await place.events("subject_name = 'Dup Twice' AND act IN (44, 164)")).length, 2);
	assert.equal((await admin.send(`${place.base}/users/0000000000001/remove`,
		(await admin.get(`${place.base}/users`)).form("/signout").fields)).status, 404, "who never was is none");
});
