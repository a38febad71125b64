// API keys: made, used by curl, edited, replaced and deleted, with JavaScript and without; what they
// open and what they do not.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { promisify } from "node:util";
import { signIn, withChrome } from "./chrome.mjs";
import { crockford, makePlace, PASSWORD } from "./fixtures.mjs";
import { host, until } from "./site.mjs";
import { Visitor } from "./visitor.mjs";

const KEY = /^tnt_[0-9A-Za-z]{36}$/;
let place, site, other;

test("two accounts with people", async () => {
	place = await makePlace("keys", { una: ["Una Keys", "Staff"], gus: ["Gus Keys", "Guest"],
		max: ["Max Keys", "Staff"], lea: ["Lea Keys", "Consumer"], wil: ["Wil Keys", "Admin"] });
	other = await makePlace("otherkeys", {});
	site = place.site;
});

function noted(key) {
	assert.match(key, KEY);
	site.secrets.add(key);
	return key;
}

// By forms, as somebody who is signed in.
async function makeKey(visitor, base, fields = {}) {
	const url = `${base}/keys/new`;
	const page = await visitor.get(url);
	const made = await visitor.send(url, { ...page.form(url).fields, name: "A key", ...fields });
	assert.equal(made.status, 200, made.text);
	return noted(/id="secret" value="([^"]*)"/.exec(made.body)[1]);
}

const bearer = (key) => ({ headers: { authorization: `Bearer ${key}` } });
const api = (target, key, visitor = new Visitor(site)) => visitor.get(target, key ? bearer(key) : {});

// A command line as a page shows it; only name and certificate of this test's site are added.
async function shell(line) {
	const home = path.join(site.dir, "curl");
	fs.mkdirSync(home, { recursive: true });
	fs.writeFileSync(path.join(home, ".curlrc"), `resolve = "${host}:${site.port}:127.0.0.1"\n` +
		`cacert = "${path.join(site.dir, "tls", "cert.pem")}"\nsilent\nmax-time = 20\n`);
	const { stdout } = await promisify(execFile)("sh", ["-c", line],
		{ env: { PATH: process.env.PATH, CURL_HOME: home, HOME: home } });
	return JSON.parse(stdout);
}

for (const script of [true, false]) {
	const how = script ? "" : ", without JavaScript";
	const who = script ? "una" : "max";

	test(`a key is made, tried, edited, replaced and deleted${how} {K1 K2 K3 K5 X1}`, () =>
		withChrome(site, { script }, async (page) => {
			await signIn(page, place.email(who), PASSWORD);
			await page.goto(`${place.base}/profile`);
			await page.getByRole("navigation", { name: "My account" }).getByRole("link", { name: "API keys" }).click();
			await page.getByRole("link", { name: "New key" }).first().click();
			await page.getByLabel(/^Some of mine/).check();
			await page.getByLabel("Name").fill("Nightly <b>report</b>");
			await page.getByRole("button", { name: "Make key" }).click();
			await page.getByText("Choose at least one permission of the list.").waitFor();
			assert.equal(await page.getByLabel("Name").inputValue(), "Nightly <b>report</b>");
			await page.getByLabel(/^See users user/).check();
			await page.getByLabel("Description").fill("Counts who is new");
			await page.getByLabel("Client").selectOption("automation");
			await page.getByRole("button", { name: "Make key" }).click();
			await page.getByRole("heading", { name: "Your new key" }).waitFor();
			const key = noted(await page.getByLabel("Key", { exact: true }).inputValue());
			const line = await page.getByLabel("Try it in a terminal").inputValue();
			const me = await shell(line);
			assert.equal(me.member.email, place.email(who));
			assert.deepEqual(me.permissions, ["user:view"]);
			assert.equal(me.tenant.slug, place.slug);
			assert.equal(me.key.prefix, key.slice(0, 12));
			const users = await shell(line.replace(/\/me$/, "/users"));
			assert.equal(users.count, 6);

			await page.getByRole("link", { name: "I have copied it" }).click();
			const row = page.locator(".keys tbody tr");
			assert.equal(await row.count(), 1);
			assert.ok(!(await page.content()).includes(key), "it is shown only once");
			assert.match(await row.textContent(), /1 permission/);
			await until(async () => {
				await page.reload();
				return /127\.0\.0\.1/.test(await row.textContent());
			}, "the last use");
			assert.match(await row.textContent(), /Automation/);

			await row.getByRole("link", { name: "Edit" }).click();
			await page.getByLabel("Name", { exact: true }).fill("Weekly report");
			await page.getByRole("button", { name: "Save" }).click();
			await page.getByText("The key is saved.").waitFor();
			assert.match(await row.textContent(), /Weekly report/);

			await row.getByRole("link", { name: "Regenerate" }).click();
			await page.getByLabel("The old key").selectOption("1");
			await page.getByRole("button", { name: "Regenerate" }).click();
			const second = noted(await page.getByLabel("Key", { exact: true }).inputValue());
			assert.notEqual(second, key);
			assert.equal((await api(`/api/v1${place.base}/me`, key)).status, 200);
			assert.equal((await api(`/api/v1${place.base}/me`, second)).status, 200);
			await page.getByRole("link", { name: "I have copied it" }).click();
			assert.equal(await row.count(), 2);
			await page.getByText("Replaced").waitFor();

			await row.filter({ hasText: second.slice(0, 12) }).getByRole("link", { name: "Delete" }).click();
			await page.getByRole("button", { name: "Delete key" }).click();
			await page.getByText("Weekly report is deleted.").waitFor();
			assert.equal((await api(`/api/v1${place.base}/me`, second)).status, 401);
			assert.equal(await row.count(), 1);
		}));
}

