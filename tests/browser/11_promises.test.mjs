// What ends access does so at the very next request and in its own account alone; what is risky asks
// first; what a second factor and a file promise.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { makePlace, PASSWORD, PASSWORD2 } from "./fixtures.mjs";
import { parseCsv } from "./site.mjs";
import { decoded, Visitor } from "./visitor.mjs";

let here, there, site, people = 0;

test("the accounts of these tests", async () => {
	here = await makePlace("here", { sue: ["Sue Here", "Admin"] });
	there = await makePlace("there");
	site = here.site;
});

// Somebody of both accounts, signed in.
async function both() {
	const key = `two${people++}`;
	await here.add(key, `Two Some ${people}`, "Builder");
	await (await there.as("admin")).submit(`${there.base}/users/invite`, { name: "Two Some",
		email: here.email(key), role: await there.role("Builder") });
	const { link } = await site.post.get(here.email(key));
	const { fields } = (await new Visitor(site).openLink(link)).form("/invite");
	const joining = new Visitor(site);
	await joining.openLink(link);
	await joining.send("/invite", { ...fields, password: PASSWORD });
	const visitor = await here.as(key);
	for (const place of [here, there])
		assert.equal((await visitor.get(`${place.base}/users`)).status, 200);
	return { key, visitor, id: await here.id(here.email(key)), name: here.people[key].name };
}

// Sends the form of the columns with a token from before, which changes something.
async function tries(visitor, csrf, place) {
	const answers = [await visitor.get(`${place.base}/users`),
		await visitor.send(`${place.base}/users/columns`, { csrf, columns: "email" })];
	return answers.map((answer) => answer.status);
}

test("forced out of one account, by one act or with everybody, the other one goes on {S7 U8h}", async () => {
	const admin = await here.as("admin");
	const { fields } = (await admin.get(`${here.base}/users`)).form("/signout");
	for (const everybody of [false, true]) {
		const { visitor, id, name } = await both();
		const { csrf } = (await visitor.get(`${here.base}/users`)).form("/signout").fields;
		if (everybody) {
			const job = await admin.submit(`${here.base}/users/logout`);
			let page;
			do
				page = await admin.open(job.location);
			while (!/\d+ done/.test(page.text) || /http-equiv="refresh"/.test(page.body));
		} else
			await admin.send(`${here.base}/users/${id}/logout`, fields);
		const before = await here.events(`actor_name = '${name}'`);
		assert.deepEqual(await tries(visitor, csrf, here), [303, 401]);
		assert.deepEqual(await here.events(`actor_name = '${name}'`), before);
		assert.deepEqual(await tries(visitor, csrf, there), [200, 303]);
	}
});

test("deactivated, removed, suspended: the next request is refused with the reason, elsewhere not {U8c U8d S4}", async () => {
	const admin = await here.as("admin");
	for (const [act, status, sentence] of [["deactivate", 403, /Your membership of this account is deactivated/],
		["remove", 404, /There is nothing here/]]) {
		const { visitor, id } = await both();
		const { csrf } = (await visitor.get(`${here.base}/users`)).form("/signout").fields;
		assert.equal((await admin.submit(`${here.base}/users/${id}/${act}`)).status, 303);
		assert.deepEqual(await tries(visitor, csrf, here), [status, status], act);
		assert.match((await visitor.get(`${here.base}/users`)).text, sentence);
		assert.deepEqual(await tries(visitor, csrf, there), [200, 303], act);
	}
	const { visitor } = await both();
	const { csrf } = (await visitor.get(`${here.base}/users`)).form("/signout").fields;
	await site.setTenant(here.slug, "suspended");
	try {
		for (const one of [visitor, admin]) {
			const page = await one.get(`${here.base}/users`);
			assert.equal(page.status, 403);
			assert.match(page.text, /This account is suspended/);
			assert.doesNotMatch(page.body, /Sue Here/);
		}
		assert.deepEqual(await tries(visitor, csrf, here), [403, 403]);
		assert.deepEqual(await tries(visitor, csrf, there), [200, 303]);
	} finally {
		await site.setTenant(here.slug, "active");
	}
	assert.deepEqual(await tries(visitor, csrf, here), [200, 303]);
});

// What SECURITY of the design names, as routes.
const RISKY = ["profile/email", "profile/password", "profile/factor/on", "profile/factor/codes", "profile/data",
	"profile/delete", "users/{user}/role", "users/{user}/remove", "users/{user}/delete", "users/{user}/factor",
	"users/{user}/password", "users/{user}/link", "users/{user}/send-activity", "users/invite", "users/invite/many",
	"users/import", "users/export", "users/bulk/role", "users/bulk/remove"];

