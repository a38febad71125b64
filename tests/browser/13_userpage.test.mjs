// The page of a user and what is done there.
import assert from "node:assert/strict";
import test from "node:test";
import { choose, signIn, withChrome } from "./chrome.mjs";
import { crockford, makePlace, PASSWORD } from "./fixtures.mjs";
import { parseCsv } from "./site.mjs";
import { NEVER, pct, bodyOf } from "./sweep.mjs";
import { Visitor } from "./visitor.mjs";

let place, site, admin;

test("the account of these tests", async () => {
	place = await makePlace("page", {
		amy: ["Amy Page", "Guest"], ben: ["Ben Page", "Guest"], cat: ["Cat Page", "Builder"],
		sub: ["Sub Page", "Staff"], tia: ["Tia Page", "Builder"], tom: ["Tom Page", "Builder"],
		act: ["Act Page", "Admin"], bob: ["Bob Page", "Guest"], sam: ["Sam Page", "Builder"], sid: ["Sid Page", "Builder"],
		dee: ["Dee Page", "Builder"], dov: ["Dov Page", "Builder"], pat: ["Pat Page", "Guest"],
	});
	site = place.site;
	admin = await place.as("admin");
});

async function path(key, below = "") {
	return `${place.base}/users/${await place.id(place.email(key))}${below}`;
}

function facts(page) {
	return Object.fromEntries([...page.body.matchAll(/<dt>([^<]*)<\/dt><dd>([\s\S]*?)<\/dd>/g)]
		.map(([, name, value]) => [name, value.replace(/<[^>]*>/g, "").trim()]));
}

test("the head and the information of a user {V1 V2}", async () => {
	await admin.submit(await path("cat", "/edit"), { nickname: "Kitty", phone: "+351 21 123 456", country: "PT" });
	const page = await admin.get(await path("cat"));
	const head = /<div class="page-head who">([\s\S]*?)<nav class="tabs"/.exec(page.body)[1];
	assert.match(head, /class="avatar[^>]*>CP</);
	assert.match(head, /<h1><bdi>Cat Page<\/bdi>/);
	assert.match(head, /<bdi>Place page<\/bdi> · <bdi>Portugal<\/bdi>/);
	assert.match(head, /class="badge active">Active</);
	assert.match(head, /Force logout/);
	assert.match(head, /popovertarget="actions"/);
	const told = facts(page);
	assert.equal(told.Email, place.email("cat"));
	for (const [name, value] of [["Status", "Active"], ["Nickname", "Kitty"], ["Phone", "+35121123456"],
		["Country", "Portugal"], ["Role", "Builder"], ["Organization", "Place page"], ["Last sign-in", "Never"],
		["Time zone", "UTC"], ["Language", "English"], ["Second factor", "Off"]])
		assert.equal(told[name], value, name);
	assert.match(told.Registered, /^Today/);
	const own = await admin.get(await path("admin"));
	assert.match(own.body, /\(you\)/);
	const staff = await (await place.as("sub")).get(await path("cat"));
	assert.doesNotMatch(staff.body, /Force logout/, "who may not sign anybody out has no button for it");
});

for (const script of [true, false]) {
	const how = script ? "with JavaScript" : "without JavaScript";
	const key = script ? "amy" : "ben";

	test(`a user is edited, ${how} {U8a E1 E3}`, async () => {
		const name = script ? "Amy Ünal" : "Ben O'Hara (Jr.)";
		await withChrome(site, { script }, async (page) => {
			await signIn(page, place.email("admin"), PASSWORD);
			await page.goto(`${place.base}/users?q=${key}%40`);
			await choose(page, place.people[key].name, "Edit");
			await page.getByRole("heading", { name: "Edit user" }).waitFor();
			assert.equal(await page.getByLabel("Email", { exact: true }).isDisabled(), true, "read-only");
			assert.equal(await page.getByLabel("Email", { exact: true }).inputValue(), place.email(key));
			await page.getByLabel("Name", { exact: true }).fill(name);
			await page.getByLabel(/^Nickname/).fill("Nick");
			await page.getByLabel(/^Phone/).fill("030");
			await page.getByLabel(/^Country/).selectOption({ label: "Germany" });
			await page.getByRole("button", { name: "Save" }).click();
			await page.getByText("Give a number with its country").waitFor();
			assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), name, "what was typed stays");
			assert.equal(await page.getByLabel(/^Country/).inputValue(), "DE");
			await page.getByLabel(/^Phone/).fill("+49 30 1234567");
			await page.getByRole("button", { name: "Save" }).click();
			await page.getByRole("status").filter({ hasText: `${name} is saved` }).waitFor();
		});
		const told = facts(await admin.get(await path(key)));
		assert.deepEqual([told.Nickname, told.Phone, told.Country], ["Nick", "+49301234567", "Germany"]);
		const [event] = await place.events("act = 48");
		assert.deepEqual(JSON.parse(event.fields).map(([field]) => field), ["name", "nickname", "phone", "country"]);
	});

	test(`the role of a user opens beside the list and the page, ${how} {U6 E1}`, async () => {
		await withChrome(site, { script }, async (page) => {
			await signIn(page, place.email("admin"), PASSWORD);
			for (const from of [`${place.base}/users?q=cat%40`, await path("cat")]) {
				await page.goto(from);
				await page.getByRole("main").getByRole("link", { name: "Builder" }).click();
				await page.getByText("workspace:create").waitFor();
				assert.equal(await page.locator("dialog.side-sheet").count(), script ? 1 : 0);
				assert.equal(new URL(page.url()).pathname.includes("/roles/"), !script);
				if (!script)
					continue;
				await page.keyboard.press("Escape");
				await page.locator("dialog").waitFor({ state: "detached" });
				assert.equal(await page.evaluate(() => document.activeElement.textContent), "Builder",
					"the focus is where it was");
			}
		});
	});
}

