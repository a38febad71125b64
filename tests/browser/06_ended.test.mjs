// A form whose session ended while it was filled in: after sign-in as the same person it is there
// again, and has not been sent.
import assert from "node:assert/strict";
import test from "node:test";
import { choose, signIn, withChrome } from "./chrome.mjs";
import { makePlace, PASSWORD } from "./fixtures.mjs";
import { Visitor } from "./visitor.mjs";

let place, site, invite, role;

test("the account of these tests", async () => {
	place = await makePlace("ended", { bo: ["Bo Ended", "Guest"], sue: ["Sue Ended", "Admin"] });
	site = place.site;
	invite = `${place.base}/users/invite`;
	role = await place.role("Builder");
});

async function count(email) {
	return (await site.one(`SELECT count(*) AS n FROM members WHERE email = '${email}'`)).n;
}

function typed(form, name, email) {
	return { ...form.fields, name, email, phone: "+491701234567", role };
}

// The sign-in page that the form was answered with, and the answer after signing in there.
async function signInThere(visitor, asked, key) {
	assert.equal(asked.status, 401, asked.text);
	assert.equal(asked.heading, "Sign in");
	assert.match(asked.text, /Your session has ended/);
	const { fields } = asked.form("/signin");
	assert.equal(fields.next, invite);
	return visitor.send("/signin", { ...fields, email: place.email(key), password: PASSWORD });
}

for (const [how, end] of [
	["is gone", () => site.endSessions(place.email("admin"))],
	["was forced out", async () => {
		const sue = await place.as("sue");
		const { fields } = (await sue.get(`${place.base}/users`)).form("/signout");
		await sue.send(`${place.base}/users/${await place.id(place.email("admin"))}/logout`, fields);
	}],
])
	test(`the form of a session that ${how} comes back filled in {E11}`, async () => {
		const email = `${how.length}@ended.test`;
		const admin = await place.as("admin");
		const form = (await admin.get(invite)).form(invite);
		await end();
		const asked = await admin.send(invite, typed(form, "Ann \"Odd\" <b>", email));
		assert.doesNotMatch(asked.body, /1701234567/, "it is sealed");
		const wrong = await admin.send("/signin", { ...asked.form("/signin").fields,
			email: place.email("admin"), password: "not the password 1" });
		assert.equal(wrong.status, 422);
		const back = await signInThere(admin, { ...wrong, status: 401, heading: wrong.heading, text: wrong.text,
			form: (action) => wrong.form(action) }, "admin");
		assert.equal(back.status, 200, back.text);
		assert.equal(back.heading, "Invite user");
		assert.match(back.text, /has not been sent yet/);
		assert.equal(await count(email), "0");
		const again = back.form(invite);
		assert.deepEqual([again.fields.name, again.fields.email, again.fields.phone, again.fields.role],
			["Ann \"Odd\" <b>", email, "+491701234567", role]);
		const sent = await admin.send(invite, { ...again.fields, name: "Ann Odd" });
		assert.equal(sent.status, 303, sent.text);
		assert.equal(await count(email), "1");
	});

test("what was typed into any form comes back, beside what was stored meanwhile {E11 E15}", async () => {
	const bo = await place.id(place.email("bo")), staff = await place.role("Staff");
	for (const [path, fields, meanwhile] of [
		["profile", { nickname: "Typed" }, { phone: "+4930111111" }],
		[`users/${bo}/edit`, { nickname: "Typed" }, { phone: "+4930222222" }],
		["profile/email", { email: "typed@ended.test" }],
		["roles/new", { name: "Typed", description: "Typed too" }],
		[`roles/${staff}/edit`, { name: "Typed", description: "Typed too" }, { description: "Stored" }],
	])
		for (const stored of meanwhile ? [null, meanwhile] : [null]) {
			const target = `${place.base}/${path}`;
			const admin = await place.as("admin"), sue = await place.as(path === "profile" ? "admin" : "sue");
			const form = (await admin.get(target)).form(target);
			if (stored)
				assert.equal((await sue.submit(target, stored)).status, 303, path);
			await admin.send("/signout", (await admin.get(`${place.base}/users`)).form("/signout").fields);
			const asked = await admin.send(target, { ...form.fields, ...fields });
			assert.equal(asked.status, 401, path);
			const back = await admin.send("/signin", { ...asked.form("/signin").fields,
				email: place.email("admin"), password: PASSWORD });
			assert.equal(back.status, stored ? 409 : 200, `${path}: ${back.text}`);
			assert.match(back.text, /has not been sent yet/);
			const again = back.form(target).fields;
			for (const [name, value] of Object.entries(fields))
				assert.equal(again[name] ?? /<textarea[^>]*>([^<]*)/.exec(back.body)[1], value, `${path} ${name}`);
		}
});