test("the list sorts both ways, by its address {K1}", async () => {
	const wil = await place.as("wil");
	for (const name of ["Bravo", "alpha", "Charlie"])
		await makeKey(wil, place.base, { name, expiry: { Bravo: "none", alpha: "365", Charlie: "30" }[name] });
	const names = async (query) => [...(await wil.get(`${place.base}/keys${query}`)).body
		.matchAll(/<td class="name">\s*<div class="cell"><span><bdi>([^<]*)/g)].map(([, name]) => name);
	assert.deepEqual(await names("?sort=name"), ["alpha", "Bravo", "Charlie"]);
	assert.deepEqual(await names("?sort=name&dir=desc"), ["Charlie", "Bravo", "alpha"]);
	assert.deepEqual(await names("?sort=expires"), ["Charlie", "alpha", "Bravo"]);
	assert.deepEqual(await names("?sort=created"), ["Bravo", "alpha", "Charlie"]);
	assert.equal((await wil.get(`${place.base}/keys?sort=hash`)).status, 422);
});

test("making, replacing and deleting a key asks for the password, and the form that was caught is done once {S9 K2}", async () => {
	await place.add("old", "Old Keys", "Guest");
	const old = await place.as("old");
	const url = `${place.base}/keys/new`;
	const { fields } = (await old.get(url)).form(url);
	await site.stale(place.email("old"));
	assert.match((await old.get(url)).location, /^\/signin\/proof/);
	const asked = await old.send(url, { ...fields, name: "Carried" });
	assert.equal((await site.one("SELECT count(*) AS n FROM api_keys WHERE name = 'Carried'")).n, "0");
	const made = await old.send("/signin/proof", { ...asked.form("/signin/proof").fields, password: PASSWORD });
	const key = noted(/id="secret" value="([^"]*)"/.exec(made.body)[1]);
	assert.equal(JSON.parse((await api(`/api/v1${place.base}/me`, key)).body).key.name, "Carried");
	const { id } = await site.one("SELECT id FROM api_keys WHERE name = 'Carried'");
	await site.stale(place.email("old"));
	for (const act of ["regenerate", "delete"])
		assert.match((await old.get(`${place.base}/keys/${crockford(id)}/${act}`)).location, /^\/signin\/proof/);
});

