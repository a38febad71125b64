// The person's own pages: profile, address, password, sessions, activity, data, the end.
import assert from "node:assert/strict";
import fs from "node:fs";
import test from "node:test";
import { signIn, withChrome } from "./chrome.mjs";
import { makePlace, PASSWORD, PASSWORD2 } from "./fixtures.mjs";
import { Visitor } from "./visitor.mjs";

const LONG = "W".repeat(60);
let place, other, site;

test("the accounts of these tests", async () => {
	place = await makePlace("own", {
		bo: ["Bo Able", "Builder"], cy: ["Cy Bell", "Builder"], di: ["Di Cole", "Builder"], ed: ["Ed Dale", "Builder"],
		flo: ["Flo East", "Builder"], gus: ["Gus Ford", "Guest"], hal: ["Hal Gale", "Guest"], ida: ["Ida Hope", "Guest"],
		jo: ["Jo Inch", "Guest"], kai: ["Kai Jones", "Guest"], lea: ["Lea King", "Guest"], max: ["Max Long", "Guest"],
		nan: ["Nan Moore", "Guest"], oli: ["Oli Nash", "Guest"],
	});
	site = place.site;
	other = await makePlace("own", {}, "Canary Ltd");
});

const heading = (page, name) => page.getByRole("heading", { name }).waitFor();
const said = (page, text) => page.getByRole("status").filter({ hasText: text }).first().waitFor();

for (const script of [true, false]) {
	const js = script ? "with JavaScript" : "without";

	test(`the profile is edited and at once in force, ${js} {F1 E1 E14 U7}`, async () => {
		const key = script ? "bo" : "cy";
		await withChrome(site, { script }, async (page) => {
			await signIn(page, place.email(key), PASSWORD);
			await page.goto(`${place.base}/settings`);
			await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Profile" }).click();
			await heading(page, "In this account");
			await page.getByLabel("Name", { exact: true }).fill("Renée Núñez");
			await page.getByLabel("Nickname").fill("Ren");
			await page.getByLabel("Phone").fill("+49 30 7654321");
			await page.getByLabel("Country").selectOption("PT");
			await page.getByLabel("Time zone").selectOption("Asia/Tokyo");
			await page.getByLabel("Date format").selectOption("iso");
			await page.getByLabel("Clock").selectOption("12");
			await page.getByLabel("Theme").selectOption("dark");
			await page.getByRole("button", { name: "Save" }).click();
			await said(page, "Your profile is saved.");
			assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
			await heading(page, "Renée Núñez");
			assert.equal(await page.getByLabel("Phone").inputValue(), "+49307654321");
			assert.equal(await page.getByLabel("Country").inputValue(), "PT");
			assert.equal(await page.getByLabel("Time zone").inputValue(), "Asia/Tokyo");
			const seen = page.locator("dl time").first();
			assert.match(await seen.getAttribute("datetime"), /\+09:00$/);
			assert.match(await seen.innerText(), /(am|pm)/);
			await page.goto(`${place.base}/users`);
			assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
			await page.goto("/legal");
			assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
			await page.goto(`${place.base}/profile`);
			await page.getByLabel("Name", { exact: true }).fill("   ");
			await page.getByLabel("Nickname").fill("kept");
			await page.getByRole("button", { name: "Save" }).click();
			await page.locator("#name-error:not(:empty)").waitFor();
			assert.equal(await page.getByLabel("Nickname").inputValue(), "kept");
		});
		const events = await place.events(`act = 90 AND actor_name = '${script ? "Bo Able" : "Cy Bell"}'`);
		assert.equal(events.length, 1);
		assert.match(events[0].fields, /"phone","","\+49307654321"/);
	});
}

test("the menus lead to the profile by keyboard, and German is German at once {F1}", async () => {
	await withChrome(site, {}, async (page) => {
		await signIn(page, place.email("di"), PASSWORD);
		await page.goto(`${place.base}/settings`);
		await page.getByRole("button", { name: /^Your menu/ }).focus();
		await page.keyboard.press("Enter");
		await page.keyboard.press("Tab");
		await page.keyboard.press("Enter");
		await heading(page, "In this account");
		await page.getByLabel("Language").selectOption("de");
		await page.getByRole("button", { name: "Save" }).click();
		await page.locator('html[lang="de"]').waitFor();
	});
});

