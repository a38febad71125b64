// What nobody should type: each field of each form with bad input.  The form comes back with what
// was typed and a message at the field, and nothing is stored.
import assert from "node:assert/strict";
import test from "node:test";
import { withChrome, signIn } from "./chrome.mjs";
import { makePlace, PASSWORD } from "./fixtures.mjs";
import { bodyOf, MARKUP, NEVER, pct, refused, stored, sweep } from "./sweep.mjs";
import { Visitor } from "./visitor.mjs";

let place, site;

test("the account of these tests", async () => {
	place = await makePlace("input", { bo: ["Bo Input", "Guest"] });
	site = place.site;
});

test("the invitation's form {I1 E3}", async () => {
	const admin = await place.as("admin");
	const form = (await admin.get(`${place.base}/users/invite`)).form(`${place.base}/users/invite`);
	const good = { name: "Nell O'Hara", email: "nell@input.test", role: await place.role("Guest") };
	await sweep(admin, form, good, ["name", "email"]);
	const before = await stored();
	await sweep(admin, form, good, ["phone"], { empty: false });
	for (const phone of ["123", "+", "+1234567890123456", "phone", "+49 30 x"])
		await refused(admin, form, good, "phone", phone, pct(phone), phone);
	for (const email of ["a", "a@", "@b.test", "a@@b.test", "a b@c.test", "\"a b\"@c.test", "a@[127.0.0.1]",
		"a@b..test", `${"a".repeat(250)}@b.test`, "a@b.test>", "a@b.test,c@d.test", "a@-b.test"])
		await refused(admin, form, good, "email", email, pct(email), email);
	for (const role of ["", "x", "0000000000001", "' OR 1=1"]) {
		const answer = await admin.send(form.action, { ...form.fields, ...good, role });
		assert.equal(answer.status, 422);
		assert.match(answer.text, /Choose a role/);
	}
	assert.deepEqual(await stored(), before);
	const fine = await admin.send(form.action, { ...form.fields, ...good });
	assert.equal(fine.status, 303, "and the form itself is still good");
});

test("the form of a forgotten password {P1}", async () => {
	const visitor = new Visitor(site, { from: "127.0.0.70" });
	const form = (await visitor.get("/forgot")).form("/forgot");
	await sweep(visitor, form, {}, ["email"]);
});

test("the form of signing in says the same of all of it {S1}", async () => {
	const before = await stored();
	const texts = new Set();
	let n = 0;
	for (const raw of ["", "%20", ...Object.values(NEVER).map(([bytes]) => bytes),
		...Object.values(MARKUP).map(pct)]) {
		const visitor = new Visitor(site, { from: `127.0.1.${++n}` });
		const form = (await visitor.get("/signin")).form("/signin");
		const answer = await visitor.send("/signin",
			bodyOf({ ...form.fields, password: PASSWORD }, "email", raw));
		assert.equal(answer.status, 422, raw);
		assert.deepEqual(answer.all("set-cookie"), []);
		assert.doesNotMatch(answer.body, /<img src=x|<script>alert|<svg\/onload/);
		texts.add(/role="alert"[\s\S]*?<p>([^<]*)/.exec(answer.body)[1]);
	}
	for (const raw of ["", "%00", "%ff", "a".repeat(1025), "a".repeat(7000)]) {
		const visitor = new Visitor(site, { from: `127.0.1.${++n}` });
		const form = (await visitor.get("/signin")).form("/signin");
		const answer = await visitor.send("/signin",
			bodyOf({ ...form.fields, email: place.email("bo") }, "password", raw));
		assert.equal(answer.status, 422, raw.slice(0, 20));
		texts.add(/role="alert"[\s\S]*?<p>([^<]*)/.exec(answer.body)[1]);
	}
	assert.equal(texts.size, 1, [...texts].join(" | "));
	assert.deepEqual(await stored(), before);
});