test("without a key that is good nothing is answered, and errors are JSON {X1 X2}", async () => {
	const gus = await place.as("gus");
	const key = await makeKey(gus, place.base);
	const me = `/api/v1${place.base}/me`;
	const refused = async (answer, status, code) => {
		assert.equal(answer.status, status, answer.body);
		assert.equal(answer.headers["content-type"], "application/json; charset=utf-8");
		assert.equal(answer.headers["cache-control"], "no-store");
		assert.equal(answer.all("set-cookie").length, 0);
		assert.equal(answer.headers["access-control-allow-origin"], undefined);
		const { error } = JSON.parse(answer.body);
		assert.equal(error.code, code);
		assert.ok(error.message.length > 0);
		assert.deepEqual(error.fields, {});
		return answer;
	};
	const bare = new Visitor(site);
	for (const headers of [{}, { authorization: "" }, { authorization: key }, { authorization: `Basic ${btoa(`${key}:`)}` },
		{ authorization: `Bearer ${key.slice(0, -1)}` }, { authorization: `Bearer ${key}x` },
		{ authorization: `Bearer ${key.slice(0, 10)}${key[10] === "a" ? "b" : "a"}${key.slice(11)}` }]) {
		const answer = await refused(await bare.get(me, { headers }), 401, "unauthorized");
		assert.match(answer.headers["www-authenticate"], /^Bearer /);
		assert.equal(answer.headers["x-statements"] ?? "0", "0", "nothing was asked of the database");
	}
	for (const two of [[key, key], [key, "x"], ["x", key]]) {
		const twice = await new Visitor(site, { from: "127.0.0.88" }).get(me, { headers: { authorization: two.map((one) => `Bearer ${one}`) } });
		assert.ok(twice.status === 400 || twice.status === 401, `two headers: ${twice.status}`);
		assert.doesNotMatch(twice.body, /"member"/);
	}
	await refused(await gus.get(me), 401, "unauthorized");
	await refused(await bare.get(`${me}?api_key=${key}`), 400, "bad_request");
	await refused(await bare.get(`${me}?access_token=x`, bearer(key)), 400, "bad_request");
	await refused(await api(`/api/v1${place.base}/nothing`, key), 404, "not_found");
	await refused(await api("/api/v2", key), 404, "not_found");
	const posted = await refused(await bare.send(me, {}, bearer(key)), 405, "method_not_allowed");
	assert.equal(posted.headers.allow, "GET, HEAD");
	await refused(await api(`/api/v1${other.base}/me`, key), 404, "not_found");
	await refused(await api("/api/v1/t/no-such-account/me", key), 404, "not_found");
	assert.equal((await bare.ask("HEAD", me, bearer(key))).status, 200);
});

test("an old name of the account leads to the new one, for who is in it {X1}", async () => {
	const max = await place.as("max");
	const key = await makeKey(max, place.base);
	const stranger = await makeKey(await other.as("admin"), other.base);
	await site.stop();
	await site.write(`INSERT INTO old_slugs SELECT 'wasthekeys', id FROM tenants WHERE slug = '${place.slug}'`);
	await site.start();
	const moved = await api("/api/v1/t/wasthekeys/users?q=una", key);
	assert.equal(moved.status, 308, moved.body);
	assert.equal(moved.location, `/api/v1${place.base}/users?q=una`);
	assert.equal(JSON.parse((await api(moved.location, key)).body).users.length, 1);
	assert.equal((await api("/api/v1/t/wasthekeys/me", stranger)).status, 404);
	const page = await max.get("/t/wasthekeys/users?q=una");
	assert.equal(page.status, 303);
	assert.equal(page.location, `${place.base}/users?q=una`);
	assert.equal((await new Visitor(site).get("/api/v1/t/wasthekeys/me")).status, 401);
});

test("a key opens no page, and its cookies are none {X1}", async () => {
	const key = await makeKey(await place.as("wil"), place.base);
	for (const below of ["/users", "/keys", "/settings"]) {
		const answer = await api(`${place.base}${below}`, key);
		assert.equal(answer.status, 303, below);
		assert.match(answer.location, /^\/signin/);
	}
	const answer = await new Visitor(site).send(`${place.base}/keys/new`, { name: "By a key" }, bearer(key));
	assert.notEqual(answer.status, 200);
	assert.equal((await api(`/api/v1${place.base}/me`, key)).all("set-cookie").length, 0);
});