test("a form that is old comes back with both values {F1 E15}", async () => {
	const visitor = await place.as("ed");
	const form = (await visitor.get(`${place.base}/profile`)).form(`${place.base}/profile`);
	assert.equal((await visitor.send(form.action, { ...form.fields, nickname: "First", phone: "+4911111111" })).status, 303);
	const answer = await visitor.send(form.action, { ...form.fields, nickname: "Second" });
	assert.equal(answer.status, 409);
	assert.match(answer.text, /Now: First/);
	assert.match(answer.text, /Now: \+4911111111/);
	assert.equal(answer.form(form.action).fields.nickname, "Second");
	const kept = answer.form(form.action);
	assert.equal((await visitor.send(form.action, { ...kept.fields, phone: "+4911111111" })).status, 303);
	const row = await site.one(`SELECT nickname, phone FROM members WHERE email = '${place.email("ed")}'`);
	assert.deepEqual(row, { nickname: "Second", phone: "+4911111111" });
});

test("sixty letters without a blank, marks that turn text and fields that there are not {F1}", async () => {
	const visitor = await place.as("ed");
	const url = `${place.base}/profile`;
	assert.equal((await visitor.submit(url, { name: LONG, nickname: "W".repeat(50) })).status, 303);
	for (const name of ["a\u202eb", `${LONG}W`, "<b>x</b>", "http://evil.example"]) {
		const answer = await visitor.submit(url, { name });
		assert.equal(answer.status, 422, name);
		assert.ok(answer.errorAt("name"));
	}
	const before = await site.one(`SELECT p.*, m.role_id, m.org_path, m.status FROM people p JOIN members m
		ON m.person_id = p.id WHERE p.email = '${place.email("ed")}'`);
	const forged = await visitor.forge(url, { nickname: "x", email: "boss@own.test", email_key: "boss@own.test",
		role_id: "1", role: "Admin", status: "removed", org_path: "/", confirmed_at: "1", method: "sso", id: "1",
		person_id: "1", tenant_id: "1", tenants_ever: "9", factor: "0" });
	assert.ok([303, 422].includes(forged.status));
	const after = await site.one(`SELECT p.*, m.role_id, m.org_path, m.status FROM people p JOIN members m
		ON m.person_id = p.id WHERE p.email = '${place.email("ed")}'`);
	assert.deepEqual({ ...after, version: 0 }, { ...before, version: 0 });
	assert.equal((await visitor.send(url, { nickname: "no token" })).status, 403);
});

for (const script of [true, false])
	test(`the address changes by its link, ${script ? "with JavaScript" : "without"} {F2 E1}`, async () => {
		const key = script ? "flo" : "gus";
		const old = place.email(key), fresh = `new-${key}@own.test`;
		const elsewhere = await place.as(key);
		await withChrome(site, { script }, async (page, context) => {
			await signIn(page, old, PASSWORD);
			await page.goto(`${place.base}/profile`);
			await page.getByRole("link", { name: "Email", exact: true }).click();
			await page.getByLabel("New address").fill("no@address");
			await page.getByRole("button", { name: "Send the link" }).click();
			await page.locator("#email-error:not(:empty)").waitFor();
			await page.getByLabel("New address").fill(fresh);
			await page.getByRole("button", { name: "Send the link" }).click();
			await said(page, fresh);
			await page.getByText(`${fresh} is not confirmed yet.`).waitFor();
			const mail = await site.post.get(fresh);
			const notice = await site.post.get(old, /to be changed/);
			assert.match(notice.text, /seven days/);
			assert.ok(notice.text.includes(fresh) || notice.text.replace(/\u2060/g, "").includes(fresh));
			const [before] = (await context.cookies()).filter((cookie) => cookie.name === "__Host-sid");
			site.secrets.add(new URL(mail.link).searchParams.get("t"));
			await new Visitor(site).open(mail.link);
			await page.goto(mail.link);
			assert.equal(new URL(page.url()).search, "");
			await page.getByRole("button", { name: "Use this address" }).click();
			await heading(page, "Your address is changed");
			const [after] = (await context.cookies()).filter((cookie) => cookie.name === "__Host-sid");
			assert.notEqual(after.value, before.value, "another id");
			await page.getByRole("link", { name: "Go on" }).click();
			await page.goto(`${place.base}/profile/email`);
			await page.getByRole("main").getByText(fresh).first().waitFor();
		});
		assert.equal((await elsewhere.get(`${place.base}/profile`)).status, 303, "other sessions ended");
		assert.equal((await new Visitor(site).signIn(old, PASSWORD)).status, 422);
		assert.equal((await new Visitor(site).signIn(fresh, PASSWORD)).status, 303);
		await site.post.get(old, /was changed/);
	});