test("nobody else gets it {E11}", async () => {
	const admin = await place.as("admin");
	const form = (await admin.get(invite)).form(invite);
	await site.endSessions(place.email("admin"));
	const asked = await admin.send(invite, typed(form, "For Me", "me@ended.test"));
	const sue = new Visitor(site);
	const other = await signInThere(sue, asked, "sue");
	assert.equal(other.location, invite);
	assert.equal((await sue.get(invite)).form(invite).fields.name, "");
	const stale = await place.as("sue");
	await site.stale(place.email("sue"));
	const { fields } = (await stale.get("/signin/proof")).form("/signin/proof");
	assert.equal((await stale.send("/signin/proof", { ...fields, carried: asked.form("/signin").fields.carried,
		password: PASSWORD })).status, 422, "nor is it done by a proof");
	const none = await new Visitor(site).send(invite, { name: "No Token", email: "no@ended.test", role });
	assert.equal(none.location, `/signin?next=${encodeURIComponent(invite)}`, "a form of nobody is not kept");
	const far = await new Visitor(site).send(invite, typed(form, "Far", "far@ended.test"),
		{ headers: { "sec-fetch-site": "cross-site", origin: "https://evil.test" } });
	assert.equal(far.status, 403);
	for (const email of ["me@ended.test", "no@ended.test", "far@ended.test"])
		assert.equal(await count(email), "0");
});

for (const script of [true, false])
	test(`in the browser, ${script ? "with" : "without"} JavaScript {E11 E1}`, async () => {
		await withChrome(site, { script }, async (page) => {
			const enter = async () => {
				await page.getByText("Your session has ended.").waitFor();
				await page.getByLabel("Email", { exact: true }).fill(place.email("admin"));
				await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
				await page.getByRole("button", { name: "Sign in" }).click();
				await page.getByText("has not been sent yet").waitFor();
			};
			await signIn(page, place.email("admin"), PASSWORD);
			await page.goto(invite);
			await page.getByLabel("Name", { exact: true }).fill("Typed Long");
			await page.getByLabel("Email", { exact: true }).fill(`long${script}@ended.test`);
			await page.getByRole("radio", { name: /^Consumer/ }).check();
			await site.endSessions(place.email("admin"));
			await page.getByRole("button", { name: /invitation/i }).click();
			await enter();
			assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Typed Long");
			assert.equal(await page.getByRole("radio", { name: /^Consumer/ }).isChecked(), true);
			if (script)
				assert.equal(new URL(page.url()).pathname, invite, "the address is that of the page");
			await page.getByRole("button", { name: /invitation/i }).click();
			await page.getByText("Typed Long is invited.").waitFor();
			await page.goto(`${place.base}/users?q=bo`);
			await choose(page, "Bo Ended", "Change role");
			await page.getByRole("radio", { name: /^Staff/ }).check();
			await site.endSessions(place.email("admin"));
			await page.getByRole("button", { name: "Change role" }).click();
			await enter();
			assert.equal(await page.getByRole("radio", { name: /^Staff/ }).isChecked(), true);
			await page.getByRole("button", { name: "Change role" }).click();
			await page.getByText("Bo Ended is Staff now.").waitFor();
		});
	});
