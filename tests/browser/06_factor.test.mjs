// The second factor: turning it on and off, signing in with it, its recovery codes, and who loses it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { choose, signIn, withChrome } from "./chrome.mjs";
import { makePlace, PASSWORD, PASSWORD2 } from "./fixtures.mjs";
import { decoded, Visitor } from "./visitor.mjs";

let place, site, factor;
const keys = {}, codes = {};

test("the account of these tests", async () => {
	place = await makePlace("factor", { bo: ["Bo Factor", "Guest"], cy: ["Cy Factor", "Guest"],
		di: ["Di Factor", "Guest"], eve: ["Eve Factor", "Guest"], fay: ["Fay Factor", "Guest"],
		goo: ["Goo Factor", "Guest"], jo: ["Jo Factor", "Guest"], no: ["No Factor", "Guest"] });
	site = place.site;
	factor = `${place.base}/profile/factor`;
});

function codesOf(page) {
	return [...page.body.matchAll(/<code>([A-Z2-7-]{29})<\/code>/g)].map(([, code]) => code);
}

// Turns it on as somebody does who reads the page.
async function enrol(key) {
	const visitor = await place.as(key);
	const page = await visitor.get(`${factor}/on`);
	keys[key] = decoded(/id="secret" value="([^"]*)"/.exec(page.body)[1]);
	site.secrets.add(keys[key].replace(/ /g, ""));
	const { fields } = page.form(`${factor}/on`);
	const on = await visitor.send(`${factor}/on`, { ...fields, code: await site.totp(keys[key]), password: PASSWORD });
	assert.equal(on.status, 200, on.text);
	codes[key] = codesOf(on);
	for (const code of codes[key])
		site.secrets.add(code);
	return [visitor, on];
}

async function half(key, options) {
	const visitor = new Visitor(site, options);
	const answer = await visitor.signIn(place.email(key), PASSWORD);
	assert.equal(answer.status, 303);
	assert.equal(answer.location, "/signin/code");
	return visitor;
}

async function giveCode(visitor, code, more = {}) {
	const { fields } = (await visitor.get("/signin/code")).form("/signin/code");
	return visitor.send("/signin/code", { ...fields, ...more, code });
}

async function factorOf(key) {
	return (await site.one(`SELECT p.factor, (SELECT count(*) FROM factors f WHERE f.person_id = p.id) AS rows,
		(SELECT count(*) FROM recovery_codes r WHERE r.person_id = p.id) AS codes
		FROM people p WHERE p.email = '${place.email(key)}'`));
}

test("a code and the password turn it on; what is abandoned leaves nothing {F4}", async () => {
	const bo = await place.as("bo");
	assert.match((await bo.get(factor)).text, /Set up a second factor/);
	const page = await bo.get(`${factor}/on`);
	const { fields } = page.form(`${factor}/on`);
	const secret = decoded(/id="secret" value="([^"]*)"/.exec(page.body)[1]);
	assert.match(secret, /^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/, "160 bits");
	const right = await site.totp(secret);
	const wrong = String((Number(right) + 1) % 1000000).padStart(6, "0");
	const first = await bo.send(`${factor}/on`, { ...fields, code: wrong, password: PASSWORD });
	assert.equal(first.status, 422);
	assert.match(first.errorAt("code"), /not the code/);
	assert.equal(decoded(/id="secret" value="([^"]*)"/.exec(first.body)[1]), secret, "the same key is shown again");
	const second = await bo.send(`${factor}/on`, { ...fields, code: right, password: "not the password 1" });
	assert.equal(second.status, 422);
	assert.ok(second.errorAt("password"));
	assert.deepEqual(await factorOf("bo"), { factor: "0", rows: "0", codes: "0" });
	const before = bo.cookies.get("__Host-sid");
	const [visitor, on] = await enrol("bo");
	assert.equal(codes.bo.length, 10);
	assert.equal(new Set(codes.bo).size, 10);
	assert.notEqual(visitor.cookies.get("__Host-sid"), before);
	assert.deepEqual(await factorOf("bo"), { factor: "1", rows: "1", codes: "10" });
	assert.match((await visitor.get(factor)).text, /Recovery codes left 10 of 10/);
	const file = on.form(`${factor}/codes/file`);
	const sent = await visitor.send(file.action, file.fields);
	assert.equal(sent.headers["content-disposition"], "attachment; filename=\"recovery-codes.txt\"");
	for (const code of codes.bo)
		assert.ok(sent.body.includes(code));
	const mail = await site.post.get(place.email("bo"), /second factor/);
	assert.match(mail.text, /turned on/);
	assert.equal((await place.events("act = 74")).length, 1);
	const cy = await place.as("cy");
	assert.equal((await cy.send(file.action, { ...(await cy.get(factor)).form("/signout").fields,
		sealed: file.fields.sealed })).status, 404, "nobody else's");
});