test("who edits an old version sees both values {E15}", async () => {
	const target = await path("cat", "/edit");
	const mine = (await admin.get(target)).form(target);
	await admin.submit(target, { nickname: "Tiger", phone: "" });
	const answer = await admin.send(mine.action, { ...mine.fields, nickname: "Lion", country: "FR" });
	assert.equal(answer.status, 409);
	assert.match(answer.text, /Somebody else changed this meanwhile/);
	const form = answer.form(target);
	assert.equal(form.fields.nickname, "Lion", "what was typed");
	assert.match(answer.body, /class="now">Now: <bdi>Tiger<\/bdi>/, "beside what is stored");
	assert.match(answer.body, /Now: <bdi>Portugal<\/bdi>/);
	assert.match(answer.body, /Now: <bdi>-<\/bdi>/, "the phone that is gone");
	assert.equal([...answer.body.matchAll(/class="now"/g)].length, 3, "not the name, which is the same");
	assert.equal((await admin.send(form.action, form.fields)).status, 303, "sent again it counts");
	assert.equal(facts(await admin.get(await path("cat"))).Nickname, "Lion");
});

test("what nobody should type into a user's form comes back with a message {U8a}", async () => {
	const target = await path("cat", "/edit");
	const form = (await admin.get(target)).form(target);
	const row = () => site.one(`SELECT name, nickname, phone, country, email, version FROM members
		WHERE email = '${place.email("cat")}'`);
	const before = await row();
	for (const name of ["name", "nickname", "phone", "country"])
		for (const [what, [raw]] of Object.entries(NEVER)) {
			const answer = await admin.send(form.action, bodyOf(form.fields, name, raw));
			assert.equal(answer.status, 422, `${name}, ${what}: ${answer.text.slice(0, 200)}`);
			assert.ok(answer.errorAt(name), `${name}, ${what}`);
		}
	const marked = await admin.send(form.action, bodyOf(form.fields, "nickname", pct("<img src=x onerror=alert(1)>")));
	assert.equal(marked.status, 303, "a nickname is any text");
	const shown = await admin.get(await path("cat"));
	assert.doesNotMatch(shown.body, /<img/);
	assert.match(shown.text, /<img src=x onerror=alert\(1\)>/);
	const forged = await admin.forge(target, { email: "boss@page.test", role: await place.role("Admin"),
		status: "removed", org_path: "/x", person_id: "1", nickname: "Plain" });
	assert.equal(forged.status, 303);
	const after = await row();
	assert.deepEqual({ ...after, version: 0 }, { ...before, nickname: "Plain", version: 0 });
});

