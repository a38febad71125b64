// The search box of the frame: what it finds, for whom, by keyboard and without JavaScript; the
// overview and the first steps of an account.
import assert from "node:assert/strict";
import test from "node:test";
import { signIn, withChrome } from "./chrome.mjs";
import { makePlace, PASSWORD } from "./fixtures.mjs";
import { until } from "./site.mjs";

let place, other, site;

test("an account with people to be found", async () => {
	place = await makePlace("seek", { bo: ["Bo Finder", "Builder"], gus: ["Gus Guest", "Guest"],
		aud: ["Aud Reader", "Auditor"], west: ["Wes Admin", "Guest"] });
	other = await makePlace("seekother", { bird: ["Canary Bird", "Guest"] });
	site = place.site;
	for (let i = 0; i < 7; i++)
		await place.add(`many${i}`, `Müller ${"ABCDEFG"[i]}`, "Guest");
});

const hits = (answer) => [...answer.body.matchAll(/<a href="([^"]*)">(?:(?!<\/a>).)*<b><bdi>([^<]*)<\/bdi>/gs)]
	.map(([, href, name]) => [name, href]);

test("people are found as in the users list, five of them, then a link to all {U12}", async () => {
	const admin = await place.as("admin");
	const page = await admin.get(`${place.base}/search?q=MULLER`);
	assert.equal(page.status, 200);
	assert.deepEqual(hits(page).map(([name]) => name),
		["Müller A", "Müller B", "Müller C", "Müller D", "Müller E"]);
	assert.match(page.body, /href="\/t\/seek\d+\/users\?q=MULLER"/);
	const all = await admin.get(/href="([^"]*users\?q=MULLER)"/.exec(page.body)[1]);
	assert.match(all.text, /7 users/);
	assert.match((await admin.get(hits(page)[0][1])).heading, /Müller A/);
	assert.deepEqual(hits(await admin.get(`${place.base}/search?q=finder`)).map(([name]) => name), ["Bo Finder"]);
	assert.doesNotMatch((await admin.get(`${place.base}/search?q=finder`)).text, /All results/);
});

test("roles and pages are found by name, as far as one may open them {U12}", async () => {
	const names = async (who, q) => hits(await (await place.as(who)).get(
		`${place.base}/search?q=${encodeURIComponent(q)}`)).map(([name, href]) => `${name} ${href.split("/")[3].replace(/\?.*/, "")}`);
	assert.ok((await names("admin", "auditor")).includes("Auditor roles"));
	assert.ok((await names("admin", "audit log")).includes("Audit log audit"));
	assert.deepEqual(await names("gus", "audit"), [], "a guest opens neither");
	assert.deepEqual(await names("gus", "overview"), ["Overview settings"]);
	assert.deepEqual(await names("gus", "finder"), [], "a guest sees no users");
	assert.ok((await names("bo", "finder")).includes("Bo Finder users"), "a builder does");
	assert.deepEqual(await names("bo", "auditor"), (await names("bo", "auditor"))
		.filter((name) => !name.endsWith("roles")), "but no roles");
});

test("nothing of another account is found, and nothing is refused in silence {U12}", async () => {
	const admin = await place.as("admin");
	const page = await admin.get(`${place.base}/search?q=canary`);
	assert.match(page.text, /Nothing matches/);
	assert.equal((await admin.get(`${other.base}/search?q=canary`)).status, 404);
	assert.ok(hits(await (await other.as("admin")).get(`${other.base}/search?q=canary`)).length);
	for (const q of ["%00", "%ff", "a".repeat(101), "%e2%80%ae"])
		assert.equal((await admin.get(`${place.base}/search?q=${q}`)).status, 422, q);
	for (const q of ["\"><img src=x onerror=alert(1)>", "{{7*7}}", "%", "_", "*", "'; DROP TABLE members;--", "\\"]) {
		const answer = await admin.get(`${place.base}/search?q=${encodeURIComponent(q)}`);
		assert.equal(answer.status, 200, q);
		assert.doesNotMatch(answer.body, /<img src=x/);
	}
	assert.equal((await admin.get(`${place.base}/search`)).status, 200);
});

test("who searches too much waits, and nobody else {U12}", async () => {
	const [gus, bo] = [await place.as("gus"), await place.as("bo")];
	let answer;
	for (let i = 0; i < 125 && answer?.status !== 429; i++)
		answer = await gus.get(`${place.base}/search?q=zz`);
	assert.equal(answer.status, 429);
	assert.match(answer.headers["retry-after"], /^\d+$/);
	assert.match(answer.text, /Wait a moment/);
	assert.equal((await bo.get(`${place.base}/search?q=zz`)).status, 200);
});