test("a sealed key of somebody else, or of long ago, turns nothing on {F4}", async () => {
	const cy = await place.as("cy");
	const di = await place.as("di");
	const { fields } = (await cy.get(`${factor}/on`)).form(`${factor}/on`);
	const page = await di.get(`${factor}/on`);
	const secret = decoded(/id="secret" value="([^"]*)"/.exec(page.body)[1]);
	const { pending } = page.form(`${factor}/on`).fields;
	const answer = await cy.send(`${factor}/on`, { ...fields, pending, code: await site.totp(secret), password: PASSWORD });
	assert.equal(answer.status, 409);
	assert.deepEqual(await factorOf("cy"), { factor: "0", rows: "0", codes: "0" });
});

test("with it a sign-in asks for a code, and half a sign-in opens nothing {S2}", async () => {
	const bo = await half("bo");
	const cookie = bo.cookies.get("__Host-sid");
	assert.equal(bo.cookies.has("__Host-dev"), false, "the browser is not known yet");
	assert.equal((await bo.get(`${place.base}/settings`)).location,
		`/signin/code?next=${encodeURIComponent(`${place.base}/settings`)}`);
	assert.equal((await bo.get("/")).location, "/signin/code");
	const page = await bo.get("/signin/code");
	assert.match(page.text, /six digits/);
	assert.doesNotMatch(page.text, /Recovery code /, "never asked first");
	const used = await site.totp(keys.bo);
	const again = await giveCode(bo, used);
	assert.equal(again.status, 422, "the code that turned it on was used by that");
	assert.match(again.errorAt("code"), /used before/);
	assert.equal((await bo.send("/signin/code", { csrf: "AAAA", code: await site.totp(keys.bo, 1) })).status, 403);
	const next = await site.totp(keys.bo, 1);
	const done = await giveCode(bo, next);
	assert.equal(done.status, 303);
	assert.notEqual(bo.cookies.get("__Host-sid"), cookie, "another id");
	assert.ok(bo.cookies.has("__Host-dev"));
	assert.equal((await bo.get(`${place.base}/settings`)).status, 200);
	const old = new Visitor(site);
	old.cookies.set("__Host-sid", cookie);
	assert.equal((await old.get(`${place.base}/settings`)).status, 303);
	const other = await half("bo");
	assert.equal((await giveCode(other, next)).status, 422, "the same code twice");
	assert.equal((await giveCode(other, used)).status, 422, "one before the last used");
	const signed = await place.events("act = 10 AND subject_name = 'Bo Factor'");
	assert.match(signed[0].fields, /"factor",null,"code"/);
});

test("five wrong codes end it, and twenty in an hour leave recovery codes alone {S2}", async () => {
	const [, on] = await enrol("eve");
	assert.equal(on.status, 200);
	for (let round = 0; round < 4; round++) {
		const eve = await half("eve");
		for (let i = 0; i < 4; i++)
			assert.equal((await giveCode(eve, "000000")).status, 422);
		const last = await giveCode(eve, "000000");
		assert.equal(last.status, 303);
		assert.match(last.location, /^\/signin\?said=/);
		assert.match((await eve.get(last.location)).text, /Sign in again/);
		assert.equal((await eve.get("/signin/code")).location, "/signin");
	}
	const eve = await half("eve");
	await site.forgetCodes(place.email("eve"));
	const late = await giveCode(eve, await site.totp(keys.eve));
	assert.equal(late.status, 429);
	assert.match(late.errorAt("code"), /Use a recovery code/);
	const form = (await eve.get("/signin/code")).form("/signin/code");
	const recovery = await eve.send("/signin/code", { ...form.fields, code: "", change: "recovery" });
	assert.match(recovery.text, /Enter a recovery code/);
	const { fields } = recovery.form("/signin/code");
	const typed = codes.eve[3].toLowerCase().replace(/-/g, " ");
	assert.equal((await eve.send("/signin/code", { ...fields, code: typed })).status, 303);
	assert.equal((await eve.get(`${place.base}/settings`)).status, 200);
	const mail = await site.post.get(place.email("eve"), /recovery code was used/i);
	assert.match(mail.text, /9 are left/);
	assert.match((await eve.get(factor)).text, /9 of 10/);
	const twice = await half("eve");
	assert.equal((await giveCode(twice, codes.eve[3], { with: "recovery" })).status, 422, "a used one");
	assert.equal((await giveCode(twice, codes.bo[0], { with: "recovery" })).status, 422, "somebody else's");
});