const TEMPORARY = "copper willow 88 anchor";
const OWN = "maple station 4 drifting";

for (const script of [true, false]) {
	const how = script ? "with JavaScript" : "without JavaScript";
	const [temporary, gone] = script ? ["tia", "dee"] : ["tom", "dov"];

	test(`a temporary password is set and replaced, ${how} {U8f E1}`, async () => {
		const person = await place.as(temporary);
		site.secrets.add(TEMPORARY).add(OWN);
		await withChrome(site, { script }, async (page) => {
			await signIn(page, place.email("admin"), PASSWORD);
			await page.goto(`${place.base}/users?q=${temporary}%40`);
			await choose(page, place.people[temporary].name, "Set temporary password");
			await page.getByRole("heading", { name: "Set temporary password" }).waitFor();
			await page.getByText(/you both know this password/).waitFor();
			await page.getByRole("textbox", { name: "Temporary password" }).fill("short");
			await page.locator("form").evaluateAll((forms) => forms.forEach((form) => { form.noValidate = true; }));
			await page.getByRole("button", { name: "Set the password" }).click();
			await page.getByText("Use at least 12 characters").waitFor();
			assert.equal(await page.getByRole("textbox", { name: "Temporary password" }).inputValue(), "", "it never comes back");
			await page.getByRole("textbox", { name: "Temporary password" }).fill(TEMPORARY);
			await page.getByRole("button", { name: "Set the password" }).click();
			await page.getByRole("status").filter({ hasText: "has a temporary password now" }).waitFor();
		});
		assert.match((await person.get(`${place.base}/users`)).location, /^\/signin\?next=/, "sessions end");
		const mail = await site.post.get(place.email(temporary), /temporary password/);
		assert.ok(!(mail.text + mail.html).includes(TEMPORARY), "the email does not hold it");
		await withChrome(site, { script }, async (page) => {
			await signIn(page, place.email(temporary), TEMPORARY);
			await page.getByRole("heading", { name: "Choose a new password" }).waitFor();
			for (const path of ["/users", "/settings", "/audit"]) {
				await page.goto(place.base + path);
				assert.equal(new URL(page.url()).pathname, "/signin/password", "before anything else");
			}
			await page.getByLabel("New password", { exact: true }).fill(TEMPORARY);
			await page.getByLabel("New password, again").fill(TEMPORARY);
			await page.getByRole("button", { name: "Save and go on" }).click();
			await page.getByText("Choose another one than the temporary one.").waitFor();
			await page.getByLabel("New password", { exact: true }).fill(OWN);
			await page.getByLabel("New password, again").fill(OWN);
			await page.getByRole("button", { name: "Save and go on" }).click();
			await page.waitForURL((url) => url.pathname === `${place.base}/audit`);
			await page.goto(`${place.base}/users`);
			await page.getByRole("heading", { name: /^Users/ }).waitFor();
		});
		assert.equal((await person.signIn(place.email(temporary), TEMPORARY)).status, 422);
		assert.equal((await person.signIn(place.email(temporary), OWN)).status, 303);
		for (const act of [49, 50])
			assert.equal((await place.events(`act = ${act} AND subject_name = '${place.people[temporary].name}'`))
				.length, 1, `event ${act}`);
	});

	test(`an account is deleted, ${how} {U8k E1 E3}`, async () => {
		const person = await place.as(gone);
		const { name } = place.people[gone];
		const target = await path(gone, "/delete");
		await withChrome(site, { script }, async (page) => {
			await signIn(page, place.email("admin"), PASSWORD);
			await page.goto(`${place.base}/users?q=${gone}%40`);
			await choose(page, name, "Delete account");
			await page.getByRole("heading", { name: `Delete the account of ${name}?` }).waitFor();
			await page.getByText("This cannot be undone.").waitFor();
			const button = page.getByRole("button", { name: "Delete", exact: true });
			assert.equal(await button.isDisabled(), script, "the word first");
			await page.getByLabel(/Type DELETE/).fill("DELETE");
			await page.getByLabel("I know that this cannot be undone").check();
			await button.click();
			await page.getByRole("status").filter({ hasText: `The account of ${name} is deleted` }).waitFor();
		});
		assert.match((await person.get(`${place.base}/users`)).location, /^\/signin/, "no session is left");
		assert.equal((await person.signIn(place.email(gone), PASSWORD)).status, 422);
		assert.equal((await admin.get(target)).status, 404);
		assert.match((await site.post.get(place.email(gone))).subject, /was deleted/);
		const invited = await admin.submit(`${place.base}/users/invite`, { name: "New Page",
			email: place.email(gone), role: await place.role("Guest") });
		assert.equal(invited.status, 303, "the address is free");
	});
}