test("users come in parts behind a cursor, are searched, and by the same rights {X1 X2 K4}", async () => {
	const wil = await place.as("wil");
	await wil.get(`${place.base}/keys`);
	for (const { id } of await site.rows(`SELECT k.id FROM api_keys k JOIN members m ON m.id = k.member_id
		WHERE m.email = '${place.email("wil")}' AND k.status = 'live'`))
		await wil.submit(`${place.base}/keys/${crockford(id)}/delete`);
	for (let i = 0; i < 22; i++)
		await place.add(`many${i}`, `Many ${String.fromCharCode(65 + i)}`, "Guest");
	const key = await makeKey(wil, place.base, { scope: "read" });
	const users = `/api/v1${place.base}/users`;
	const seen = [];
	const everybody = Object.keys(place.people).length;
	let next = `${users}?rows=25&sort=email`, answer;
	while (next) {
		answer = await api(next, key);
		assert.equal(answer.status, 200, answer.body);
		const body = JSON.parse(answer.body);
		assert.equal(body.count, everybody);
		seen.push(...body.users.map((user) => user.email));
		({ next } = body);
		assert.ok(Number(answer.headers["x-statements"] ?? 0) <= 8);
	}
	assert.equal(seen.length, everybody);
	assert.deepEqual(seen, [...new Set(seen)].sort());
	const found = JSON.parse((await api(`${users}?q=una`, key)).body);
	assert.deepEqual(found.users.map((user) => [user.name, user.role.name, user.status]),
		[["Una Keys", "Staff", "active"]]);
	const guests = JSON.parse((await api(`${users}?role=${await place.role("Staff")}`, key)).body);
	assert.equal(guests.count, 2);
	answer = await api(`${users}?sort=hash`, key);
	assert.equal(answer.status, 422);
	assert.equal(JSON.parse(answer.body).error.code, "invalid");
	const gus = await place.as("gus");
	answer = await api(users, await makeKey(gus, place.base));
	assert.equal(answer.status, 403);
	const { error } = JSON.parse(answer.body);
	assert.equal(error.code, "forbidden");
	assert.match(error.decision, /^[0-9a-z]{13}$/);
	const [event] = await place.events("act = 15 AND actor_name = 'Gus Keys'");
	assert.equal(event.client, "HTTPS API");
});

test("a role that is taken away counts at the next call, a deactivated owner's key is none {K4 R5}", async () => {
	await place.add("tom", "Tom Keys", "Staff");
	const key = await makeKey(await place.as("tom"), place.base);
	const admin = await place.as("admin");
	const users = `/api/v1${place.base}/users`, tom = `${place.base}/users/${await place.id(place.email("tom"))}`;
	assert.equal((await api(users, key)).status, 200);
	await admin.submit(`${tom}/role`, { role: await place.role("Guest") });
	assert.equal((await api(users, key)).status, 403);
	assert.equal((await api(`/api/v1${place.base}/me`, key)).status, 200);
	await admin.submit(`${tom}/deactivate`);
	assert.equal((await api(`/api/v1${place.base}/me`, key)).status, 401);
	await admin.submit(`${tom}/reactivate`);
	assert.equal((await api(`/api/v1${place.base}/me`, key)).status, 200);
});

test("an administrator sees a user's keys and ends one, the owner hears of it {V6}", async () => {
	await place.add("ivy", "Ivy Keys", "Builder");
	const key = await makeKey(await place.as("ivy"), place.base, { name: "Lost laptop" });
	const id = await place.id(place.email("ivy"));
	await withChrome(site, {}, async (page) => {
		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(`${place.base}/users/${id}`);
		await page.getByRole("link", { name: "Sessions and keys" }).click();
		const row = page.locator(".keys tbody tr", { hasText: "Lost laptop" });
		assert.match(await row.textContent(), new RegExp(key.slice(0, 12)));
		await row.getByRole("link", { name: "End" }).click();
		await page.getByRole("button", { name: "End key" }).click();
		await page.getByText("The key Lost laptop of Ivy Keys is ended.").waitFor();
	});
	assert.equal((await api(`/api/v1${place.base}/me`, key)).status, 401);
	const mail = await site.post.get(place.email("ivy"));
	assert.match(mail.subject, /Your API key for/);
	assert.ok(!mail.text.includes(key));
	const max = await place.as("max");
	const { id: row } = await site.one(`SELECT id FROM api_keys WHERE name = 'Lost laptop'`);
	assert.equal((await max.get(`${place.base}/users/${id}/keys/${crockford(row)}/end`)).status, 403);
});