test("half a sign-in ends after ten minutes, and with the password {S2}", async () => {
	const jo = (await enrol("jo"))[0];
	const late = await half("jo");
	const other = await half("jo");
	await jo.submit("/forgot", { email: place.email("jo") });
	const { link } = await site.post.get(place.email("jo"), /password/i);
	const { fields } = (await new Visitor(site).openLink(link)).form("/reset");
	const done = await new Visitor(site).openLink(link).then(() => null);
	assert.equal(done, null);
	const reset = new Visitor(site);
	await reset.openLink(link);
	assert.equal((await reset.send("/reset", { ...fields, password: PASSWORD2, again: PASSWORD2 })).status, 303);
	assert.equal((await late.get("/signin/code")).location, "/signin");
	assert.equal((await other.get("/signin/code")).location, "/signin");
	const after = new Visitor(site);
	assert.equal((await after.signIn(place.email("jo"), PASSWORD2)).location, "/signin/code",
		"the factor stays on {P6}");
	assert.equal((await after.get(`${place.base}/settings`)).status, 303);
});

test("a reset of the password leaves the factor on {P6}", async () => {
	assert.deepEqual(await factorOf("jo"), { factor: "1", rows: "1", codes: "10" });
});

test("a proof asks for a code where a factor is on {S9}", async () => {
	const fay = (await enrol("fay"))[0];
	await site.stale(place.email("fay"));
	await site.forgetCodes(place.email("fay"));
	const asked = await fay.get(`${factor}/codes`);
	assert.match(asked.location, /^\/signin\/proof\?next=/);
	const page = await fay.get(asked.location);
	assert.match(page.text, /code of your authenticator/);
	const { fields } = page.form("/signin/proof");
	assert.equal((await fay.send("/signin/proof", { ...fields, password: PASSWORD })).status, 422, "no password instead");
	assert.equal((await fay.send("/signin/proof", { ...fields, code: "123456" })).status, 422);
	const right = await fay.send("/signin/proof", { ...fields, code: await site.totp(keys.fay) });
	assert.equal(right.location, `${factor}/codes`);
	const made = await fay.submit(`${factor}/codes`);
	const fresh = codesOf(made);
	assert.equal(fresh.length, 10);
	assert.equal(fresh.filter((code) => codes.fay.includes(code)).length, 0);
	const old = await half("fay");
	assert.equal((await giveCode(old, codes.fay[0], { with: "recovery" })).status, 422, "old ones are dead");
	assert.equal((await giveCode(old, fresh[0], { with: "recovery" })).status, 303);
	codes.fay = fresh;
});

test("turning it off needs password and code {F4}", async () => {
	const fay = new Visitor(site);
	await fay.signIn(place.email("fay"), PASSWORD);
	await giveCode(fay, codes.fay[1], { with: "recovery" });
	await site.forgetCodes(place.email("fay"));
	const { fields } = (await fay.get(`${factor}/off`)).form(`${factor}/off`);
	const code = await site.totp(keys.fay);
	assert.equal((await fay.send(`${factor}/off`, { ...fields, code, password: "not the password 1" })).status, 422);
	assert.equal((await fay.send(`${factor}/off`, { ...fields, code: "000000", password: PASSWORD })).status, 422);
	assert.equal((await fay.send(`${factor}/off`, { ...fields, code: "", password: PASSWORD })).status, 422);
	assert.equal((await factorOf("fay")).factor, "1");
	const off = await fay.send(`${factor}/off`, { ...fields, code, password: PASSWORD });
	assert.equal(off.status, 303, off.text);
	assert.deepEqual(await factorOf("fay"), { factor: "0", rows: "0", codes: "0" });
	await site.post.get(place.email("fay"), /second factor/, 3);
	const again = new Visitor(site);
	assert.equal((await again.signIn(place.email("fay"), PASSWORD)).location, "/");
});

