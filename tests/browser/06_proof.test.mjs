// What is risky asks for a proof not older than fifteen minutes, and a form caught in between is done
// afterwards.
import assert from "node:assert/strict";
import test from "node:test";
import { choose, signIn, withChrome } from "./chrome.mjs";
import { makePlace, PASSWORD } from "./fixtures.mjs";
import { decoded, Visitor } from "./visitor.mjs";

let place, site, bo, role;

test("the account of these tests", async () => {
	place = await makePlace("proof", { bo: ["Bo Proof", "Guest"], cy: ["Cy Proof", "Guest"],
		sue: ["Sue Proof", "Admin"], di: ["Di Proof", "Guest"], wim: ["Wim Proof", "Admin"] });
	site = place.site;
	bo = `${place.base}/users/${await place.id(place.email("bo"))}/role`;
	role = { Builder: await place.role("Builder"), Consumer: await place.role("Consumer"),
		Guest: await place.role("Guest") };
});

async function roleOf(key) {
	return (await site.one(`SELECT r.name AS name FROM members m JOIN roles r ON r.tenant_id = m.tenant_id
		AND r.id = m.role_id WHERE m.email = '${place.email(key)}'`)).name;
}

test("a page that is risky asks when it is opened, and leads on {S9}", async () => {
	const admin = await place.as("admin");
	assert.equal((await admin.get(bo)).status, 200, "fresh from the sign-in");
	await site.stale(place.email("admin"));
	assert.equal((await admin.get(`${place.base}/users`)).status, 200, "what is not risky goes on");
	const asked = await admin.get(bo);
	assert.equal(asked.status, 303);
	assert.equal(asked.location, `/signin/proof?next=${encodeURIComponent(bo)}`);
	const script = await admin.get(bo, { headers: { "hx-request": "true" } });
	assert.equal(script.status, 401);
	assert.equal(script.headers["hx-redirect"], asked.location);
	const before = admin.cookies.get("__Host-sid");
	const wrong = await admin.submit(asked.location, { password: "not the password 1" }, "/signin/proof");
	assert.equal(wrong.status, 422);
	assert.equal(wrong.errorAt("password"), "This is not your password.");
	assert.doesNotMatch(wrong.body, /not the password 1/);
	const { fields } = (await admin.get(bo)).status === 303 ? (await admin.get(asked.location)).form("/signin/proof") : {};
	const right = await admin.send("/signin/proof", { ...fields, password: PASSWORD });
	assert.equal(right.location, bo);
	assert.notEqual(admin.cookies.get("__Host-sid"), before, "another id");
	assert.equal((await admin.get(bo)).status, 200);
	const old = new Visitor(site);
	old.cookies.set("__Host-sid", before);
	assert.equal((await old.get(`${place.base}/users`)).status, 200, "the id before reads for a moment");
	const form = (await admin.get(bo)).form(bo);
	const refused = await old.send(bo, { ...form.fields, role: role.Builder });
	assert.notEqual(refused.status, 200);
	assert.equal(await roleOf("bo"), "Guest", "and changes nothing");
	assert.equal((await admin.get(asked.location)).location, bo, "who has proved it is not asked");
	assert.deepEqual((await place.events("act IN (70, 71)")).map((event) => event.act), ["70", "71"]);
});

test("a form caught in between is done once after the proof, its token is good still {S9}", async () => {
	const admin = await place.as("admin");
	const tab = (await admin.get(`${place.base}/users`)).form("/signout").fields.csrf;
	const form = (await admin.get(bo)).form(bo);
	await site.stale(place.email("admin"));
	const asked = await admin.send(bo, { ...form.fields, role: role.Builder });
	assert.equal(asked.status, 401);
	assert.equal(asked.heading, "Confirm that it is you");
	assert.equal(await roleOf("bo"), "Guest");
	const { fields } = asked.form("/signin/proof");
	assert.ok(fields.carried.length > 50);
	assert.doesNotMatch(asked.body, new RegExp(role.Builder), "it is sealed");
	const wrong = await admin.send("/signin/proof", { ...fields, password: "not the password 1" });
	assert.equal(wrong.status, 422);
	assert.equal(await roleOf("bo"), "Guest");
	const right = await admin.send("/signin/proof",
		{ ...wrong.form("/signin/proof").fields, password: PASSWORD });
	assert.equal(right.status, 303, right.text);
	assert.match(right.location, new RegExp(`^${place.base}/users`));
	assert.equal(await roleOf("bo"), "Builder");
	assert.equal((await place.events("act = 41 AND subject_name = 'Bo Proof'")).length, 1, "once");
	assert.match((await admin.open(right.location)).text, /Bo Proof is Builder now/);
	assert.equal((await admin.send("/signout", { csrf: tab })).status, 303, "a form of another tab");
});