test("a change is given up; its link is dead {F2}", async () => {
	const visitor = await place.as("hal");
	await visitor.submit(`${place.base}/profile/email`, { email: "new-hal@own.test" });
	const { link } = await site.post.get("new-hal@own.test");
	const cancel = await visitor.submit(`${place.base}/profile/email`, {}, `${place.base}/profile/email/cancel`);
	assert.equal(cancel.status, 303);
	assert.equal((await new Visitor(site, { from: "127.0.0.61" }).openLink(link)).status, 410);
	assert.equal((await place.events("act = 93")).length, 1);
});

test("the old address stops a change that was made: nobody stays in, and the owner gets back by email {F2}", async () => {
	const old = place.email("ida"), thief = "thief@own.test";
	const thiefs = await place.as("ida", { from: "127.0.0.62" });
	await thiefs.submit(`${place.base}/profile/email`, { email: thief });
	const { link } = await site.post.get(thief);
	const notice = await site.post.get(old, /to be changed/);
	const confirm = await thiefs.openLink(link);
	assert.equal((await thiefs.send("/confirm", confirm.form("/confirm").fields)).status, 200);
	assert.equal((await thiefs.get(`${place.base}/profile`)).status, 200);
	assert.equal((await thiefs.submit(`${place.base}/profile/password`, { current: PASSWORD, password: PASSWORD2,
		again: PASSWORD2 })).status, 303);
	await withChrome(site, { script: false }, async (page) => {
		site.secrets.add(new URL(notice.link).searchParams.get("t"));
		await page.goto(notice.link);
		await heading(page, "Was this not you?");
		await page.getByRole("button", { name: "Stop it and lock my account" }).click();
		await heading(page, "The change is stopped");
		await page.getByRole("link", { name: "Choose a new password" }).click();
		await page.getByLabel("Email", { exact: true }).fill(old);
		await page.getByRole("button", { name: "Send the link" }).click();
		await heading(page, "Check your email");
	});
	assert.equal((await thiefs.get(`${place.base}/profile`)).status, 303, "the thief is out");
	for (const [email, password] of [[thief, PASSWORD2], [old, PASSWORD2], [old, PASSWORD]])
		assert.equal((await new Visitor(site, { from: "127.0.0.63" }).signIn(email, password)).status, 422);
	const reset = await site.post.get(old, /password/i);
	const owner = new Visitor(site, { from: "127.0.0.64" });
	const page = await owner.openLink(reset.link);
	const password = "meadow copper violin 58";
	site.secrets.add(password);
	assert.equal((await owner.send("/reset", { ...page.form("/reset").fields, password, again: password })).status, 303);
	assert.equal((await owner.signIn(old, password)).status, 303);
	assert.equal((await new Visitor(site, { from: "127.0.0.65" }).openLink(notice.link)).status, 410, "once");
	assert.equal((await place.events("act = 94")).length, 1);
});

