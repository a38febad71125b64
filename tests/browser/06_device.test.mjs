// The email about a sign-in from a browser that is not known, and "this was not me".
import assert from "node:assert/strict";
import test from "node:test";
import { signIn, withChrome } from "./chrome.mjs";
import { makePlace, PASSWORD, PASSWORD2 } from "./fixtures.mjs";
import { Visitor } from "./visitor.mjs";

let place, site;

test("the account of these tests", async () => {
	place = await makePlace("device", { bo: ["Bo Device", "Guest"], cy: ["Cy Device", "Guest"],
		true: ["Di Device", "Guest"], false: ["Ed Device", "Guest"] });
	site = place.site;
});

test("a new device is told by email, the first one and a known one are not {S5}", async () => {
	const own = await place.as("bo");
	own.cookies.delete("__Host-sid");
	await own.signIn(place.email("bo"), PASSWORD);
	const thief = await place.as("bo", { agent: "Thief <b>http://evil.test/</b>", from: "127.0.0.66" });
	const mail = await site.post.get(place.email("bo"), /new sign-in/);
	assert.equal(site.post.to(place.email("bo")).length, 1, "this one alone");
	assert.match(mail.text, /Address: 127\.0\.0\.66/);
	assert.match(mail.text, /Browser: Thief <b>http/, "one that is not known, as it is");
	assert.match(mail.text, /Time: \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
	assert.doesNotMatch(mail.html, /<b>http/);
	assert.equal((await thief.get(`${place.base}/settings`)).status, 200);
	for (const method of ["HEAD", "GET", "GET"]) {
		const scanner = new Visitor(site);
		await scanner.follow(await scanner.ask(method, mail.link.replace(site.base, "")));
	}
	assert.equal((await thief.get(`${place.base}/settings`)).status, 200, "opening it does nothing");
	const victim = new Visitor(site);
	const page = await victim.openLink(mail.link);
	assert.match(page.text, /ends all your sessions/);
	const rival = new Visitor(site);
	const { fields } = (await rival.openLink(mail.link)).form("/confirm");
	const done = await victim.send("/confirm", page.form("/confirm").fields);
	assert.match(done.location, /^\/forgot/);
	assert.match((await victim.open(done.location)).text, /All sessions have ended/);
	assert.equal((await thief.get(`${place.base}/settings`)).status, 303);
	assert.equal((await own.get(`${place.base}/settings`)).status, 303);
	assert.equal((await new Visitor(site, { from: "127.0.0.67" }).signIn(place.email("bo"), PASSWORD)).status, 422,
		"the password is void");
	assert.equal((await rival.send("/confirm", fields)).status, 410, "it works once");
	assert.equal((await place.events("act = 78")).length, 1);
	await victim.submit("/forgot", { email: place.email("bo") });
	const reset = await site.post.get(place.email("bo"), /password/i);
	const form = (await victim.openLink(reset.link)).form("/reset");
	assert.equal((await victim.send("/reset", { ...form.fields, password: PASSWORD2, again: PASSWORD2 })).status, 303);
	assert.equal((await new Visitor(site).signIn(place.email("bo"), PASSWORD2)).status, 303);
});

test("the browser is told in words that its owner knows {S5}", async () => {
	await place.add("wo", "Wo Device", "Guest");
	await place.as("wo");
	await place.as("wo", { from: "127.0.0.66",
		agent: "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0" });
	const mail = await site.post.get(place.email("wo"), /new sign-in/);
	assert.match(mail.text, /Browser: Firefox on Linux/);
	for (const part of [mail.text, mail.html])
		assert.doesNotMatch(part, /Mozilla|Gecko|142\.0/, "the header itself helps nobody");
});

test("it works also when the thief has set another password {S5}", async () => {
	await place.as("cy");
	await place.as("cy", { from: "127.0.0.68" });
	const { link } = await site.post.get(place.email("cy"), /new sign-in/);
	const visitor = new Visitor(site);
	await visitor.submit("/forgot", { email: place.email("cy") });
	const reset = await site.post.get(place.email("cy"), /password/i);
	const { fields } = (await visitor.openLink(reset.link)).form("/reset");
	await visitor.send("/reset", { ...fields, password: PASSWORD2, again: PASSWORD2 });
	assert.equal((await new Visitor(site).openLink(link)).status, 200);
});

for (const script of [true, false])
	test(`in the browser, ${script ? "with" : "without"} JavaScript {S5 E1}`, async () => {
		const email = place.email(String(script));
		await place.as(String(script));
		await withChrome(site, { script }, async (page) => {
			await signIn(page, email, PASSWORD);
			const { link } = await site.post.get(email, /new sign-in/);
			await page.goto(link);
			await page.getByRole("button", { name: /this was not me/ }).click();
			await page.getByText("All sessions have ended").waitFor();
			await page.goto(`${place.base}/settings`);
			await page.getByRole("heading", { name: "Sign in" }).waitFor();
		});
	});