test("an administrator resets a lost one, of who is in this account alone {U8g}", async () => {
	const admin = await place.as("admin");
	await enrol("di");
	const id = await place.id(place.email("di"));
	const guest = await place.as("cy");
	assert.equal((await guest.get(`${place.base}/users/${id}/factor`)).status, 403);
	const none = await admin.submit(`${place.base}/users/${await place.id(place.email("no"))}/factor`);
	assert.equal(none.status, 409);
	assert.match(none.text, /No Factor has no second factor/);
	const other = await makePlace("factorother", {});
	const far = await other.as("admin");
	assert.equal((await far.get(`${other.base}/users/${id}/factor`)).status, 404);
	const reset = await admin.submit(`${place.base}/users/${id}/factor`);
	assert.equal(reset.status, 303, reset.text);
	assert.match((await admin.open(reset.location)).text, /The second factor of Di Factor is off/);
	assert.deepEqual(await factorOf("di"), { factor: "0", rows: "0", codes: "0" });
	assert.match((await site.post.get(place.email("di"), /second factor/, 2)).text, /reset by an administrator/);
	const [event] = await place.events("act = 77");
	assert.equal(event.subject_name, "Di Factor");
	await far.submit(`${other.base}/users/invite`, { name: "Bo Factor", email: place.email("bo"),
		role: await other.role("Guest") });
	const bo = await place.id(place.email("bo"));
	const refused = await admin.get(`${place.base}/users/${bo}/factor`);
	assert.equal(refused.status, 403);
	assert.match(refused.text, /Bo Factor manages their own sign-in/);
	const forged = await admin.send(`${place.base}/users/${bo}/factor`,
		(await admin.get(`${place.base}/users`)).form("/signout").fields);
	assert.equal(forged.status, 403);
	assert.equal((await factorOf("bo")).factor, "1");
});

test("the operator resets anybody's {U8g E6}", async () => {
	await site.tenantry("user", "reset-2fa", "--email", place.email("bo"));
	assert.deepEqual(await factorOf("bo"), { factor: "0", rows: "0", codes: "0" });
	assert.equal((await place.events("act = 77"))[0].subject_name, "Bo Factor");
	await assert.rejects(site.tenantry("user", "reset-2fa", "--email", place.email("bo")), /no second factor/);
	await assert.rejects(site.tenantry("user", "reset-2fa", "--email", "nobody@factor.test"),
		/email: Nobody has this address/);
});

test("who signs in elsewhere sees who manages it {S10}", async () => {
	const goo = await place.as("goo");
	await site.stop();
	await site.write(`UPDATE people SET method = 'google' WHERE email = '${place.email("goo")}'`);
	await site.start();
	const page = await goo.get(factor);
	assert.match(page.text, /managed by Google/);
	assert.doesNotMatch(page.body, /factor\/on/);
	assert.equal((await goo.get(`${factor}/on`)).location, factor);
	await site.stale(place.email("goo"));
	assert.match((await goo.get("/signin/proof")).text, /managed by Google/);
});

test("swapped secrets open nothing {F4}", async () => {
	await enrol("cy");
	await enrol("no");
	await site.forgetCodes(place.email("cy"), place.email("no"));
	await site.stop();
	const of = (key) => `(SELECT id FROM people WHERE email = '${place.email(key)}')`;
	await site.write(`CREATE TEMP TABLE s AS SELECT person_id, secret FROM factors;
		UPDATE factors SET secret = (SELECT secret FROM s WHERE person_id = ${of("no")}) WHERE person_id = ${of("cy")};
		UPDATE factors SET secret = (SELECT secret FROM s WHERE person_id = ${of("cy")}) WHERE person_id = ${of("no")}`);
	await site.start();
	site.faults.add("factor_unreadable");
	for (const key of ["cy", "no"]) {
		const visitor = await half(key);
		for (const code of [await site.totp(keys.cy), await site.totp(keys.no)])
			assert.equal((await giveCode(visitor, code)).status, 500);
		assert.equal((await visitor.get(`${place.base}/settings`)).status, 303);
		assert.equal((await giveCode(visitor, codes[key][0], { with: "recovery" })).status, 303, "recovery codes go on");
	}
	assert.ok(site.log().some((line) => line.what === "factor_unreadable"));
});

