// The page of a user and what is done there.
import assert from "node:assert/strict";
import test from "node:test";
import { choose, signIn, withChrome } from "./chrome.mjs";
import { makePlace, PASSWORD } from "./fixtures.mjs";
import { NEVER, pct, bodyOf } from "./sweep.mjs";

let place, site, admin;

test("the account of these tests", async () => {
	place = await makePlace("page", {
		amy: ["Amy Page", "Guest"], ben: ["Ben Page", "Guest"], cat: ["Cat Page", "Builder"],
		sub: ["Sub Page", "Staff"],
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
	assert.match(answer.text, /Somebody else changed this user meanwhile/);
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