test("what is risky asks who it is, each page and each form of it, and nothing is done before {S9}", async () => {
	const lines = (await site.tenantry("routes")).trim().split("\n").map((line) => line.split("\t"));
	const asking = lines.filter(([, , , , flags]) => /proof/.test(flags || ""));
	for (const name of RISKY)
		assert.equal(asking.filter(([, where]) => where === `/t/{tenant}/${name}`).length, 2, name);
	const { key, visitor } = await both();
	const sue = await here.as("sue");
	const csrf = (await sue.get(`${here.base}/users`)).form("/signout").fields.csrf;
	await site.stale(here.email("sue"));
	const id = await here.id(here.email(key));
	const before = await here.events();
	for (const [method, where] of asking) {
		const target = where.replace("{tenant}", here.slug).replace("{user}", id).replace("{role}",
			await here.role("Guest"));
		if (target.includes("{"))
			continue;
		const answer = method === "GET" ? await sue.get(target) : await sue.send(target, { csrf,
			password: "canary password 1", current: "canary password 2", code: "987654", typed: "CONFIRM" });
		if (method === "GET")
			assert.equal(answer.location, `/signin/proof?next=${encodeURIComponent(target)}`, target);
		else {
			assert.equal(answer.status, 401, target);
			assert.equal(answer.heading, "Confirm that it is you", target);
			assert.doesNotMatch(answer.body, /canary|987654/, "nothing typed is shown");
		}
	}
	assert.deepEqual(await here.events(), before);
	assert.equal((await visitor.get(`${here.base}/users`)).status, 200);
});

// Turns on the second factor of somebody who is signed in; its secret and codes.
async function enrol(visitor, place = here) {
	const on = `${place.base}/profile/factor/on`;
	const page = await visitor.get(on);
	const secret = decoded(/id="secret" value="([^"]*)"/.exec(page.body)[1]);
	const done = await visitor.send(on, { ...page.form(on).fields, code: await site.totp(secret), password: PASSWORD });
	assert.equal(done.status, 200, done.text);
	const codes = [...done.body.matchAll(/<code>([A-Z2-7-]{29})<\/code>/g)].map(([, code]) => code);
	for (const text of [secret.replace(/ /g, ""), ...codes])
		site.secrets.add(text);
	return { secret, codes, done };
}

async function withCode(email, code, more = {}) {
	const visitor = new Visitor(site);
	assert.equal((await visitor.signIn(email, PASSWORD)).location, "/signin/code");
	const { fields } = (await visitor.get("/signin/code")).form("/signin/code");
	return { visitor, answer: await visitor.send("/signin/code", { ...fields, ...more, code }) };
}

test("the key of a second factor is shown once, and so are its recovery codes {F4}", async () => {
	await here.add("once", "Once Here", "Guest");
	const visitor = await here.as("once");
	const { secret, codes, done } = await enrol(visitor);
	const hidden = (body) => [secret, secret.replace(/ /g, ""), ...codes].filter((text) => decoded(body).includes(text));
	assert.equal(hidden(done.body).filter((text) => !codes.includes(text)).length, 0, "not behind its form any more");
	for (const where of ["factor", "factor/off", "factor/codes", "", "sessions", "activity", "data"])
		assert.deepEqual(hidden((await visitor.open(`${here.base}/profile${where && `/${where}`}`)).body), [], where);
	const again = await visitor.get(`${here.base}/profile/factor/on`);
	assert.doesNotMatch(again.body, /id="secret"/, "who has one is shown no new key");
});

test("with a second factor a new password needs a code, and ends links of resets {F3 F4 P3}", async () => {
	await here.add("locked", "Lock Here", "Guest");
	const email = here.email("locked"), where = `${here.base}/profile/password`;
	const visitor = await here.as("locked");
	const { secret } = await enrol(visitor);
	await new Visitor(site, { from: "127.0.0.98" }).submit("/forgot", { email });
	const { link } = await site.post.get(email, /password/i);
	const form = (await visitor.get(where)).form(where);
	const typed = { ...form.fields, password: PASSWORD2, again: PASSWORD2 };
	for (const current of ["", "not the password 1"])
		assert.equal((await visitor.send(where, { ...typed, current })).status, 422, current);
	await site.stale(email);
	await site.forgetCodes(email);
	const asked = await visitor.send(where, { ...typed, current: PASSWORD });
	assert.equal(asked.status, 401);
	const proof = asked.form("/signin/proof");
	assert.ok(proof.names.has("code") && !proof.names.has("password"));
	assert.equal((await visitor.send("/signin/proof", { ...proof.fields, password: PASSWORD })).status, 422);
	assert.equal((await new Visitor(site).signIn(email, PASSWORD)).status, 303, "it is the old one still");
	const back = await visitor.send("/signin/proof", { ...proof.fields, code: await site.totp(secret) });
	assert.match(back.text, /passwords, codes and files: please fill in or choose these again/);
	const { fields } = back.form(where);
	const before = visitor.cookies.get("__Host-sid");
	const done = await visitor.send(where, { ...fields, current: PASSWORD, password: PASSWORD2, again: PASSWORD2 });
	assert.equal(done.status, 303, done.text);
	assert.notEqual(visitor.cookies.get("__Host-sid"), before);
	assert.equal((await new Visitor(site).openLink(link)).status, 410, "the link of the reset is dead");
	assert.equal((await new Visitor(site).signIn(email, PASSWORD)).status, 422);
});