test("a carried form of somebody else, or of another use, is refused {S9}", async () => {
	const admin = await place.as("admin");
	const sue = await place.as("sue");
	const form = (await admin.get(bo)).form(bo);
	const before = await roleOf("bo");
	await site.stale(place.email("admin"), place.email("sue"));
	const { fields } = (await admin.send(bo, { ...form.fields, role: role.Consumer })).form("/signin/proof");
	const own = (await sue.get("/signin/proof")).form("/signin/proof").fields;
	for (const carried of [fields.carried, `${fields.carried.slice(0, -4)}AAAA`, "AAAA"]) {
		const answer = await sue.send("/signin/proof", { ...own, carried, password: PASSWORD });
		assert.equal(answer.status, 422);
		assert.match(answer.text, /cannot be done any more/);
		assert.equal(await roleOf("bo"), before);
	}
	assert.equal((await sue.get(bo)).status, 303, "and nothing is proved by it");
});

test("failures of a proof wait like those of a sign-in {S9 S3}", async () => {
	const wim = await place.as("wim", { from: "127.0.0.41" });
	await site.stale(place.email("wim"));
	const { fields } = (await wim.get("/signin/proof")).form("/signin/proof");
	for (let i = 0; i < 5; i++)
		assert.equal((await wim.send("/signin/proof", { ...fields, password: "wrong password here" })).status, 422);
	const late = await wim.send("/signin/proof", { ...fields, password: PASSWORD });
	assert.equal(late.status, 429);
	assert.match(late.text, /Try again in \d+ minute/);
	assert.ok(Number(late.headers["retry-after"]) > 0);
});

for (const script of [true, false])
	test(`the question in the browser, ${script ? "with" : "without"} JavaScript {S9 E1}`, async () => {
		await withChrome(site, { script }, async (page) => {
			await signIn(page, place.email("admin"), PASSWORD);
			const confirm = async () => {
				await page.getByRole("heading", { name: "Confirm that it is you" }).waitFor();
				await page.getByLabel("Your password", { exact: true }).fill(PASSWORD);
				await page.getByRole("button", { name: "Confirm" }).click();
			};
			await page.goto(`${place.base}/users?q=proof`);
			await site.stale(place.email("admin"));
			await choose(page, "Di Proof", "Change role");
			await confirm();
			await page.getByRole("heading", { name: "Change role" }).waitFor();
			await page.goto(`${place.base}/users?q=proof`);
			await choose(page, "Di Proof", "Change role");
			await page.getByRole("radio", { name: /^Consumer/ }).check();
			await site.stale(place.email("admin"));
			await page.getByRole("button", { name: "Change role" }).click();
			await confirm();
			await page.getByText("Di Proof is Consumer now.").waitFor();
			assert.equal(new URL(page.url()).pathname.startsWith(place.base), true);
			assert.equal(await roleOf("di"), "Consumer");
			await page.goto(`${place.base}/users?q=proof`);
			await choose(page, "Di Proof", "Change role");
			await page.getByRole("radio", { name: /^Guest/ }).check();
			await page.getByRole("button", { name: "Change role" }).click();
			await page.getByText("Di Proof is Guest now.").waitFor();
		});
	});

// ---------------------------------------------------------------- what is not done after it

let carriers = 0;

// The proof page of a form that was sent when the last proof was too old; who sent it.
async function caught(where, path, fields, options, ready) {
	const key = `carrier${carriers++}`;
	await where.add(key, `Car Rier ${carriers}`, "Admin");
	await ready?.(where.email(key));
	const visitor = await where.as(key);
	const form = (await visitor.get(path)).form(path);
	await site.stale(where.email(key));
	const { body, ...more } = options?.({ ...form.fields, ...fields }) || { body: { ...form.fields, ...fields } };
	const page = await visitor.send(path, body, more);
	assert.equal(page.status, 401, page.text);
	const proof = page.form("/signin/proof").fields;
	return { key, visitor, page, proof: { ...proof, password: PASSWORD } };
}