test("a taken address gets the same answer; its owner is told the truth {F2}", async () => {
	const texts = [];
	const visitor = await place.as("jo");
	for (const email of ["free-jo@own.test", other.email("admin")]) {
		const answer = await visitor.submit(`${place.base}/profile/email`, { email });
		assert.equal(answer.status, 303);
		texts.push((await visitor.follow(answer)).body.replaceAll(email, "EMAIL").replace(/said=[\w-]+/g, ""));
	}
	const plain = (html) => html.replace(/<time.*?<\/time>/g, "").replace(/value="[\w-]{20,}"/g, "");
	assert.equal(plain(texts[0]), plain(texts[1]));
	const mail = await site.post.get(other.email("admin"));
	assert.match(mail.text, /already has a sign-in/);
	assert.equal(mail.link, undefined);
	assert.ok(!mail.text.includes("Jo Inch"), "not who asked");
});

test("two who want one address: one gets it, at the same instant too {F2}", async () => {
	const wanted = "wanted@own.test";
	const links = [];
	for (const key of ["kai", "lea"]) {
		const visitor = await place.as(key);
		await visitor.submit(`${place.base}/profile/email`, { email: wanted });
		links.push((await site.post.get(wanted, /./, links.length + 1)).link);
	}
	const forms = await Promise.all(links.map(async (link, i) => {
		const visitor = new Visitor(site, { from: `127.0.0.7${i}` });
		return [visitor, (await visitor.openLink(link)).form("/confirm").fields];
	}));
	const answers = await Promise.all(forms.map(([visitor, fields]) => visitor.send("/confirm", fields)));
	assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409]);
	assert.match(answers.find((answer) => answer.status === 409).text, /cannot be used/);
	assert.equal((await site.rows(`SELECT * FROM people WHERE email = '${wanted}'`)).length, 1);
	// And one link sent twice at the same instant.
	const visitor = await place.as("max");
	await visitor.submit(`${place.base}/profile/email`, { email: "twice@own.test" });
	const { link } = await site.post.get("twice@own.test");
	const twins = await Promise.all([1, 2].map(async (i) => {
		const twin = new Visitor(site, { from: `127.0.0.8${i}` });
		return [twin, (await twin.openLink(link)).form("/confirm").fields];
	}));
	const both = await Promise.all(twins.map(([twin, fields]) => twin.send("/confirm", fields)));
	assert.deepEqual(both.map((answer) => answer.status).sort(), [200, 410]);
});

for (const script of [true, false])
	test(`the password is changed, ${script ? "with JavaScript" : "without"} {F3 E1}`, async () => {
		const key = script ? "max" : "nan";
		const email = (await site.one(`SELECT email FROM people WHERE name = '${place.people[key].name}'`)).email;
		const elsewhere = new Visitor(site, { from: "127.0.0.90" });
		assert.equal((await elsewhere.signIn(email, PASSWORD)).status, 303);
		await withChrome(site, { script }, async (page, context) => {
			await signIn(page, email, PASSWORD);
			await page.goto(`${place.base}/profile`);
			await page.getByRole("link", { name: "Password", exact: true }).click();
			const current = page.getByLabel("Current password"), one = page.getByLabel("New password", { exact: true });
			const two = page.getByLabel("New password, again");
			assert.equal(await current.getAttribute("autocomplete"), "current-password");
			assert.equal(await one.getAttribute("autocomplete"), "new-password");
			assert.equal(await one.getAttribute("minlength"), "12");
			await current.fill("not it, not it");
			await one.fill(PASSWORD2);
			await two.fill(PASSWORD2);
			await page.getByRole("button", { name: "Change the password" }).click();
			await page.locator("#current-error:not(:empty)").waitFor();
			for (const field of [current, one, two])
				assert.equal(await field.inputValue(), "", "never shown again");
			const [before] = (await context.cookies()).filter((cookie) => cookie.name === "__Host-sid");
			await current.fill(PASSWORD);
			await one.fill(PASSWORD2);
			await two.fill(PASSWORD2);
			if (script)
				await page.locator(".strength:not([hidden])").first().waitFor();
			await page.getByRole("button", { name: "Change the password" }).click();
			await said(page, "Your password is changed.");
			const [after] = (await context.cookies()).filter((cookie) => cookie.name === "__Host-sid");
			assert.notEqual(after.value, before.value);
			await page.goto(`${place.base}/profile`);
			await heading(page, "In this account");
		});
		assert.equal((await elsewhere.get(`${place.base}/profile`)).status, 303, "other sessions ended");
		assert.equal((await new Visitor(site).signIn(email, PASSWORD)).status, 422);
		assert.equal((await new Visitor(site).signIn(email, PASSWORD2)).status, 303);
		assert.match((await site.post.get(email, /password was changed/)).text, /everywhere else/);
	});