test("deleting wants the word and the box, and is told where they lack {U8k}", async () => {
	const target = await path("pat", "/delete");
	for (const [fields, field] of [[{ typed: "delete", sure: "1" }, "typed"], [{ typed: "DELETE" }, "sure"]]) {
		const answer = await admin.submit(target, fields);
		assert.equal(answer.status, 422);
		assert.ok(answer.errorAt(field));
	}
	assert.equal((await admin.get(await path("pat"))).status, 200);
});

// Everything that there is about a person and their place in an account.
function everything(email, slug) {
	return Promise.all([
		`SELECT * FROM people WHERE email = '${email}'`,
		`SELECT c.hash, c.must_change, c.set_at FROM credentials c JOIN people p ON p.id = c.person_id
			WHERE p.email = '${email}'`,
		`SELECT s.id, s.created_at FROM sessions s JOIN people p ON p.id = s.person_id WHERE p.email = '${email}'`,
		`SELECT m.* FROM members m JOIN tenants t ON t.id = m.tenant_id JOIN people p ON p.id = m.person_id
			WHERE p.email = '${email}' AND t.slug = '${slug}'`,
		`SELECT e.seq, e.act FROM events e JOIN tenants t ON t.id = e.tenant_id WHERE t.slug = '${slug}'`,
	].map((sql) => site.rows(sql)));
}

test("of who is, or was, in another account nothing of the identity is touched, and nothing of it shown {U8f U8k}", async () => {
	const here = await makePlace("mine", {});
	const there = await makePlace("canary", { boss: ["Boss Canary", "Admin"] });
	for (const key of ["now", "once"])
		await there.add(key, `${key} Canary-${key}`, "Guest", "/", `${key}@canary.test`);
	const ada = await here.as("admin");
	const boss = await there.as("boss");
	for (const key of ["now", "once"]) {
		const email = `${key}@canary.test`;
		await ada.submit(`${here.base}/users/invite`, { name: `Ann ${key}`, email,
			role: await here.role("Guest") });
		const { link } = await site.post.get(email);
		const person = new Visitor(site);
		const { fields } = (await person.openLink(link)).form("/invite");
		assert.equal((await person.send("/invite", { ...fields, name: `Ann ${key}`, password: PASSWORD }))
			.status, 200);
		if (key === "once")
			await boss.submit(`${there.base}/users/${await there.id(email)}/remove`);
		const id = await here.id(email);
		const before = await everything(email, there.slug);
		const page = await ada.get(`${here.base}/users/${id}`);
		assert.equal(page.status, 200);
		assert.doesNotMatch(page.body + JSON.stringify(page.raw), /Canary/, "nothing of the other account");
		const csrf = page.form("/signout").fields.csrf;
		for (const [act, fields] of [["password", { password: TEMPORARY }], ["factor", {}],
			["delete", { typed: "DELETE", sure: "1" }]]) {
			const target = `${here.base}/users/${id}/${act}`;
			assert.equal((await ada.get(target)).status, 403, `${act} of ${key}`);
			const answer = await ada.send(target, { ...fields, csrf });
			assert.equal(answer.status, 403, `${act} of ${key}`);
			assert.match(answer.text, /manages their own sign-in.*Decision [0-9a-z]{13}/);
			assert.doesNotMatch(answer.body, /Canary/);
		}
		assert.deepEqual(await everything(email, there.slug), before);
		await new Visitor(site, { from: "127.0.0.97" }).submit("/forgot", { email });
		assert.match((await site.post.get(email, /password/i)).text, /reset/i, "an email always works");
	}
	const list = await ada.get(`${here.base}/users`);
	assert.doesNotMatch(list.body, /Canary/);
});