test("a form sent twice at once makes one key and shows it both times {K2 E3}", async () => {
	const lea = await place.as("lea");
	const url = `${place.base}/keys/new`;
	const { fields } = (await lea.get(url)).form(url);
	const both = await Promise.all([1, 2].map(() => lea.send(url, { ...fields, name: "Double" })));
	const [one, two] = both.map((answer) => /id="secret" value="([^"]*)"/.exec(answer.body)?.[1]);
	assert.equal(noted(one), two);
	assert.equal((await site.one("SELECT count(*) AS n FROM api_keys WHERE name = 'Double'")).n, "1");
	assert.equal((await place.events("act = 180 AND subject_name = 'Double'")).length, 1);
});

test("five at once for the last place make five keys {K2}", async () => {
	await place.add("pia", "Pia Keys", "Guest");
	const pia = await place.as("pia");
	const url = `${place.base}/keys/new`;
	for (let i = 0; i < 4; i++)
		await makeKey(pia, place.base, { name: `Key ${i}` });
	const forms = [];
	for (let i = 0; i < 4; i++)
		forms.push((await pia.get(url)).form(url).fields);
	const answers = await Promise.all(forms.map((fields, i) => pia.send(url, { ...fields, name: `Last ${i}` })));
	assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409, 409, 409]);
	for (const answer of answers.filter((one) => one.status === 200))
		noted(/id="secret" value="([^"]*)"/.exec(answer.body)[1]);
	assert.match((await pia.get(`${place.base}/keys`)).text, /5 of 5 keys/);
});

test("a key that is replaced twice at once gets one successor {K3}", async () => {
	const lea = await place.as("lea");
	await makeKey(lea, place.base, { name: "Torn" });
	const { id } = await site.one("SELECT id FROM api_keys WHERE name = 'Torn'");
	const url = `${place.base}/keys/${crockford(id)}/regenerate`;
	const forms = [];
	for (let i = 0; i < 3; i++)
		forms.push((await lea.get(url)).form(url).fields);
	const answers = await Promise.all(forms.map((fields) => lea.send(url, { ...fields, overlap: "0" })));
	const made = answers.filter((one) => one.status === 200);
	assert.equal(made.length, 1, answers.map((one) => one.status).join());
	noted(/id="secret" value="([^"]*)"/.exec(made[0].body)[1]);
	assert.equal((await site.one("SELECT count(*) AS n FROM api_keys WHERE name = 'Torn'")).n, "2");
	assert.equal((await place.events("act = 182 AND subject_name = 'Torn'")).length, 1);
});

test("another's key is none: not to edit, replace or delete, by anybody {K3}", async () => {
	const gus = await place.as("gus"), admin = await place.as("admin");
	const { id } = await site.one(`SELECT k.id FROM api_keys k JOIN members m ON m.id = k.member_id
		WHERE m.email = '${place.email("pia")}' LIMIT 1`);
	const before = await site.rows("SELECT * FROM api_keys ORDER BY id");
	const { fields } = (await gus.get(`${place.base}/keys/new`)).form(`${place.base}/keys/new`);
	for (const visitor of [gus, admin])
		for (const act of ["edit", "delete", "regenerate"])
			assert.equal((await visitor.get(`${place.base}/keys/${crockford(id)}/${act}`)).status, 404, act);
	for (const act of ["edit", "delete", "regenerate"])
		assert.equal((await gus.send(`${place.base}/keys/${crockford(id)}/${act}`,
			{ ...fields, name: "Mine", version: "1", overlap: "0", expiry: "30" })).status, 404, act);
	const more = await gus.send(`${place.base}/keys/new`, { ...fields, name: "More", scope: "some",
		permission: "user:remove" });
	assert.equal(more.status, 403);
	assert.match(more.text, /A key may hold no more than you/);
	assert.deepEqual(await site.rows("SELECT * FROM api_keys ORDER BY id"), before);
});

test("who guesses keys waits, who has one does not {X2}", async () => {
	const key = await makeKey(await place.as("admin"), place.base);
	const guesser = new Visitor(site, { from: "127.0.0.96" });
	const me = `/api/v1${place.base}/me`;
	const wrong = noted(checked("tnt_000000000000000000000000000000"));
	for (let i = 0; i < 60; i++)
		assert.equal((await api(me, wrong, guesser)).status, 401);
	const waits = await api(me, wrong, guesser);
	assert.equal(waits.status, 429);
	assert.ok(Number(waits.headers["retry-after"]) > 500);
	assert.equal(JSON.parse(waits.body).error.code, "too_many_requests");
	assert.equal((await api(me, key, guesser)).status, 200, "a good key goes on from there");
	assert.equal((await api(me, wrong)).status, 401, "and others are not held up");
});