test("a wrong present password waits like a failed sign-in {F3}", async () => {
	const visitor = await place.as("oli", { from: "127.0.0.91" });
	const url = `${place.base}/profile/password`;
	for (let i = 0; i < 5; i++)
		assert.equal((await visitor.submit(url, { current: `wrong ${i}`, password: PASSWORD2, again: PASSWORD2 })).status, 422);
	const answer = await visitor.submit(url, { current: PASSWORD, password: PASSWORD2, again: PASSWORD2 });
	assert.equal(answer.status, 429);
	assert.match(answer.text, /Try again in 10 minutes/);
	assert.ok(answer.headers["retry-after"]);
});

for (const script of [true, false])
	test(`where one is signed in, ${script ? "with JavaScript" : "without"} {F5 S7 E1}`, async () => {
		const admin = place.email("admin");
		const agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0";
		const [one, two] = await Promise.all([1, 2].map(async (i) => {
			const visitor = new Visitor(site, { agent: i === 1 ? agent : "curl/8", from: `127.0.1.1${i}` });
			assert.equal((await visitor.signIn(admin, PASSWORD)).status, 303);
			return visitor;
		}));
		const strangers = await other.as("admin");
		await withChrome(site, { script }, async (page) => {
			await signIn(page, admin, PASSWORD);
			await page.goto(`${place.base}/profile/sessions`);
			const row = page.getByRole("row").filter({ hasText: "Firefox on Windows" });
			await row.getByText("127.0.1.11").waitFor();
			await page.getByRole("row").filter({ hasText: "This one" }).waitFor();
			assert.equal(await page.getByText("Canary").count(), 0);
			await row.getByRole("button", { name: /^End the session/ }).click();
			await said(page, "That session is ended.");
			assert.equal((await one.get(`${place.base}/users`)).status, 303, "dead at once");
			assert.equal((await two.get(`${place.base}/users`)).status, 200);
			await page.getByRole("button", { name: "End all others" }).click();
			await said(page, "signed out everywhere else");
			assert.equal((await two.get(`${place.base}/users`)).status, 303);
			assert.equal((await strangers.get(`${other.base}/users`)).status, 200, "nobody else's");
			assert.equal(await page.getByRole("button", { name: "End all others" }).count(), 0);
			await page.getByRole("button", { name: "End all, including this one" }).click();
			await page.waitForURL((url) => url.pathname === "/signout");
			await page.goto(`${place.base}/profile`);
			await page.waitForURL((url) => url.pathname === "/signin");
		});
	});

test("sessions of others are not there to be ended {S7}", async () => {
	const visitor = await place.as("admin");
	const row = await site.one(`SELECT s.id FROM sessions s JOIN people p ON p.id = s.person_id
		WHERE p.email = '${other.email("admin")}'`);
	const { crockford } = await import("./fixtures.mjs");
	const { fields } = (await visitor.get(`${place.base}/profile/sessions`)).form(/sessions\/all$/);
	for (const id of [crockford(row.id), "0000000000001", "zzz", crockford((await site.one(`SELECT s.id FROM sessions s
		JOIN people p ON p.id = s.person_id WHERE p.email = '${place.email("bo")}'`)).id)]) {
		const answer = await visitor.send(`${place.base}/profile/sessions/${id}/end`, fields);
		assert.equal(answer.status, 404, id);
		if (id !== "zzz")
			assert.match(answer.text, /That session is not there any more/, "a second click finds its page");
	}
	const strangers = await other.as("admin");
	assert.equal((await strangers.get(`${other.base}/users`)).status, 200);
});