test("a carried form is of one account: not when its path leads to another one meanwhile {S9}", async () => {
	const [one, two] = [await makePlace("swap"), await makePlace("swap")];
	const target = { invite: `${one.base}/users/invite` };
	const join = async (email) => {
		await (await two.as("admin")).submit(`${two.base}/users/invite`, { name: "Car Rier", email,
			role: await two.role("Admin") });
		const visitor = new Visitor(site);
		const { fields } = (await visitor.openLink((await site.post.get(email)).link)).form("/invite");
		await visitor.send("/invite", { ...fields, password: PASSWORD });
	};
	const { visitor, proof } = await caught(one, target.invite, { name: "Swapped One",
		email: "swapped@swap.test", role: await one.role("Guest") }, null, join);
	assert.equal((await visitor.get(`${two.base}/users`)).status, 200, "who may do the same there");
	await site.swap(one.slug, two.slug);
	const answer = await visitor.send("/signin/proof", proof);
	assert.equal(answer.status, 404, answer.text);
	assert.equal(answer.heading, "There is nothing here");
	assert.equal((await site.one("SELECT count(*) AS n FROM people WHERE email = 'swapped@swap.test'")).n, "0");
	await site.swap(one.slug, two.slug);
	assert.equal((await visitor.get(target.invite)).status, 200, "the proof itself counts");
});

test("a carried form is done where it was sent, whatever is sent along, and by a proof alone {S9}", async () => {
	const where = await makePlace("route", { bo: ["Bo Route", "Guest"], cy: ["Cy Route", "Guest"] });
	const at = async (key) => `${where.base}/users/${await where.id(where.email(key))}/role`;
	const roles = () => site.rows(`SELECT r.name AS name FROM members m JOIN roles r ON r.tenant_id = m.tenant_id
		AND r.id = m.role_id WHERE m.email LIKE '__@${where.slug}.test' ORDER BY m.email`);
	const [consumer, builder] = [await where.role("Consumer"), await where.role("Builder")];
	const { visitor, proof } = await caught(where, await at("bo"), { role: consumer });
	for (const path of [await at("cy"), `${where.base}/users/columns`, "/signin"]) {
		await visitor.send(path, { ...proof, role: builder });
		await visitor.send(path, { csrf: proof.csrf, carried: proof.carried });
	}
	assert.deepEqual((await roles()).map((row) => row.name), ["Guest", "Guest"], "it opens nothing elsewhere");
	const again = await where.as("admin");
	await visitor.signIn(where.email("admin"), PASSWORD);
	assert.equal((await again.send("/signin/proof", { ...(await again.get("/signin")).form, carried: proof.carried }))
		.status, 403, "nor without a token");
	const fresh = await caught(where, await at("bo"), { role: consumer });
	const done = await fresh.visitor.send("/signin/proof", { ...fresh.proof, role: builder,
		path: await at("cy"), next: await at("cy") });
	assert.equal(done.status, 303, done.text);
	assert.deepEqual((await roles()).map((row) => row.name), ["Consumer", "Guest"]);
});