function did(page) {
	return [...page.body.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row]) => row).filter((row) => row.includes('class="what"'))
		.map((row) => Object.fromEntries([...row.matchAll(/<td class="(\w+)">([\s\S]*?)<\/td>/g)]
			.map(([, name, cell]) => [name, cell.replace(/<[^>]*>/g, "").trim()])));
}

test("what a user did: columns, order, words, client, session, pages, all in the address {V3}", async () => {
	const act = await place.as("act");
	const bob = await path("bob", "/edit");
	for (let i = 0; i < 30; i++)
		await act.submit(bob, { nickname: `Bob ${i}` });
	await act.submit(await path("bob", "/deactivate"));
	const target = await path("act", "/activity");
	const shown = async (query) => {
		const page = await admin.get(`${target}${query}`);
		assert.equal(page.status, 200, `${query}: ${page.text.slice(0, 300)}`);
		return page;
	};
	const first = did(await shown(""));
	assert.equal(first[0].what, "Act Page deactivated Bob Page", "the newest first");
	assert.deepEqual([first[0].code, first[0].with, first[0].org], ["member.deactivated", "Web", "Place page"]);
	assert.match(first[0].time, /^Today/);
	assert.equal(did(await shown("?sort=time&dir=asc"))[0].code, "signin.ok");
	assert.deepEqual([...new Set(did(await shown("?q=DEACTIV")).map((row) => row.code))], ["member.deactivated"]);
	assert.deepEqual([...new Set(did(await shown("?q=member.edited&rows=100")).map((row) => row.code))], ["member.edited"]);
	assert.equal(did(await shown("?q=zzz")).length, 0);
	assert.equal(did(await shown("?client=Command+line")).length, 0);
	assert.ok(did(await shown("?client=Web&client=Command+line")).length > 30);
	for (const interval of ["hour", "6h", "day", "week", "month", "3months"])
		assert.ok(did(await shown(`?in=${interval}`)).length > 30, interval);
	for (const sort of ["organization", "client", "action"])
		for (const dir of ["asc", "desc"]) {
			const rows = [];
			let page = await shown(`?sort=${sort}&dir=${dir}&rows=25`);
			for (;;) {
				rows.push(...did(page));
				const next = /<a[^>]*href="([^"]*)"[^>]*rel="next"/.exec(page.body);
				if (!next)
					break;
				page = await admin.get(next[1].replace(/&amp;/g, "&"));
			}
			assert.equal(rows.length, first.length, `${sort} ${dir}`);
			const keys = rows.map((row) => ({ organization: row.org, client: row.with, action: row.code }[sort]));
			assert.deepEqual(keys, [...keys].sort((a, b) => (dir === "asc" ? 1 : -1) * (a < b ? -1 : a > b ? 1 : 0)));
		}
	let page = await shown("?rows=25&q=edited");
	const next = /<a[^>]*href="([^"]*)"[^>]*rel="next"/.exec(page.body)[1].replace(/&amp;/g, "&");
	assert.match(next, /q=edited/);
	page = await admin.get(next);
	assert.equal(did(page).length, 5);
	const back = /<a[^>]*href="([^"]*)"[^>]*rel="prev"/.exec(page.body)[1].replace(/&amp;/g, "&");
	assert.equal(did(await admin.get(back)).length, 25);
	for (const query of ["?from=yesterday", "?to=2026-13-01", "?from=2026-11-2x", "?sort=password"])
		assert.equal((await admin.get(`${target}${query}`)).status, 422, query);
});