async function passwords(visitor, action, fields, names) {
	const bad = { short: "abc def ghi", long: "x y ".repeat(257), NUL: "%00", "not UTF-8": "%ff",
		common: "Password123456!", keys: "qwertyuiop12345" };
	const others = Object.entries(fields).filter(([key]) => !names.includes(key));
	for (const [what, text] of Object.entries(bad)) {
		const raw = text.startsWith("%") ? `quiet${text}harbour lantern 9` : pct(text);
		const body = others.map(([key, value]) => `${pct(key)}=${pct(value)}`)
			.concat(names.map((name) => `${name}=${raw}`)).join("&");
		const answer = await visitor.send(action, body);
		assert.equal(answer.status, 422, `${what}: ${answer.status} ${answer.text}`);
		assert.ok(answer.errorAt("password"), `${what}: ${answer.text}`);
		assert.doesNotMatch(answer.body, /type="password"[^>]* value="[^"]/);
	}
}

test("the form of an invitation's link: name and password {I3}", async () => {
	const admin = await place.as("admin");
	await admin.submit(`${place.base}/users/invite`,
		{ name: "Orla Input", email: "orla@input.test", role: await place.role("Guest") });
	const { link } = await site.post.get("orla@input.test");
	const visitor = new Visitor(site);
	const { fields } = (await visitor.openLink(link)).form("/invite");
	await sweep(visitor, { action: "/invite", fields }, { password: PASSWORD }, ["name"]);
	const before = await stored();
	await passwords(visitor, "/invite", { ...fields, name: "Orla Input" }, ["password"]);
	for (const own of ["orla@input.test", "Place input 2026"]) {
		const answer = await visitor.send("/invite", { ...fields, name: "Orla Input", password: own });
		assert.equal(answer.status, 422, own);
		assert.ok(answer.errorAt("password"), own);
	}
	assert.deepEqual(await stored(), before);
	const fine = await visitor.send("/invite", { ...fields, name: "Orla Input",
		password: `  ${PASSWORD} 🦉 ${"long ".repeat(150)}` });
	assert.equal(fine.status, 200, "blanks and any character may stand in one");
	assert.equal((await visitor.signIn("orla@input.test", `  ${PASSWORD} 🦉 ${"long ".repeat(150)}`)).status, 303);
	const cut = new Visitor(site);
	assert.equal((await cut.signIn("orla@input.test", `  ${PASSWORD} 🦉 ${"long ".repeat(149)}lonX `)).status,
		422, "no password is cut");
});

test("the word that is typed before one acts on oneself {E3}", async () => {
	const admin = await place.as("admin");
	const id = await place.id(place.email("admin"));
	for (const act of ["deactivate", "remove"]) {
		const action = `${place.base}/users/${id}/${act}`;
		const { fields } = (await admin.get(action)).form(action);
		await sweep(admin, { action, fields }, {}, ["typed"], { keeps: false });
	}
	assert.equal((await site.one(`SELECT status FROM members WHERE email = '${place.email("admin")}'`))
		.status, "active");
});

test("the form of a reset's link {P3}", async () => {
	const visitor = new Visitor(site);
	await visitor.submit("/forgot", { email: place.email("bo") });
	const { link } = await site.post.get(place.email("bo"));
	const { fields } = (await visitor.openLink(link)).form("/reset");
	const before = await stored();
	await passwords(visitor, "/reset", fields, ["password", "again"]);
	const unequal = await visitor.send("/reset", { ...fields, password: PASSWORD, again: `${PASSWORD} ` });
	assert.equal(unequal.status, 422);
	assert.ok(unequal.errorAt("again"));
	assert.deepEqual(await stored(), before);
});

test("names that may be are shown as they are, as text {E13 I1}", async () => {
	const admin = await place.as("admin");
	const names = ["Łukasz (Q.A.), Jr.", "O'Brien-Smith", "李小龙", "محمد علي", "W".repeat(60)];
	for (const [i, name] of names.entries()) {
		const answer = await admin.submit(`${place.base}/users/invite`,
			{ name, email: `fine${i}@input.test`, role: await place.role("Guest") });
		assert.equal(answer.status, 303, `${name}: ${answer.text}`);
		assert.ok((await admin.open(answer.location)).text.includes(name));
	}
	await withChrome(site, {}, async (page) => {
		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(`${place.base}/users`);
		for (const name of names)
			assert.equal(await page.getByRole("link", { name, exact: true }).innerText(), name);
	});
	const mail = await site.post.get("fine0@input.test");
	assert.deepEqual(mail.rcpt, ["fine0@input.test"]);
});