test("a session that was forced out sends none of the own forms {S7 F5}", async () => {
	await place.add("rex", "Rex Ruhr", "Guest");
	const [admin, rex, other] = [await place.as("admin"), await place.as("rex"), await place.as("rex")];
	const routes = (await site.tenantry("routes")).split("\n").map((line) => line.split("\t"))
		.filter(([method, path]) => method === "POST" && path.startsWith("/t/{tenant}/profile"));
	assert.ok(routes.length > 8);
	const page = await rex.get(`${place.base}/profile/sessions`);
	const { fields, action } = page.form(/\/end$/);
	const log = `${place.base}/users/${await place.id(place.email("rex"))}/logout`;
	await admin.send(log, (await admin.get(`${place.base}/users`)).form("/signout").fields);
	await other.signIn(place.email("rex"), PASSWORD);
	const before = await place.events();
	for (const [, path] of routes) {
		const to = path.includes("{session}") ? action : path.replace("{tenant}", place.slug);
		const answer = await rex.send(to, { ...fields, password: PASSWORD, current: PASSWORD });
		assert.equal(answer.heading || answer.location, answer.status === 401 ? "Sign in" : "", `${to}: ${answer.status}`);
	}
	assert.deepEqual(await place.events(), before, "nothing was done");
	assert.equal((await other.get(`${place.base}/profile`)).status, 200);
});

test("own activity, page by page {F5}", async () => {
	await withChrome(site, {}, async (page) => {
		await signIn(page, place.email("bo"), PASSWORD);
		await page.goto(`${place.base}/profile/activity?rows=25`);
		await page.getByText("changed their own profile").first().waitFor();
		assert.equal(await page.getByText("Ida Hope").count(), 0);
	});
	const visitor = await place.as("bo");
	for (let i = 0; i < 30; i++)
		await visitor.submit(`${place.base}/profile`, { nickname: `Nick ${i}` });
	const first = await visitor.get(`${place.base}/profile/activity?rows=25`);
	const [, next] = /href="([^"]*)" rel="next"/.exec(first.body);
	const second = await visitor.get(next.replaceAll("&amp;", "&"));
	assert.equal(second.status, 200);
	const times = (page) => [...page.body.matchAll(/<code>[a-z.]+<\/code>/g)].length;
	assert.equal(times(first), 25);
	assert.ok(times(second) > 5);
});

test("one's own data come as a file, without secrets and without anybody else's {F7}", async () => {
	const visitor = await place.as("bo");
	const made = await visitor.submit(`${place.base}/keys/new`, { name: "Nightly" });
	const [key] = /tnt_[0-9A-Za-z]{36}/.exec(made.body);
	site.secrets.add(key);
	const { fields } = (await visitor.get(`${place.base}/profile/data`)).form(/data$/);
	const answer = await visitor.send(`${place.base}/profile/data`, fields);
	assert.equal(answer.status, 200);
	assert.match(answer.headers["content-disposition"], /^attachment; filename="my-data\.json"$/);
	assert.match(answer.headers["content-security-policy"], /sandbox/);
	const data = JSON.parse(answer.body);
	assert.equal(data.person.email, place.email("bo"));
	assert.deepEqual(data.memberships.map((one) => one.address), [place.slug]);
	assert.ok(data.sessions.length >= 1);
	assert.deepEqual(data.api_keys.map((one) => [one.account, one.name, one.begins_with]),
		[[place.slug, "Nightly", key.slice(0, 12)]]);
	assert.ok(data.events.some((event) => event.action === "profile.download"), "the event comes first");
	assert.ok(data.events.some((event) => event.action === "profile.changed"));
	for (const secret of site.secrets)
		assert.ok(secret.length < 8 || !answer.body.includes(secret), "a secret");
	assert.ok(!/argon2|Canary|Ida Hope/.test(answer.body));
	assert.equal((await visitor.send(`${place.base}/profile/data`, {})).status, 403, "not without a token");
	await withChrome(site, {}, async (page) => {
		await signIn(page, place.email("bo"), PASSWORD);
		await page.goto(`${place.base}/profile/data`);
		for (let i = 0; i < 2; i++) {
			const [download] = await Promise.all([page.waitForEvent("download"),
				page.getByRole("button", { name: "Download" }).click()]);
			assert.equal(download.suggestedFilename(), "my-data.json");
			JSON.parse(fs.readFileSync(await download.path(), "utf8"));
		}
	});
});