for (const script of [true, false])
	test(`in the browser, ${script ? "with" : "without"} JavaScript {F4 S2 E1}`, async () => {
		const key = `b${script}`;
		await place.add(key, `Browser ${script ? "One" : "Two"}`, "Guest");
		await withChrome(site, { script }, async (page) => {
			await signIn(page, place.email(key), PASSWORD);
			await page.goto(factor);
			await page.getByRole("link", { name: "Set up a second factor" }).click();
			const image = await page.locator("svg.qr").screenshot();
			const file = path.join(site.dir, "qr.png");
			fs.writeFileSync(file, image);
			const uri = execFileSync("zbarimg", ["--raw", "-q", file], { encoding: "utf8" }).trim();
			const url = new URL(uri);
			assert.equal(url.protocol, "otpauth:");
			const secret = url.searchParams.get("secret");
			site.secrets.add(secret);
			assert.equal((await page.getByLabel("Or type this key into it").inputValue()).replace(/ /g, ""), secret);
			assert.ok(decodeURIComponent(uri).includes(place.email(key)));
			await page.getByLabel("Code from the app").fill(await site.totp(secret));
			await page.getByLabel("Your password", { exact: true }).fill(PASSWORD);
			await page.getByRole("button", { name: "Turn on" }).click();
			await page.getByText("Your second factor is on.").waitFor();
			assert.equal(await page.locator(".code-list li").count(), 10);
			const recovery = await page.locator(".code-list code").first().innerText();
			const [download] = await Promise.all([page.waitForEvent("download"),
				page.getByRole("button", { name: "Download" }).click()]);
			assert.match(fs.readFileSync(await download.path(), "utf8"), new RegExp(recovery));
			await page.getByRole("link", { name: "I have kept them" }).click();
			await page.getByText("10 of 10").waitFor();
			await page.context().clearCookies();
			await page.goto(`/signin?next=${encodeURIComponent(factor)}`);
			await page.getByLabel("Email", { exact: true }).fill(place.email(key));
			await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
			await page.getByRole("button", { name: "Sign in" }).click();
			await page.getByRole("heading", { name: "Enter your code" }).waitFor();
			await page.getByRole("button", { name: "Use a recovery code instead" }).click();
			await page.getByLabel("Recovery code", { exact: true }).fill(recovery);
			await page.getByRole("button", { name: "Sign in" }).click();
			await page.getByText("9 of 10").waitFor();
			await page.getByRole("link", { name: "Turn off" }).click();
			await site.forgetCodes(place.email(key));
			await page.getByLabel("Your password", { exact: true }).fill(PASSWORD);
			await page.getByLabel("Code of the authenticator").fill(await site.totp(secret));
			await page.getByRole("button", { name: "Turn off" }).click();
			await page.getByText("Your second factor is off.").waitFor();
		});
	});

test("an administrator takes it from the list's menu {U8g E1}", async () => {
	await place.add("menu", "Mena Menu", "Guest");
	await enrol("menu");
	await withChrome(site, {}, async (page) => {
		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(`${place.base}/users?q=mena`);
		await choose(page, "Mena Menu", "Reset second factor");
		await page.getByRole("button", { name: "Reset the second factor" }).click();
		await page.getByText("The second factor of Mena Menu is off.").waitFor();
	});
	assert.equal((await factorOf("menu")).factor, "0");
});

test("a form whose session ended comes through both steps {E11 S2}", async () => {
	await place.add("two", "Twyla Two", "Admin");
	const [visitor] = await enrol("two");
	const invite = `${place.base}/users/invite`;
	const form = (await visitor.get(invite)).form(invite);
	await site.endSessions(place.email("two"));
	await site.forgetCodes(place.email("two"));
	const asked = await visitor.send(invite, { ...form.fields, name: "Kept Well", email: "kept@factor.test" });
	const step = await visitor.send("/signin", { ...asked.form("/signin").fields, email: place.email("two"),
		password: PASSWORD });
	assert.equal(step.heading, "Enter your code");
	const back = await visitor.send("/signin/code", { ...step.form("/signin/code").fields,
		code: await site.totp(keys.two) });
	assert.equal(back.status, 200, back.text);
	assert.equal(back.form(invite).fields.name, "Kept Well");
});