// Whether one part of a text is drawn left of another.
function leftOf(element, [first, second]) {
	const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
	const at = (part) => {
		walker.currentNode = element;
		while (walker.nextNode()) {
			const from = walker.currentNode.data.indexOf(part);
			if (from < 0)
				continue;
			const range = document.createRange();
			range.setStart(walker.currentNode, from);
			range.setEnd(walker.currentNode, from + part.length);
			return range.getBoundingClientRect();
		}
		throw new Error(`no ${part} in ${element.textContent}`);
	};
	return at(first).right <= at(second).left + 1;
}

test("a name written from right to left leaves the words around it where they are {E13}", async () => {
	const name = "محمد علي";
	await withChrome(site, {}, async (page) => {
		const stands = async (locator, ...parts) => assert.ok(await locator.evaluate(leftOf, parts),
			`${parts} in ${await locator.textContent()}`);
		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(`${place.base}/users/invite`);
		await page.getByLabel("Name", { exact: true }).fill(name);
		await page.getByLabel("Email", { exact: true }).fill("1ali@input.test");
		await page.getByRole("radio", { name: /^Guest/ }).check();
		await page.getByRole("button", { name: "Send the invitation" }).click();
		await stands(page.getByRole("status").locator("p"), name, " is invited");
		const id = await place.id("1ali@input.test");
		await page.goto(`${place.base}/users/${id}/role`);
		await stands(page.locator("main p").filter({ hasText: "new role of" }), name, " counts from");
		await page.goto(`${place.base}/users/${id}/cancel`);
		await stands(page.locator("main h1"), name, "?");
		await page.getByRole("button", { name: /^Cancel/ }).click();
		await page.getByRole("status").waitFor();
		await page.goto(`${place.base}/audit`);
		await stands(page.getByText(/ invited \u2068/).first(), " invited ", name);
	});
	const mail = await site.post.get("1ali@input.test");
	assert.match(mail.text, new RegExp(`Hello ${name},`));
	assert.match(mail.html, new RegExp(`Hello <bdi>${name}</bdi>,`));
});

test("bodies that are none are refused {E7}", async () => {
	const visitor = new Visitor(site);
	const send = (body, type = "application/x-www-form-urlencoded") =>
		visitor.send("/forgot", body, { headers: { "content-type": type } });
	const statuses = [
		[await send(`email=${"a".repeat(70000)}`), [413]],
		[await send(`email=${"a".repeat(9000)}`), [400, 422]],
		[await send(Array.from({ length: 301 }, (_, i) => `a${i}=1`).join("&")), [400, 422]],
		[await send(`${"n".repeat(65)}=1`), [400, 422]],
		[await send("email=%zz"), [400]],
		[await send("x", "text/plain"), [415]],
		[await send("{}", "application/json"), [415]],
		[await send("x", "multipart/form-data"), [400, 415]],
		[await send("--a\r\n\r\n", "multipart/form-data; boundary=a"), [400]],
	];
	for (const [answer, wanted] of statuses)
		assert.ok(wanted.includes(answer.status), `${answer.status}, not ${wanted}: ${answer.text.slice(0, 100)}`);
});

test("a method that is none of ours is a 405 with Allow {E7}", async () => {
	const visitor = new Visitor(site);
	for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]) {
		const answer = await visitor.ask(method, "/signin");
		assert.equal(answer.status, 405, method);
	}
	const form = await visitor.send("/signin", { _method: "DELETE", email: "a@b.test", password: "x" });
	assert.equal(form.status, 422, "no field changes the method");
});
