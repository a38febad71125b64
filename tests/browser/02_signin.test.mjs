// Signing in and out, with and without JavaScript.
import assert from "node:assert/strict";
import test from "node:test";
import { signIn, withChrome } from "./chrome.mjs";
import { makePlace, PASSWORD } from "./fixtures.mjs";
import { theSite, until } from "./site.mjs";
import { Visitor } from "./visitor.mjs";

let place;

test("the accounts of these tests", async () => {
	place = await makePlace("enter", {
		bo: ["Bo Chen", "Builder"], cy: ["Cy Dent", "Admin"], di: ["Di Eck", "Admin"],
		ed: ["Ed Fox", "Guest"], flo: ["Flo Gray", "Admin"], gus: ["Gus Hall", "Admin"],
	});
});

for (const script of [true, false]) {
	const how = script ? "with JavaScript" : "without JavaScript";

	test(`signing in, wrong and right, ${how} {S1 E1}`, async () => {
		await withChrome(place.site, { script }, async (page) => {
			await page.goto(`${place.base}/users?sort=email&dir=desc`);
			assert.equal(new URL(page.url()).pathname, "/signin");
			assert.equal(await page.title(), "Sign in · Tenantry");
			await page.getByLabel("Email", { exact: true }).fill(place.email("admin"));
			await page.getByLabel("Password", { exact: true }).fill("wrong password here");
			await page.getByRole("button", { name: "Sign in" }).click();
			await page.getByRole("alert").waitFor();
			assert.equal(await page.getByLabel("Email", { exact: true }).inputValue(), place.email("admin"));
			assert.equal(await page.getByLabel("Password", { exact: true }).inputValue(), "");
			await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
			await page.getByRole("button", { name: "Sign in" }).click();
			await page.getByRole("heading", { name: /^Users/ }).waitFor();
			assert.equal(new URL(page.url()).pathname + new URL(page.url()).search,
				`${place.base}/users?sort=email&dir=desc`);
		});
	});

	test(`logging out ends the session at once, ${how} {S7}`, async () => {
		await withChrome(place.site, { script }, async (page, context) => {
			await page.goto(`/signin?next=${encodeURIComponent(`${place.base}/users`)}`);
			await page.getByLabel("Email", { exact: true }).fill(place.email("admin"));
			await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
			await page.getByRole("button", { name: "Sign in" }).click();
			await page.getByRole("heading", { name: /^Users/ }).waitFor();
			const [session] = (await context.cookies()).filter((c) => c.name === "__Host-sid");
			await page.getByRole("button", { name: /^Your menu/ }).click();
			await page.getByRole("button", { name: "Log out" }).click();
			await page.getByRole("heading", { name: "You are signed out" }).waitFor();
			assert.equal((await context.cookies()).filter((c) => c.name === "__Host-sid").length, 0);
			await page.goBack();
			await page.waitForURL((url) => url.pathname !== "/signout");
			assert.equal(await page.getByText("Bo Chen").count(), 0, "the back button shows the list");
			const thief = new Visitor(place.site);
			thief.cookies.set("__Host-sid", session.value);
			assert.equal((await thief.get(`${place.base}/users`)).location.slice(0, 13), "/signin?next=");
		});
	});
}

test("nobody is told to be signed out who is not {S7}", async () => {
	const visitor = await place.as("admin");
	const typed = await visitor.get("/signout");
	assert.equal(typed.heading, "You are still signed in");
	assert.doesNotMatch(typed.text, /has ended/);
	assert.equal((await visitor.get(`${place.base}/users`)).status, 200, "a GET ends nothing");
	const done = await visitor.send("/signout", typed.form("/signout").fields);
	assert.equal((await visitor.follow(done)).heading, "You are signed out");
	assert.equal((await visitor.get(`${place.base}/users`)).status, 303);
	assert.equal((await new Visitor(place.site).get("/signout")).heading, "You are signed out");
});