for (const script of [true, false])
	test(`the account is deleted, ${script ? "with JavaScript" : "without"} {F6 E1 E3}`, async () => {
		const key = script ? "kai" : "lea";
		const person = await site.one(`SELECT id, email FROM people WHERE name = '${place.people[key].name}'`);
		const elsewhere = new Visitor(site, { from: "127.0.0.92" });
		assert.equal((await elsewhere.signIn(person.email, PASSWORD)).status, 303);
		await withChrome(site, { script }, async (page) => {
			await signIn(page, person.email, PASSWORD);
			await page.goto(`${place.base}/profile/data`);
			await page.getByRole("link", { name: "Delete my account" }).click();
			await page.getByText("Events in the audit logs keep your name").waitFor();
			const button = page.getByRole("button", { name: "Delete my account" });
			if (script)
				assert.equal(await button.isDisabled(), true);
			await page.getByLabel("Type DELETE to go on").fill("DELETE");
			await page.getByLabel("Password", { exact: true }).fill("wrong");
			await button.click();
			await page.locator("#password-error:not(:empty)").waitFor();
			await page.getByLabel("Type DELETE to go on").fill("DELETE");
			await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
			await button.click();
			await heading(page, "Your account is deleted");
			await page.goto(`${place.base}/profile`);
			await page.waitForURL((url) => url.pathname === "/signin");
		});
		assert.equal((await elsewhere.get(`${place.base}/profile`)).status, 303);
		assert.equal((await new Visitor(site).signIn(person.email, PASSWORD)).status, 422);
		await site.post.get(person.email, /deleted/);
		const left = await site.rows(`SELECT name, email, phone, status FROM members WHERE person_id = ${person.id}`);
		assert.deepEqual(left, [{ name: place.people[key].name, email: "", phone: "", status: "removed" }]);
		// The address is free for somebody new.
		await site.addUser(place.slug, { email: person.email, name: "Next One", role: "Guest", password: PASSWORD2 });
		assert.equal((await new Visitor(site).signIn(person.email, PASSWORD2)).status, 303);
		const log = await (await place.as("admin")).get(`${place.base}/audit`);
		assert.match(log.text, new RegExp(`${place.people[key].name} deleted their own account`));
	});

test("the last administrator cannot delete the account {F6 U11}", async () => {
	const visitor = await other.as("admin");
	const answer = await visitor.submit(`${other.base}/profile/delete`, { password: PASSWORD, typed: "DELETE" });
	assert.equal(answer.status, 409);
	assert.match(answer.text, /last administrator of Canary Ltd/);
	assert.equal((await visitor.get(`${other.base}/users`)).status, 200);
});

test("risky pages ask for the password after fifteen minutes {F2 F3 F6 F7}", async () => {
	const visitor = await place.as("bo");
	await site.stop();
	await site.write("UPDATE sessions SET proved_at = proved_at - 7200000");
	await site.start();
	for (const path of ["email", "password", "data", "delete"]) {
		const answer = await visitor.get(`${place.base}/profile/${path}`);
		assert.equal(answer.status, 303, path);
		assert.match(answer.location, /^\/signin\/proof/);
	}
	for (const path of ["", "/sessions", "/activity"])
		assert.equal((await visitor.get(`${place.base}/profile${path}`)).status, 200);
});