test("a form with a file is asked for again after the proof, and nothing is done {S9}", async () => {
	const where = await makePlace("file");
	const path = `${where.base}/users/import`;
	const boundary = "----boundary8";
	const { visitor, page, proof } = await caught(where, path, { role: await where.role("Guest") }, (fields) => ({
		body: [...Object.entries(fields).map(([name, value]) =>
			`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
		`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="p.csv"\r\n`,
		"Content-Type: text/csv\r\n\r\nemail,name\r\ncanary@file.test,Canary File\r\n\r\n",
		`--${boundary}--\r\n`].join(""),
		headers: { "content-type": `multipart/form-data; boundary=${boundary}` } }));
	assert.doesNotMatch(page.body, /canary/i);
	const answer = await visitor.send("/signin/proof", proof);
	assert.equal(answer.status, 200, answer.text);
	assert.match(answer.text, /choose these again\. It has not been sent yet\./);
	assert.ok(answer.form(path), "the page itself, to choose it again");
	assert.equal((await site.one(`SELECT count(*) AS n FROM uploads u JOIN tenants t ON t.id = u.tenant_id
		WHERE t.slug = '${where.slug}'`)).n, "0");
});

test("a form of more than 32 KiB is not carried, and the page says so {S9}", async () => {
	const where = await makePlace("large");
	const path = `${where.base}/users/invite/many`;
	const role = await where.role("Guest");
	const lines = (n) => Array.from({ length: n }, (unused, i) => `somebody${i}@large.test`).join("\n");
	const small = await caught(where, path, { pasted: lines(1300), role });
	const done = await small.visitor.send("/signin/proof", small.proof);
	assert.equal(done.status, 303, "just below it is done");
	const { visitor, proof } = await caught(where, path, { pasted: lines(1500), role });
	const answer = await visitor.send("/signin/proof", proof);
	assert.equal(answer.status, 200, answer.text);
	assert.match(answer.text, /more than 32 KiB, so it could not be kept\. Nothing has been sent/);
	assert.doesNotMatch(answer.body, /somebody1@/);
	assert.equal((await site.one(`SELECT count(*) AS n FROM uploads u JOIN tenants t ON t.id = u.tenant_id
		WHERE t.slug = '${where.slug}'`)).n, "1", "the small one alone");
});

// ---------------------------------------------------------------- sent twice

async function twice(where) {
	const { email } = await where.add(`gone${carriers}`, "Gone Twice", "Guest");
	const path = `${where.base}/users/${await where.id(email)}/remove`;
	const found = await caught(where, path, { typed: "CONFIRM" });
	const old = found.visitor.cookies.get("__Host-sid");
	const removals = async () => (await where.events("act = 44")).length;
	return { ...found, old, removals };
}

test("a proof sent twice does once what it carries, and the second answer keeps the session {S9 S5}", async () => {
	const where = await makePlace("twice");
	const { visitor, key, old, proof, removals } = await twice(where);
	const first = await visitor.send("/signin/proof", proof);
	assert.equal(first.status, 303);
	const lost = visitor.cookies.get("__Host-sid");
	const lone = new Visitor(site);
	lone.cookies.set("__Host-sid", old);
	const second = await lone.send("/signin/proof", proof);
	assert.equal(second.status, 303, second.text);
	assert.match(second.location, new RegExp(`^${where.base}/users\\?said=`));
	const kept = lone.cookies.get("__Host-sid");
	assert.ok(![old, lost].includes(kept));
	assert.match((await lone.open(second.location)).text, /This was sent twice\. Only the first time counts/);
	assert.equal(await removals(), 1);
	assert.equal((await where.events(`act = 70 AND actor_name LIKE 'Car Rier%'`)).length, 1, "and one proof");
	const { fields } = (await lone.get(`${where.base}/users`)).form("/signout");
	for (const [id, status] of [[old, 200], [lost, 303], [kept, 200]]) {
		const one = new Visitor(site);
		one.cookies.set("__Host-sid", id);
		assert.equal((await one.get(`${where.base}/users`)).status, status, "one id is good, and the old one reads");
		if (id === kept)
			continue;
		const path = `${where.base}/users/columns`;
		assert.ok((await one.send(path, fields)).location?.startsWith("/signin") ||
			(await one.send(path, fields)).heading === "Sign in", "and neither of them changes anything");
	}
	const third = new Visitor(site);
	third.cookies.set("__Host-sid", old);
	assert.equal((await third.send("/signin/proof", proof)).status, 303, "three times, too");
	assert.equal((await third.get(`${where.base}/users`)).status, 200);
	assert.equal(await removals(), 1);
	assert.ok(where.email(key));
});

test("by the old id nothing is to be had without the password and the form's token {S9 S5}", async () => {
	const where = await makePlace("thief", { sue: ["Sue Thief", "Admin"] });
	const { visitor, old, proof, removals } = await twice(where);
	await visitor.send("/signin/proof", proof);
	const good = visitor.cookies.get("__Host-sid");
	const sue = (await (await where.as("sue")).get(`${where.base}/users`)).form("/signout").fields.csrf;
	for (const wrong of [{ password: "not the password 1" }, { password: "" }, { csrf: "" }, { csrf: sue }]) {
		const thief = new Visitor(site, { from: "127.0.0.94" });
		thief.cookies.set("__Host-sid", old);
		const answer = await thief.send("/signin/proof", { ...proof, ...wrong });
		assert.equal(answer.location, "/signin?next=%2Fsignin%2Fproof");
		assert.deepEqual([...thief.cookies.values()], [old]);
	}
	assert.equal((await visitor.get(`${where.base}/users`)).status, 200);
	assert.equal(visitor.cookies.get("__Host-sid"), good);
	assert.equal(await removals(), 1);
});

test("two at the very same time, and each gets a good answer {S9 S5}", async () => {
	const where = await makePlace("both");
	for (let i = 0; i < 5; i++) {
		const { old, proof, removals } = await twice(where);
		const before = await removals();
		const answers = await Promise.all([0, 1].map(async () => {
			const one = new Visitor(site);
			one.cookies.set("__Host-sid", old);
			const answer = await one.send("/signin/proof", proof);
			return { one, answer };
		}));
		// On a machine that is busy for seconds the second one is told to try again.
		const good = answers.filter(({ answer }) => answer.status !== 503);
		assert.ok(good.length > 0);
		for (const { answer } of good)
			assert.match(answer.location || answer.text, new RegExp(`^${where.base}/users`));
		assert.equal(await removals(), before + 1);
		const pages = await Promise.all(answers.map(({ one }) => one.get(`${where.base}/users`)));
		assert.ok(pages.some((page) => page.status === 200));
	}
});

test("with a second factor the same code is enough for the second answer, and for nothing else {S9 F4}", async () => {
	const where = await makePlace("code");
	const { visitor, key, old, proof, removals } = await twice(where);
	const on = `${where.base}/profile/factor/on`;
	await visitor.send("/signin/proof", (await visitor.get("/signin/proof")).form("/signin/proof").fields);
	const own = await where.as(key);
	const page = await own.get(on);
	const secret = decoded(/id="secret" value="([^"]*)"/.exec(page.body)[1]);
	site.secrets.add(secret.replace(/ /g, ""));
	assert.equal((await own.send(on, { ...page.form(on).fields, code: await site.totp(secret), password: PASSWORD }))
		.status, 200);
	await site.forgetCodes(where.email(key));
	const before = await removals();
	const code = await site.totp(secret);
	const send = (id, more = {}) => {
		const one = new Visitor(site);
		one.cookies.set("__Host-sid", id);
		return one.send("/signin/proof", { ...proof, code, ...more }).then((answer) => ({ one, answer }));
	};
	const first = await send(old);
	assert.equal(first.answer.status, 303, first.answer.text);
	const wrong = String((Number(code) + 1) % 1000000).padStart(6, "0");
	assert.match((await send(old, { code: wrong })).answer.location, /^\/signin\?/);
	const second = await send(old);
	assert.match((await second.one.open(second.answer.location)).text, /This was sent twice/);
	assert.equal(await removals(), before + 1);
	const fresh = await send(second.one.cookies.get("__Host-sid"));
	assert.equal(fresh.answer.status, 422, "by a good id the code is used up");
	assert.match(fresh.answer.errorAt("code"), /used before/);
});

test("a button pressed twice without JavaScript leads to the list, signed in {S9 E1}", async () => {
	const where = await makePlace("press");
	await withChrome(site, { script: false }, async (page) => {
		await where.add("gone", "Gone Press", "Guest");
		await signIn(page, where.email("admin"), PASSWORD);
		await page.goto(`${where.base}/users/${await where.id(where.email("gone"))}/remove`);
		await site.stale(where.email("admin"));
		await page.getByRole("button", { name: "Remove" }).click();
		await page.getByRole("heading", { name: "Confirm that it is you" }).waitFor();
		const lost = new Visitor(site);
		for (const { name, value } of await page.context().cookies())
			lost.cookies.set(name, value);
		const fields = {};
		for (const name of ["csrf", "carried", "next"])
			fields[name] = await page.locator(`form[action="/signin/proof"] input[name=${name}]`).inputValue();
		// The answer to the first press never reaches the browser, for the second one comes first.
		assert.equal((await lost.send("/signin/proof", { ...fields, password: PASSWORD })).status, 303);
		await page.getByLabel("Your password", { exact: true }).fill(PASSWORD);
		await page.getByRole("button", { name: "Confirm" }).click();
		await page.getByText("This was sent twice. Only the first time counts").waitFor();
		assert.equal(new URL(page.url()).pathname, `${where.base}/users`);
		assert.equal((await where.events("act = 44")).length, 1);
		await page.context().clearCookies({ name: "nothing" });
		await page.goto(`${where.base}/users/invite`);
		await page.getByRole("heading", { name: "Invite user" }).waitFor();
	});
});
