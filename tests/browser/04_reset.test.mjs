// A forgotten password.
import assert from "node:assert/strict";
import test from "node:test";
import { withChrome } from "./chrome.mjs";
import { makePlace, PASSWORD, PASSWORD2 } from "./fixtures.mjs";
import { until } from "./site.mjs";
import { Visitor } from "./visitor.mjs";

let place, site;

test("the account of these tests", async () => {
	place = await makePlace("forgot", {
		bo: ["Bo Able", "Builder"], cy: ["Cy Bell", "Builder"], di: ["Di Cole", "Builder"],
		ed: ["Ed Dale", "Builder"], flo: ["Flo East", "Builder"], gus: ["Gus Ford", "Builder"],
		hal: ["Hal Gale", "Builder"],
	});
	site = place.site;
});

function ask(visitor, email) {
	return visitor.submit("/forgot", { email });
}

// What was sent so far is a minute older: the courier knows no clock but the real one.
async function aMinuteLater() {
	await site.stop();
	await site.write("UPDATE outbox SET created_at = created_at - 60000 WHERE kind LIKE 'reset%'");
	await site.start();
}

test("asking gets the same answer for every address {P1}", async () => {
	const texts = [];
	for (const email of [place.email("bo"), "nobody@forgot.test"]) {
		const answer = await ask(new Visitor(site, { from: "127.0.0.40" }), email);
		assert.equal(answer.status, 200);
		texts.push(answer.body.replaceAll(email, "EMAIL"));
		assert.deepEqual(answer.all("set-cookie"), []);
	}
	assert.equal(texts[0], texts[1]);
	await site.post.get(place.email("bo"), /./);
	assert.equal(site.post.to("nobody@forgot.test").length, 0);
	const bad = await ask(new Visitor(site), "no address");
	assert.equal(bad.status, 422);
	assert.ok(bad.errorAt("email"));
});

for (const script of [true, false]) {
	const key = script ? "cy" : "di";

	test(`a new password by the link, ${script ? "with" : "without"} JavaScript {P1 P2 P3 E1}`, async () => {
		const email = place.email(key);
		const session = await place.as(key);
		assert.equal((await session.get(`${place.base}/users`)).status, 200);
		await withChrome(site, { script }, async (page) => {
			await page.goto("/signin");
			await page.getByRole("link", { name: "Forgot password?" }).click();
			await page.getByLabel("Email", { exact: true }).fill(email);
			await page.getByRole("button", { name: "Send the link" }).click();
			await page.getByRole("heading", { name: "Check your email" }).waitFor();
			await page.getByRole("button", { name: "Send again" }).waitFor();
			await page.getByRole("link", { name: "Back to sign-in" }).waitFor();
			const mail = await site.post.get(email);
			assert.match(mail.text, /hour|60 minutes/);
			site.secrets.add(new URL(mail.link).searchParams.get("t"));
			const scanner = new Visitor(site);
			await scanner.open(mail.link);
			await scanner.follow(await scanner.ask("HEAD", mail.link.replace(site.base, "")));
			await page.goto(mail.link);
			assert.equal(new URL(page.url()).search, "");
			const one = page.getByLabel("New password", { exact: true });
			const two = page.getByLabel("New password, again");
			assert.equal(await one.getAttribute("autocomplete"), "new-password");
			assert.equal(await one.getAttribute("type"), "password");
			await one.fill(PASSWORD2);
			await two.fill(`${PASSWORD2}!`);
			await page.getByRole("button", { name: "Save the new password" }).click();
			await page.locator("#again-error:not(:empty)").waitFor();
			await one.fill(PASSWORD2);
			await two.fill(PASSWORD2);
			await page.getByRole("button", { name: "Save the new password" }).click();
			await page.getByRole("heading", { name: "Your password is changed" }).waitFor();
			await page.getByRole("link", { name: "Sign in" }).click();
			await page.getByLabel("Email", { exact: true }).waitFor();
			assert.equal((await new Visitor(site).openLink(mail.link)).status, 410, "used once");
			for (const none of ["/reset/done", "/reset/done?said=AAAA"])
				assert.equal((await new Visitor(site).get(none)).location, "/signin", "for who has set one");
		});
		assert.equal((await session.get(`${place.base}/users`)).status, 303, "all sessions ended");
		const visitor = new Visitor(site);
		assert.equal((await visitor.signIn(email, PASSWORD)).status, 422);
		assert.equal((await visitor.signIn(email, PASSWORD2)).status, 303);
		assert.match((await site.post.get(email, /password/i, 2)).subject, /changed/i);
	});
}