test("next leads to pages of ours alone {E11}", async () => {
	const good = [`${place.base}/users?q=a%26b&status=invited`, `${place.base}/audit`];
	for (const next of good)
		assert.equal((await new Visitor(place.site).signIn(place.email("admin"), PASSWORD, next)).location,
			next);
	const bad = ["//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example/",
		"/%2f%2fevil.example", "/%0d%0aSet-Cookie:x", "javascript:alert(1)", `/${"a".repeat(3000)}`,
		"/\t/evil.example", "/t/../..//evil.example", "evil", "/nowhere"];
	for (const next of bad) {
		const visitor = new Visitor(place.site);
		const page = await visitor.get(`/signin?next=${encodeURIComponent(next)}`);
		if (page.status !== 200) {
			assert.ok([400, 414].includes(page.status), `${next}: ${page.status}`);
			continue;
		}
		const answer = await visitor.send("/signin", { email: place.email("admin"), password: PASSWORD,
			next, csrf: "" });
		assert.equal(answer.status, 303, next);
		assert.equal(answer.location, "/", next);
		assert.equal(answer.all("set-cookie").length, 2);
	}
});

test("what is wrong with a sign-in is not told: unknown, wrong, invited, of a deactivated {S1}", async () => {
	const admin = await place.as("admin");
	const role = await place.role("Guest");
	await admin.submit(`${place.base}/users/invite`, { name: "Hal Ives", email: "hal@enter.test", role });
	const edId = await place.id(place.email("ed"));
	await admin.submit(`${place.base}/users/${edId}/deactivate`);
	const answers = [];
	for (const email of ["nobody@nowhere.test", place.email("bo"), "hal@enter.test", place.email("ed")]) {
		const visitor = new Visitor(place.site, { from: "127.0.0.9" });
		const answer = await visitor.signIn(email, "wrong password here");
		assert.equal(answer.status, 422, email);
		assert.deepEqual(answer.all("set-cookie"), []);
		answers.push(answer.body.replaceAll(email, "EMAIL").replace(/[0-9a-f]{26}/g, ""));
	}
	assert.equal(new Set(answers).size, 1);
});

test("the sixth try of an address waits, known or not, from this place alone {S3}", async () => {
	const texts = [];
	for (const email of [place.email("cy"), "nobody@enter.test"]) {
		for (let i = 0; i < 5; i++)
			assert.equal((await new Visitor(place.site, { from: "127.0.0.5" })
				.signIn(email, "wrong password here")).status, 422, `try ${i + 1}`);
		const late = await new Visitor(place.site, { from: "127.0.0.5" }).signIn(email, PASSWORD);
		assert.equal(late.status, 429);
		assert.ok(Number(late.headers["retry-after"]) > 0 && Number(late.headers["retry-after"]) <= 600);
		assert.match(late.text, /Try again in \d+ minute/);
		texts.push(late.text.replaceAll(email, "EMAIL").replace(/\d+ minutes?/, "N"));
	}
	assert.equal(texts[0], texts[1]);
	assert.equal((await new Visitor(place.site, { from: "127.0.0.6" })
		.signIn(place.email("cy"), PASSWORD)).status, 303, "another place is let in");
	assert.equal((await new Visitor(place.site, { from: "127.0.0.5" })
		.signIn(place.email("admin"), PASSWORD)).status, 303, "another address is let in");
});

test("strangers cannot lock out a browser that signed in before {S3}", async () => {
	const own = await place.as("di", { from: "127.0.0.7" });
	for (let i = 0; i < 6; i++)
		await new Visitor(place.site, { from: "127.0.0.7" })
			.signIn(place.email("di"), "wrong password here");
	own.cookies.delete("__Host-sid");
	assert.equal((await own.signIn(place.email("di"), PASSWORD)).status, 303);
	const stranger = new Visitor(place.site, { from: "127.0.0.7" });
	assert.equal((await stranger.signIn(place.email("di"), PASSWORD)).status, 429);
});