test("dates of an interval begin at midnight in the account's zone, said with UTC {V3 E14}", async () => {
	const target = await path("act", "/activity");
	const page = await admin.get(`${target}?from=2026-01-05&to=2026-01-06`);
	assert.match(page.text, /Dates begin at 00:00 in UTC/);
	assert.match(page.text, /From 2026-01-05T00:00:00Z/);
	assert.match(page.text, /Before 2026-01-07T00:00:00Z/);
	const today = new Date().toISOString().slice(0, 10);
	assert.equal(did(await admin.get(`${target}?from=2026-01-05&to=2026-01-06`)).length, 0);
	assert.ok(did(await admin.get(`${target}?from=${today}&to=${today}`)).length > 30);
});

for (const script of [true, false]) {
	const how = script ? "with JavaScript" : "without JavaScript";
	const key = script ? "sam" : "sid";

	test(`one session is ended for this account, and shows what it did, ${how} {V6 E1}`, async () => {
		const other = await makePlace("elsewhere", {});
		const ada = await other.as("admin");
		const asked = await ada.submit(`${other.base}/users/invite`, { name: "Known There", email: place.email(key),
			role: await other.role("Guest") });
		assert.equal(asked.status, 303, asked.text);
		const { link } = await site.post.get(place.email(key));
		const proved = new Visitor(site);
		const { fields } = (await proved.openLink(link)).form("/invite");
		assert.equal((await proved.send("/invite", { ...fields, name: "Known There", password: PASSWORD })).status, 200);
		const [one, two] = [await place.as(key, { agent: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0" }),
			await place.as(key, { from: "127.0.0.77" })];
		for (const visitor of [one, two])
			assert.equal((await visitor.get(`${place.base}/users`)).status, 200);
		const there = new Visitor(site, { from: "127.0.0.78", agent: "Elsewhere/9" });
		await there.signIn(place.email(key), PASSWORD);
		assert.equal((await there.get(`${other.base}/settings`)).status, 200);
		assert.equal((await one.get(`${other.base}/settings`)).status, 200);
		await withChrome(site, { script }, async (page) => {
			await signIn(page, place.email("admin"), PASSWORD);
			await page.goto(await path(key));
			await page.getByRole("link", { name: "Sessions" }).click();
			await page.getByRole("table", { name: "Sessions" }).waitFor();
			const text = await page.getByRole("main").innerText();
			assert.ok(text.includes("127.0.0.77"));
			assert.ok(!text.includes("127.0.0.78") && !text.includes("Elsewhere"), "not who never was here");
			const row = page.getByRole("row").filter({ hasText: "Firefox" });
			await row.getByRole("link", { name: "1", exact: true }).click();
			await page.getByText("Only what one session did.").waitFor();
			assert.equal(await page.locator("td.what").count(), 1);
			await page.goBack();
			await row.getByRole("button", { name: /End the session/ }).click();
			await page.getByRole("status").filter({ hasText: "is ended here" }).waitFor();
			await page.getByRole("row").filter({ hasText: "Firefox" }).getByText("Ended").waitFor();
		});
		assert.match((await one.get(`${place.base}/users`)).location, /^\/signin\?next=/);
		assert.equal((await one.get(`${other.base}/settings`)).status, 200, "the other account goes on");
		assert.equal((await two.get(`${place.base}/users`)).status, 200, "and so does the other session");
		assert.equal((await one.signIn(place.email(key), PASSWORD)).status, 303);
		assert.equal((await one.get(`${place.base}/users`)).status, 200, "signed in again");
		assert.equal((await place.events(`act = 52 AND subject_name = '${place.people[key].name}'`)).length, 1);
		assert.equal((await other.events("act = 52")).length, 0);
		const session = await site.one(`SELECT s.id FROM sessions s WHERE s.peer = '127.0.0.78'
			ORDER BY s.id DESC`);
		const csrf = (await admin.get(`${place.base}/users`)).form("/signout").fields.csrf;
		const answer = await admin.send(`${await path(key)}/sessions/${crockford(session.id)}/end`, { csrf });
		assert.equal(answer.status, 404, "a session that never was here is none");
		assert.match(answer.text, /That session is not there any more\.[\s\S]*Firefox/, "beside those that there are");
		assert.equal((await there.get(`${other.base}/settings`)).status, 200);
	});
}

test("the activity log goes to who asks, as a table that no spreadsheet runs {U8j}", async () => {
	const act = await place.as("act");
	await act.submit(await path("cat", "/edit"), { name: "Cat Page" });
	await act.submit(await path("cat", "/edit"), { nickname: "=HYPERLINK(1)" });
	await withChrome(site, {}, async (page) => {
		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(`${place.base}/users?q=act%40`);
		await choose(page, "Act Page", "Send activity log");
		await page.getByRole("button", { name: "Send the email" }).click();
		await page.getByRole("status").filter({ hasText: "is on its way to you" }).waitFor();
	});
	const mail = await site.post.get(place.email("admin"), /Activity log of Act Page/);
	assert.equal(mail.attachments.length, 1);
	const [file] = mail.attachments;
	assert.equal(file.filename, "activity.csv");
	assert.match(file.contentType, /^text\/csv/);
	const [head, ...rows] = parseCsv(file.content.toString("utf8"));
	assert.deepEqual(head, ["Time", "Organization", "Client", "Address", "Action", "Code"]);
	assert.ok(rows.length > 30);
	assert.ok(rows.every((row) => row.length === 6 && row.every((cell) => !/^[=+\-@\t\r]/.test(cell))));
	assert.equal(rows[0][5], "member.edited");
	assert.ok(!mail.text.includes("HYPERLINK"));
	assert.equal((await place.events("act = 53")).length, 1);
	assert.equal(site.post.to(place.email("act")).filter((one) => /Activity/.test(one.subject)).length, 0);
});

for (const script of [true, false])
	test(`the columns of the list are chosen and remembered, ${script ? "with" : "without"} JavaScript {U1 E1}`, async () => {
		const own = await makePlace("chosen", { pia: ["Pia Cole", "Guest"] });
		const ada = await own.as("admin");
		const id = await own.id(own.email("pia"));
		await ada.submit(`${own.base}/users/${id}/edit`, { nickname: "=Pip", phone: "+351211234567", country: "PT" });
		await withChrome(own.site, { script }, async (page) => {
			await signIn(page, own.email("admin"), PASSWORD);
			await page.goto(`${own.base}/users?sort=email`);
			await page.getByRole("link", { name: "Columns", exact: true }).click();
			await page.getByRole("heading", { name: "Columns", exact: true }).waitFor();
			for (const name of ["Nickname", "Phone", "Country", "Second factor"]) {
				assert.equal(await page.getByRole("checkbox", { name }).isChecked(), false);
				await page.getByRole("checkbox", { name }).check();
			}
			for (const name of ["Email", "Last sign-in"])
				await page.getByRole("checkbox", { name }).uncheck();
			await page.getByRole("button", { name: "Save" }).click();
			await page.getByRole("status").filter({ hasText: "The columns are as you chose." }).waitFor();
			assert.equal(new URL(page.url()).searchParams.get("sort"), "email", "back where it was");
			const row = page.getByRole("row").filter({ hasText: "Pia Cole" });
			for (const text of ["=Pip", "+351211234567", "Portugal", "Off"])
				await row.getByText(text, { exact: true }).waitFor();
			assert.equal(await row.getByText(own.email("pia")).isVisible(), false);
			assert.equal(await page.getByRole("columnheader", { name: "Email" }).count(), 0);
		});
		const again = await own.as("admin");
		assert.match((await again.get(`${own.base}/users`)).body, /class="more" title="Portugal" data-label="Country"><bdi>Portugal/, "remembered");
		assert.equal((await own.events("act = 54")).length, 1);
		const none = await again.get(`${own.base}/users/columns`);
		const { csrf } = none.form(`${own.base}/users/columns`).fields;
		assert.equal((await again.send(`${own.base}/users/columns`, { csrf })).status, 303, "the name alone");
		assert.doesNotMatch((await again.get(`${own.base}/users`)).body, /class="more"/);
	});