// With the checksum that such a key must have.
function checked(text) {
	let crc = 0xffffffff;
	for (const byte of Buffer.from(text.slice(4))) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++)
			crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	let n = ~crc >>> 0, end = "";
	for (let i = 0; i < 6; i++, n = Math.floor(n / 62))
		end = digits[n % 62] + end;
	return text + end;
}

for (const script of [true, false])
	test(`name and description of a key are edited where they stand${script ? "" : ", without JavaScript"} {K3 E15}`, () =>
		withChrome(site, { script }, async (page) => {
			const cell = page.locator(script ? "td form" : ".panel");
			const own = await makePlace("cells");
			const admin = await own.as("admin");
			await admin.submit(`${own.base}/keys/new`, { name: "Before", scope: "read" });
			await signIn(page, own.email("admin"), PASSWORD);
			await page.goto(`${own.base}/keys`);
			await page.getByRole("link", { name: "Change the description of Before" }).click();
			await cell.getByLabel("Description").fill("What it does");
			await page.keyboard.press("Enter");
			await page.getByText("What it does").waitFor();
			await page.getByRole("link", { name: "Change the name of Before" }).click();
			await cell.getByLabel("Name").fill(" ");
			await page.keyboard.press("Enter");
			await cell.getByText("Give a name of at most 64 characters.").waitFor();
			await cell.getByLabel("Name").fill("After");
			await page.keyboard.press("Enter");
			await page.getByText("The key is saved.").waitFor();
			await page.locator("tr", { hasText: "After" }).getByText("What it does").waitFor();
		}));

test("who manages keys sees them and no sessions, who sees activity sees those {V6}", async () => {
	const own = await makePlace("keepers", { sta: ["Sta Keys", "Staff"], con: ["Con Keys", "Consumer"] });
	await site.addRole(own.slug, "Keykeeper", "user:view user:key");
	await own.add("kay", "Kay Keys", "Keykeeper");
	const url = `${own.base}/users/${await own.id(own.email("sta"))}/sessions`;
	const sees = async (key) => {
		const answer = await (await own.as(key)).get(url);
		return [answer.status, /aria-label="Sessions"|No sessions/.test(answer.body), />API keys<\/h2>/.test(answer.body)];
	};
	assert.deepEqual(await sees("kay"), [200, false, true]);
	assert.deepEqual(await sees("sta"), [200, true, false]);
	assert.deepEqual(await sees("admin"), [200, true, true]);
	assert.equal((await sees("con"))[0], 403);
});

test("the security settings say how many keys and for how long {C3d K2}", async () => {
	const own = await makePlace("policy", { sta: ["Sta Keys", "Staff"] });
	const admin = await own.as("admin"), sta = await own.as("sta");
	const saved = await admin.submit(`${own.base}/security`, { keys_most: "1", key_days: "60" });
	assert.equal(saved.status, 303, saved.text);
	const url = `${own.base}/keys/new`;
	const page = await sta.get(url);
	assert.match(page.body, /<option value="60"/);
	assert.doesNotMatch(page.body, /<option value="(90|365|none)"/);
	const { fields } = page.form(url);
	const long = await sta.forge(url, { ...fields, name: "Long", expiry: "none", client: "https", scope: "read" });
	assert.equal(long.status, 422);
	assert.match(long.body, /In this account a key is good for at most 60 days\./);
	assert.equal((await sta.submit(url, { name: "One", expiry: "60", scope: "read" })).status, 200);
	assert.match((await sta.get(`${own.base}/keys`)).body, /1 of 1 keys/);
	assert.equal((await sta.forge(url, { ...(await sta.get(url)).form(url).fields, name: "Two", expiry: "30", client: "https", scope: "read" })).status, 409);
	assert.equal((await sta.get(`${own.base}/security`)).status, 403);
	const [event] = await own.events("act = 240");
	assert.match(event.fields, /keys_most/);
});