for (const script of [true, false])
	test(`after a hundred failures of strangers an unknown browser needs an emailed link, ${
		script ? "with" : "without"} JavaScript {S3}`, async () => {
		const far = await makePlace("siege", {});
		const email = far.email("admin");
		const own = await far.as("admin");
		for (let i = 0; i < 25; i++)
			await Promise.all([1, 2, 3, 4].map(() => new Visitor(place.site, { from: `127.0.3.${i + 1}` })
				.signIn(email, "wrong password here")));
		await withChrome(place.site, { script }, async (page) => {
			const enter = async () => {
				await page.getByLabel("Email", { exact: true }).fill(email);
				await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
				await page.getByRole("button", { name: "Sign in" }).click();
			};
			await page.goto("/signin");
			await enter();
			await page.getByRole("alert").filter({ hasText: "email with a link" }).waitFor();
			const { link } = await place.site.post.get(email);
			const thief = new Visitor(place.site);
			for (const method of ["GET", "HEAD", "GET", "HEAD", "GET", "HEAD"]) {
				await thief.follow(await thief.ask(method, link.replace(place.site.base, "")));
				await thief.ask(method, "/confirm");
			}
			assert.equal((await thief.signIn(email, PASSWORD)).status, 429, "opening it is not enough");
			const rival = new Visitor(place.site);
			const { fields } = (await rival.openLink(link)).form("/confirm");
			await page.goto(link);
			assert.equal(new URL(page.url()).search, "");
			await page.getByRole("button", { name: "Allow this browser" }).click();
			await page.waitForURL((url) => url.pathname === "/signin");
			await page.getByText("This browser is allowed now.").waitFor();
			await enter();
			await page.getByRole("heading", { name: /^Users/ }).waitFor();
			assert.equal((await new Visitor(place.site).openLink(link)).status, 410, "it works once");
			assert.equal((await rival.send("/confirm", fields)).status, 410, "nor from a page opened before");
			assert.equal((await rival.signIn(email, PASSWORD)).status, 429);
		});
		own.cookies.delete("__Host-sid");
		assert.equal((await own.signIn(email, PASSWORD)).status, 303, "the own browser was never shut out");
	});

test("the message of a wait is shown in the browser {S3}", async () => {
	for (let i = 0; i < 5; i++)
		await new Visitor(place.site).signIn(place.email("gus"), "wrong password here");
	await withChrome(place.site, {}, async (page) => {
		await page.goto("/signin");
		await page.getByLabel("Email", { exact: true }).fill(place.email("gus"));
		await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
		await page.getByRole("button", { name: "Sign in" }).click();
		await page.getByRole("alert").waitFor();
		assert.match(await page.getByRole("alert").innerText(), /Try again in (10|9) minutes/);
		assert.equal(await page.getByLabel("Email", { exact: true }).inputValue(), place.email("gus"));
	});
});

test("a sign-in gets a new session and notes time, address and browser {S5}", async () => {
	const visitor = new Visitor(place.site, { agent: "Browser of Flo/7" });
	visitor.cookies.set("__Host-sid", "A".repeat(43));
	const before = Date.now();
	await visitor.signIn(place.email("flo"), PASSWORD);
	const first = visitor.cookies.get("__Host-sid");
	assert.match(first, /^[\w-]{43}$/);
	assert.notEqual(first, "A".repeat(43));
	await visitor.get(`${place.base}/users`);
	const row = await place.site.one(`SELECT s.* FROM sessions s JOIN people p ON p.id = s.person_id
		WHERE p.email = '${place.email("flo")}'`);
	assert.equal(row.peer, "127.0.0.1");
	assert.equal(row.user_agent, "Browser of Flo/7");
	assert.ok(Number(row.created_at) >= before && Number(row.created_at) <= Date.now());
	await until(() => place.site.one(`SELECT id FROM members WHERE email = '${place.email("flo")}'
		AND signed_in_at >= ${before}`), "the sign-in to be noted in the list");
});