test("without JavaScript the box is a form that leads to a page {U12 E1}", async () => {
	await withChrome(site, { script: false }, async (page) => {
		await signIn(page, place.email("admin"), PASSWORD);
		await page.getByRole("searchbox", { name: "Search everything" }).fill("finder");
		await page.getByRole("searchbox", { name: "Search everything" }).press("Enter");
		await page.getByRole("heading", { name: "Search", exact: true }).waitFor();
		assert.equal(await page.getByRole("searchbox", { name: "Search everything" }).inputValue(), "finder");
		await page.getByRole("link", { name: /Bo Finder/ }).click();
		await page.getByRole("heading", { name: /Bo Finder/ }).waitFor();
	});
});

test("the keyboard alone: / into the box, arrows through what is found, Escape out {U12 E2}", async () => {
	await withChrome(site, {}, async (page) => {
		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(`${place.base}/settings`);
		await page.keyboard.press("/");
		const box = page.getByRole("searchbox", { name: "Search everything" });
		assert.ok(await box.evaluate((field) => field === document.activeElement));
		await page.keyboard.type("finder");
		const hit = page.locator("#found-box").getByRole("link", { name: /Bo Finder/ });
		await hit.waitFor();
		assert.equal(new URL(page.url()).pathname, `${place.base}/settings`);
		await page.keyboard.press("ArrowDown");
		assert.ok(await hit.evaluate((link) => link === document.activeElement));
		await page.keyboard.press("Escape");
		assert.equal(await page.locator("#found-box *").count(), 0);
		assert.ok(await box.evaluate((field) => field === document.activeElement));
		await box.fill("overview");
		await page.locator("#found-box").getByRole("link", { name: "Overview" }).waitFor();
		await page.keyboard.press("Tab");
		await page.keyboard.press("Tab");
		await page.locator("#found-box *").first().waitFor({ state: "detached" });
		await box.fill("finder");
		await hit.waitFor();
		await page.keyboard.press("ArrowDown");
		await page.keyboard.press("Enter");
		await page.getByRole("heading", { name: /Bo Finder/ }).waitFor();
		await page.goto(`${place.base}/users`);
		await page.keyboard.press("/");
		assert.ok(await box.evaluate((field) => field === document.activeElement), "in a list, too");
	});
});

test("the overview has a card for each page of the menu {E9}", async () => {
	for (const [who, labels] of [["admin", ["Users", "Roles", "Audit log"]], ["bo", ["Users"]], ["gus", []]]) {
		const page = await (await place.as(who)).get(`${place.base}/settings`);
		const cards = [...page.body.matchAll(/<li><a href="[^"]*"><svg[^>]*><use[^>]*><\/svg><span><b>([^<]*)<\/b>/g)]
			.map(([, label]) => label);
		const menu = [...page.body.matchAll(/<li><a href="(\/t\/[^"]*)"[^>]*><svg[^>]*><use[^>]*><\/svg>([^<]+)<\/a>/g)]
			.map(([, , label]) => label);
		for (const label of labels)
			assert.ok(cards.includes(label), `${who}: ${label}`);
		const own = (label) => ["Portal", "Profile", "API keys"].includes(label);
		assert.deepEqual(cards, [...menu.filter((label) => label !== "Overview" && !own(label)), ...menu.filter(own)], who);
		assert.ok(!/<small><\/small>/.test(page.body), "each has a line");
	}
});

test("first steps are ticked when done, and put away for everybody {E10}", async () => {
	const fresh = await makePlace("steps", { gus: ["Gus Guest", "Guest"] });
	const admin = await fresh.as("admin");
	const list = async (visitor) => [...(await visitor.get(`${fresh.base}/settings`)).body.matchAll(
		/<li( class="done")?><svg[^>]*><use[^>]*><\/svg><span>(?:<a[^>]*>|<b>)([^<]*)/g)]
		.map(([, done, label]) => `${done ? "done" : "open"}: ${label}`);
	const has = async (text) => (await list(admin)).includes(text);
	assert.ok(await has("open: Email works"), (await list(admin)).join());
	assert.ok(await has("open: A second administrator"));
	assert.ok(await has("open: A first group"));
	await fresh.group("Helpers", "");
	assert.ok(await has("done: A first group"));
	assert.deepEqual(await list(await fresh.as("gus")), [], "a guest sees none");
	await admin.submit(`${fresh.base}/users/invite`, { name: "Second", email: "second@steps.test",
		role: await fresh.role("Admin") });
	await site.post.get("second@steps.test");
	await until(() => has("done: Email works"), "the email to be sent");
	assert.ok(await has("open: A second administrator"), "who is invited is none yet");
	const page = await admin.get(`${fresh.base}/settings`);
	const form = page.form(`${fresh.base}/settings/steps`);
	assert.equal((await admin.send(form.action, { ...form.fields, csrf: "x" })).status, 403);
	const answer = await admin.send(form.action, form.fields);
	assert.equal(answer.status, 303);
	assert.match((await admin.get(answer.location)).text, /The first steps are put away/);
	assert.deepEqual(await list(admin), []);
	await admin.send(form.action, form.fields);
	assert.equal((await fresh.events("act = 130")).length, 1);
});