test("codes, sessions and links outlive a new key of the program {F4 S5}", async () => {
	await here.add("keys", "Keys Here", "Admin");
	const email = here.email("keys");
	const visitor = await here.as("keys");
	const { secret, codes } = await enrol(visitor);
	await new Visitor(site, { from: "127.0.0.96" }).submit("/forgot", { email });
	const { link } = await site.post.get(email, /password/i);
	await site.stop();
	const file = path.join(site.dir, "data", "tenantry.key");
	const keys = fs.readFileSync(file, "utf8");
	fs.writeFileSync(file, `7E57AB1E ${randomBytes(32).toString("hex").toUpperCase()} ${Date.now()}\n${keys}`);
	await site.start();
	assert.equal((await visitor.get(`${here.base}/users`)).status, 200, "the session goes on");
	assert.equal((await new Visitor(site).openLink(link)).status, 200, "and so does a link");
	const by = await withCode(email, codes[0], { with: "recovery" });
	assert.equal(by.answer.status, 303, by.answer.text);
	assert.equal((await withCode(email, codes[0], { with: "recovery" })).answer.status, 422, "once");
	await site.forgetCodes(email);
	assert.equal((await withCode(email, await site.totp(secret))).answer.status, 303, "an old secret opens, too");
	const made = await by.visitor.submit(`${here.base}/profile/factor/codes`);
	const fresh = [...made.body.matchAll(/<code>([A-Z2-7-]{29})<\/code>/g)].map(([, code]) => code);
	fresh.forEach((code) => site.secrets.add(code));
	assert.equal((await withCode(email, codes[1], { with: "recovery" })).answer.status, 422, "old ones are dead");
	assert.equal((await withCode(email, fresh[0], { with: "recovery" })).answer.status, 303);
});

test("no cell of an export is a formula, and an import takes exactly one mark off again {U9b U10}", async () => {
	const place = await makePlace("cells");
	const admin = await place.as("admin");
	const names = ["-2 3", "-Ann 7", "'quoted", "''twice", "'-1", "Comma, Ted", "Plain One"];
	const roles = ["=HYPERLINK(1)", "@SUM(A1:A9)", "+1", "-1", "'", "Say \"so\", he said", "=1"];
	for (const name of roles)
		await site.addRole(place.slug, name.replaceAll("'", "''"), "user:view");
	const first = await place.id((await place.add("no", "No Formula", "Guest")).email);
	for (const name of ['=HYPERLINK("x";"y")', "@SUM(A1)", "+1", "a\tb", "a\0b"])
		assert.equal((await admin.submit(`${place.base}/users/${first}/edit`, { name })).status, 422, name);
	for (const [i, name] of names.entries()) {
		const id = await place.add(`n${i}`, `Nick ${i}`, roles[i]).then(({ email }) => place.id(email));
		const edit = `${place.base}/users/${id}/edit`;
		const answer = await admin.submit(edit, { name, nickname: name, phone: "+491701234567" });
		assert.equal(answer.status, 303, `${name}: ${answer.text}`);
	}
	const target = `${place.base}/users/export`;
	const form = (await admin.get(`${target}?all=1`)).form(target);
	const { body, headers, bytes } = await admin.send(target, form.fields);
	assert.equal(Number(headers["content-length"]), bytes.length);
	assert.ok(!bytes.includes(0));
	const rows = parseCsv(body);
	assert.equal(rows.length, names.length + 3);
	for (const cell of rows.flat())
		assert.doesNotMatch(cell, /^[=+\-@\t\r]/, cell);
	const plain = (cell) => cell.replace(/^'(?=[=+\-@'])/, "");
	for (const list of [names, roles])
		for (const text of list)
			assert.ok(rows.flat().some((cell) => plain(cell) === text || cell === text), text);
	assert.equal(rows.filter((row) => row.includes("'+491701234567")).length, names.length);
	const boundary = "----cells";
	const upload = `${place.base}/users/import`;
	const { csrf } = (await admin.get(upload)).form(upload).fields;
	const parts = { csrf, role: await place.role("Guest") };
	const sent = await admin.send(upload, [...Object.entries(parts).map(([name, value]) =>
		`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
	`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="p.csv"\r\n`,
	`Content-Type: text/csv\r\n\r\n${body}\r\n--${boundary}--\r\n`].join(""),
	{ headers: { "content-type": `multipart/form-data; boundary=${boundary}` } });
	const page = await admin.follow(sent);
	assert.match(page.text, new RegExp(`${names.length + 2} stay as they are`), page.text);
});