test("signing in again changes the id, and a form of another tab stays good {S5}", async () => {
	const invite = `${place.base}/users/invite`;
	const count = async (email) => (await place.site.one(`SELECT count(*) AS n FROM members
		WHERE email = '${email}'`)).n;
	const visitor = await place.as("flo");
	const first = visitor.cookies.get("__Host-sid");
	const role = await place.role("Guest");
	const tab = (await visitor.get(invite)).form(invite).fields;
	const another = (await visitor.get(invite)).form(invite).fields;
	assert.equal((await visitor.signIn(place.email("flo"), PASSWORD)).status, 303);
	assert.notEqual(visitor.cookies.get("__Host-sid"), first);
	const late = new Visitor(place.site);
	late.cookies.set("__Host-sid", first);
	assert.equal((await late.get(`${place.base}/users`)).status, 200, "a request that was under way");
	const refused = await late.send(invite, { ...another, name: "Too Late", email: "late@enter.test", role });
	assert.equal(refused.status, 401);
	assert.equal(refused.form("/signin").fields.next, invite);
	assert.equal(await count("late@enter.test"), "0");
	const sent = await visitor.send(invite, { ...tab, name: "In Tab", email: "tab@enter.test", role });
	assert.equal(sent.status, 303, sent.text);
	assert.equal(await count("tab@enter.test"), "1");
	const [was] = await place.site.rows(`SELECT s.id FROM sessions s JOIN people p ON p.id = s.person_id
		WHERE p.email = '${place.email("flo")}' ORDER BY s.created_at DESC`);
	assert.equal((await visitor.signIn(place.email("cy"), PASSWORD)).status, 303, "another person, there");
	assert.equal(await place.site.one(`SELECT id FROM sessions WHERE id = ${was.id}`), undefined);
	assert.deepEqual((await place.events("act IN (10, 12)")).slice(0, 2).map((event) => event.actor_name),
		["Cy Dent", "Flo Gray"]);
});

test("who is active nowhere gets a page that says so {S4}", async () => {
	const other = await makePlace("bare", { ian: ["Ian Jones", "Guest"] });
	const admin = await other.as("admin");
	const ian = await other.as("ian");
	assert.equal((await ian.get(`${other.base}/settings`)).status, 200);
	await admin.submit(`${other.base}/users/${await other.id(other.email("ian"))}/deactivate`);
	const refused = await ian.get(`${other.base}/settings`);
	assert.equal(refused.status, 403);
	assert.match(refused.text, /deactivated/);
	const none = await ian.open("/");
	assert.equal(none.status, 200);
	assert.equal(none.heading, "No account to open");
	assert.match(none.text, /Place bare.*deactivated/);
	const again = new Visitor(place.site);
	await again.signIn(other.email("ian"), PASSWORD);
	assert.equal((await again.open("/")).heading, "No account to open");
});

test("a person of two accounts lands in the last used one and switches by the menu {S8 L8}", async () => {
	const north = await makePlace("north", {}, "North Works");
	const south = await makePlace("south", {}, "South Works");
	const site = place.site;
	const admin = await south.as("admin");
	await admin.submit(`${south.base}/users/invite`, { name: "Ada north", email: north.email("admin"),
		role: await south.role("Admin") });
	const mail = await site.post.get(north.email("admin"), /South Works/);
	// The mailbox of a person made by the command line is proved by this link, which sets a password.
	const guest = new Visitor(site);
	const page = await guest.openLink(mail.link);
	await guest.send("/invite", { ...page.form("/invite").fields, name: "Ada north", password: PASSWORD });
	await guest.signIn(north.email("admin"), PASSWORD);
	await guest.get(`${north.base}/users`);
	for (const [script, here, there] of [[true, north, south], [false, south, north]])
		await withChrome(site, { script }, async (chrome) => {
			const title = async (where, why) => assert.equal(await chrome.title(), `Users · ${where.name}`, why);
			await signIn(chrome, north.email("admin"), PASSWORD);
			await chrome.getByRole("heading", { name: /^Users/ }).waitFor();
			await title(here, "the last used one");
			await chrome.getByRole("button", { name: `Account ${here.name}` }).click();
			await chrome.getByRole("link", { name: there.name }).click();
			await chrome.waitForURL((url) => url.pathname.startsWith(there.base));
			await title(there);
			await chrome.goto("/");
			await title(there, "the last used one");
			await chrome.goto(`${here.base}/users`);
			await title(here, "both go on in their tabs");
		});
	for (const place2 of [north, south]) {
		const signed = await place2.events(`act = 10 AND subject_name LIKE 'Ada north%'`);
		assert.ok(signed.length > 0, "each account is told of the sign-in");
		for (const event of signed)
			assert.doesNotMatch(JSON.stringify(event), place2 === north ? /South/ : /North/);
	}
});

test("the wait is noted in the log {L2}", async () => {
	const tries = await place.events(`act IN (11, 13) AND subject_name = 'Cy Dent'`);
	assert.deepEqual(tries.map((event) => event.act), ["13", "11", "11", "11", "11"],
		"four that failed, and the fifth that began the wait");
	assert.equal((await theSite()).log().filter((line) => line.level === "error").length, 0);
});