test("the newest link alone works, and dies with the first use {P2}", async () => {
	const email = place.email("ed");
	await ask(new Visitor(site), email);
	const first = await site.post.get(email, /./, 1);
	await aMinuteLater();
	await ask(new Visitor(site), email);
	const second = await site.post.get(email, /./, 2);
	assert.equal((await new Visitor(site).openLink(first.link)).status, 410);
	const visitor = new Visitor(site);
	const page = await visitor.openLink(second.link);
	assert.equal(page.status, 200);
	const rival = new Visitor(site);
	const same = await rival.openLink(second.link);
	const fields = { password: PASSWORD2, again: PASSWORD2 };
	const answers = await Promise.all([visitor.send("/reset", { ...page.form("/reset").fields, ...fields }),
		rival.send("/reset", { ...same.form("/reset").fields, ...fields })]);
	assert.deepEqual(answers.map((answer) => answer.status).sort(), [303, 410]);
	assert.equal((await site.rows(`SELECT * FROM reset_links WHERE used_at > 0`)).length >= 1, true);
});

test("a reset link opens nothing else, and nothing usable is stored {P2}", async () => {
	const email = place.email("gus");
	await ask(new Visitor(site), email);
	const mail = await site.post.get(email);
	const token = new URL(mail.link).searchParams.get("t");
	for (const path of ["/invite", "/confirm", "/setup"])
		assert.equal((await new Visitor(site, { from: "127.0.0.41" }).open(`${path}?t=${token}`)).status,
			410, path);
	const row = await site.one(`SELECT l.* FROM reset_links l JOIN people p ON p.id = l.person_id
		WHERE p.email = '${email}'`);
	assert.deepEqual(Object.keys(row).sort(), ["expires_at", "generation", "id", "person_id", "used_at"]);
	assert.equal((await new Visitor(site).openLink(mail.link)).status, 200);
});

test("one email a minute and three an hour; more are dropped without a word {P1 P5}", async () => {
	const email = place.email("flo");
	const texts = new Set();
	for (let minute = 0; minute < 4; minute++) {
		await aMinuteLater();
		for (let i = 0; i < 2; i++)
			texts.add((await ask(new Visitor(site, { from: "127.0.0.42" }), email)).text);
		await site.post.get(email, /./, Math.min(minute + 1, 3));
	}
	assert.equal(texts.size, 1);
	// What was asked for beyond that waits for nothing: once the queue is empty, that is all.
	await until(async () => (await site.one(`SELECT count(*) AS n FROM outbox WHERE state = 'waiting'
		AND address = '${email}'`)).n === "0", "the queue to be empty");
	assert.equal(site.post.to(email).length, 3);
	assert.equal((await place.events(`act = 20 AND subject_name = 'Flo East'`)).length, 8, "each asking is told");
});

test("the button to send it again waits for a minute {P1}", async () => {
	await withChrome(site, {}, async (page) => {
		await page.clock.install();
		await page.goto("/forgot");
		await page.getByLabel("Email", { exact: true }).fill("nobody@forgot.test");
		await page.getByRole("button", { name: "Send the link" }).click();
		await page.getByRole("heading", { name: "Check your email" }).waitFor();
		const again = page.getByRole("button", { name: "Send again" });
		assert.equal(await again.isDisabled(), true);
		await page.clock.runFor(50000);
		assert.equal(await again.isDisabled(), true);
		assert.match(await again.innerText(), /^Send again \(\d+\)$/);
		await page.clock.runFor(12000);
		assert.equal(await again.isDisabled(), false);
		assert.equal(await again.innerText(), "Send again");
		await again.click();
		await page.waitForURL((url) => url.pathname === "/forgot");
		await page.getByRole("heading", { name: "Check your email" }).waitFor();
	});
	assert.equal(site.post.to("nobody@forgot.test").length, 0);
});

test("a form without its fields is refused, and the link stays good {P3}", async () => {
	await ask(new Visitor(site), place.email("hal"));
	const { link } = await site.post.get(place.email("hal"));
	const visitor = new Visitor(site);
	const { fields } = (await visitor.openLink(link)).form("/reset");
	delete fields.password;
	delete fields.again;
	const answer = await visitor.send("/reset", fields);
	assert.equal(answer.status, 422);
	assert.ok(answer.errorAt("password"));
	assert.equal((await new Visitor(site).openLink(link)).status, 200);
});

test("the address of change-password leads here {E16}", async () => {
	const answer = await new Visitor(site).get("/.well-known/change-password");
	assert.equal(answer.status, 303);
	assert.equal(answer.location, "/forgot");
});
