// Invitations, from the form to the first sign-in.
import assert from "node:assert/strict";
import test from "node:test";
import { choose, signIn, withChrome } from "./chrome.mjs";
import { crockford, makePlace, PASSWORD, PASSWORD2 } from "./fixtures.mjs";
import { until } from "./site.mjs";
import { Visitor } from "./visitor.mjs";

let place, site;

test("the account of these tests", async () => {
	place = await makePlace("bring", { hel: ["Hel Desk", "Helpdesk"], bo: ["Bo Mate", "Builder"] });
	site = place.site;
	await place.group("Night shift", "Staff");
	await place.workspace("Payments");
});

// Invites by HTTP, and gives the email.
async function invite(admin, where, name, email, role = "Builder") {
	const answer = await admin.submit(`${where.base}/users/invite`,
		{ name, email, role: await where.role(role) });
	assert.equal(answer.status, 303, answer.text);
	return site.post.get(email, /./, site.post.to(email).length + 1);
}

// Accepts at its page, without a browser.
async function accept(visitor, link, fields) {
	const page = await visitor.openLink(link);
	assert.equal(page.status, 200, page.text);
	return visitor.send("/invite", { ...page.form("/invite").fields, ...fields });
}

function statusOf(email) {
	return site.one(`SELECT m.status, m.confirmed, r.name AS role FROM members m
		JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
		JOIN tenants t ON t.id = m.tenant_id
		WHERE m.email = '${email}' AND t.slug = '${place.slug}' ORDER BY m.created_at DESC LIMIT 1`);
}

for (const script of [true, false]) {
	const how = script ? "with JavaScript" : "without JavaScript";
	const email = script ? "nia@bring.test" : "ole@bring.test";

	test(`inviting by email, ${how} {I1 I2 E1 E8}`, async () => {
		await withChrome(site, { script }, async (page) => {
			await signIn(page, place.email("admin"), PASSWORD);
			await page.goto(`${place.base}/users`);
			await page.getByRole("link", { name: "Invite user" }).click();
			await page.getByRole("heading", { name: "Invite user" }).waitFor();
			await page.getByLabel("Name", { exact: true }).fill(script ? "Nia Öst" : "Ole Pen");
			await page.getByLabel("Email", { exact: true }).fill(email);
			await page.getByRole("radio", { name: /^Builder/ }).check();
			await page.getByLabel(/^Phone/).fill("+49 30 1234567");
			await page.getByRole("checkbox", { name: /^Night shift/ }).check();
			await page.getByRole("checkbox", { name: "Payments" }).check();
			await page.getByRole("button", { name: "Send the invitation" }).click();
			await page.getByText("Choose the role in the workspaces.").first().waitFor();
			await page.getByLabel("Role in these workspaces").selectOption({ label: "Viewer" });
			await page.getByRole("button", { name: "Send the invitation" }).click();
			await page.getByRole("status").filter({ hasText: "is invited" }).waitFor();
			await page.getByRole("row", { name: new RegExp(email) }).waitFor();
			assert.match(await page.getByRole("row", { name: new RegExp(email) }).innerText(), /Invited/);
		});
		const mail = await site.post.get(email);
		assert.match(mail.text, /5 days/);
		assert.match(mail.subject, /Place bring/);
		assert.match(mail.text, /console\.test:\d+\/legal/, "security and legal, as in every footer");
		assert.match(mail.html, /console\.test:\d+\/legal/);
		assert.equal(mail.from.text, `"Place bring" <post@console.test>`);
		assert.match(mail.link, /^https:\/\/console\.test:\d+\/invite\?t=[\w-]+$/);
		assert.ok(mail.html.includes(mail.link.replace(/&/g, "&amp;")));
		const row = await site.one(`SELECT m.phone, m.groups, m.seats FROM members m WHERE email = '${email}'`);
		assert.equal(row.phone.replace(/ /g, ""), "+49301234567");
		assert.deepEqual([row.groups, row.seats], ["1", "1"], "in the group and the workspace at once");
	});

	test(`a scanner spends nothing; a weak password is refused, a good one accepted, ${how} {I3}`,
		async () => {
			const mail = await site.post.get(email);
			for (const method of ["GET", "HEAD", "GET", "HEAD"]) {
				const scanner = new Visitor(site, { from: "127.0.0.20", agent: "LinkScanner" });
				await scanner.follow(await scanner.ask(method, mail.link.replace(site.base, "")));
				await scanner.ask(method, "/invite");
			}
			assert.equal((await statusOf(email)).status, "invited");
			await withChrome(site, { script }, async (page) => {
				await page.goto(mail.link);
				site.secrets.add(new URL(mail.link).searchParams.get("t"));
				assert.equal(new URL(page.url()).search, "");
				await page.getByRole("heading", { name: "Join Place bring" }).waitFor();
				assert.match(await page.locator("main").innerText(), /Ada bring invites you as Builder/);
				await page.getByLabel("Password", { exact: true }).fill("Password123456!");
				await page.getByRole("button", { name: "Create the account" }).click();
				await page.locator("#password-error:not(:empty)").waitFor();
				assert.equal((await statusOf(email)).status, "invited");
				await page.getByLabel("Your name").fill(script ? "Nia Østby" : "Ole Penn");
				await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
				await page.getByRole("button", { name: "Create the account" }).click();
				await page.getByRole("heading", { name: "Welcome to Place bring" }).waitFor();
				await page.getByRole("link", { name: "Sign in" }).click();
				await page.getByLabel("Email", { exact: true }).fill(email);
				await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
				await page.getByRole("button", { name: "Sign in" }).click();
				await page.getByRole("heading", { name: /^Users/ }).waitFor();
			});
			assert.deepEqual(await statusOf(email), { status: "active", confirmed: "1", role: "Builder" });
			assert.match((await site.post.get(email, /./, 2)).subject, /account/i);
			const again = new Visitor(site);
			assert.equal((await again.openLink(mail.link)).status, 410, "the link works once");
		});
}

test("the times of an invitation are kept, and who sent it {I9}", async () => {
	const row = await site.one(`SELECT i.* FROM invitations i WHERE i.email_key = 'nia@bring.test'`);
	assert.equal(row.inviter_name, "Ada bring");
	for (const time of ["created_at", "sent_at", "opened_at", "accepted_at"])
		assert.ok(Number(row[time]) > 0, time);
	assert.equal(row.cancelled_at, "0");
	const codes = (await place.events("subject_name LIKE 'Nia%'")).map((event) => event.act).reverse();
	for (const act of ["30", "34", "35", "10"])
		assert.ok(codes.includes(act), `event ${act} of ${codes}`);
});

test("a form without what it needs is shown again with messages, and nothing is made {I1}", async () => {
	const admin = await place.as("admin");
	const before = (await site.rows("SELECT id FROM members")).length;
	const answer = await admin.submit(`${place.base}/users/invite`,
		{ name: "<b>", email: "no address", phone: "12", role: "" });
	assert.equal(answer.status, 422);
	for (const field of ["name", "email", "phone", "role"])
		assert.ok(answer.errorAt(field), field);
	assert.equal(answer.form(`${place.base}/users/invite`).fields.email, "no address");
	assert.equal((await site.rows("SELECT id FROM members")).length, before);
});

// From the button of the invitation's page to the next one.
async function signInToAccept(page) {
	await page.getByRole("link", { name: "Sign in to accept" }).click();
	await page.getByLabel("Email", { exact: true }).fill("nia@bring.test");
	await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.getByText("You are signed in as nia@bring.test").waitFor();
	await page.getByRole("button", { name: "Accept the invitation" }).click();
}

for (const script of [true, false]) {
	const how = script ? "with JavaScript" : "without JavaScript";

	test(`somebody with an identity accepts by signing in, ${how} {I4 E1}`, async () => {
		const other = await makePlace("second");
		const admin = await other.as("admin");
		// Nia's mailbox is proved: she accepted by an emailed link.
		const mail = await invite(admin, other, "Nia Østby", "nia@bring.test", "Consumer");
		await withChrome(site, { script }, async (page) => {
			await page.goto(mail.link);
			await signInToAccept(page);
			await page.getByRole("heading", { name: "Welcome to Place second" }).waitFor();
			await page.getByRole("link", { name: "Open Place second" }).click();
			await page.waitForURL((url) => url.pathname.startsWith(other.base));
		});
		const row = await site.one(`SELECT status FROM members WHERE id = ${await idNumber(other,
			"nia@bring.test")}`);
		assert.equal(row.status, "active");
	});

	test(`somebody else who is signed in is asked to switch, ${how} {I4 E1}`, async () => {
		const other = await makePlace("third");
		const mail = await invite(await other.as("admin"), other, "Nia Østby", "nia@bring.test");
		await withChrome(site, { script }, async (page) => {
			await signIn(page, place.email("bo"), PASSWORD);
			await page.goto(mail.link);
			await page.getByText(`you are signed in as ${place.email("bo")}`).waitFor();
			await page.getByRole("button", { name: /^Log out and go on as nia@bring\.test/ }).click();
			await signInToAccept(page);
			await page.getByRole("heading", { name: "Welcome to Place third" }).waitFor();
		});
		const bo = await site.one(`SELECT count(*) AS n FROM members m JOIN tenants t ON t.id = m.tenant_id
			WHERE t.slug = '${other.slug}' AND m.email = '${place.email("bo")}'`);
		assert.equal(bo.n, "0");
	});
}

async function idNumber(where, email) {
	return (await site.one(`SELECT m.id FROM members m JOIN tenants t ON t.id = m.tenant_id
		WHERE t.slug = '${where.slug}' AND m.email = '${email}' AND m.status <> 'removed'`)).id;
}

let first;
const again = { true: ["Pia Quist", "pia@bring.test"], false: ["Pam Quist", "pam@bring.test"] };

// A job of many, which is put off for a while.
const WAITING = 9007199254740001n;

test("an invitation is not sent twice within a minute {I5}", async () => {
	const admin = await place.as("admin");
	first = {};
	for (const [name, email] of [...Object.values(again), ["Pim Quist", "pim@bring.test"]])
		first[email] = await invite(admin, place, name, email);
	const early = await admin.submit(`${place.base}/users/${await place.id("pia@bring.test")}/resend`);
	assert.equal(early.status, 409);
	assert.match(early.text, /within the last minute/);
	await site.stop();
	await site.write("UPDATE invitations SET sent_at = sent_at - 120000 " +
		"WHERE email_key IN ('pia@bring.test', 'pam@bring.test', 'pim@bring.test')");
	await site.write(`INSERT INTO jobs (tenant_id, id, kind, member_id, args, cursor, done, refused, refusals, state,
		created_at, ended_at, worked_at, total) SELECT m.tenant_id, ${WAITING}, 'users.logout', m.id, '{}', 0, 0, 0,
		'[]', 'waiting', 1, 0, ${Date.now() + 50000}, 2000 FROM members m WHERE m.email = '${place.email("admin")}'`);
	await site.start();
});

test("many invitations are sent again at once: those that can be {U9h}", async () => {
	const admin = await place.as("admin");
	const target = `${place.base}/users/bulk/resend`;
	const ids = [await place.id("pim@bring.test"), await place.id(place.email("admin"))];
	const asked = await admin.get(`${target}?${ids.map((id) => `id=${id}`).join("&")}`);
	const answer = await admin.send(target, [...Object.entries(asked.form(target).fields), ["id", ids[0]]]);
	assert.equal(answer.status, 303, answer.text);
	const mail = await site.post.get("pim@bring.test", /./, 2);
	assert.equal((await new Visitor(site).openLink(first["pim@bring.test"].link)).status, 410, "the old link dies");
	assert.equal((await new Visitor(site).openLink(mail.link)).status, 200);
	const page = await until(async () => {
		const seen = await admin.get(answer.location);
		return !seen.body.includes("http-equiv=\"refresh\"") && seen;
	}, "the job");
	assert.match(page.text, /1 done, 1 refused/);
	assert.match(page.text, /Is not invited any more\./);
});

test("the rest of a job is cancelled by a button of its page {U9g}", async () => {
	const job = `${place.base}/jobs/${crockford(WAITING)}`;
	await withChrome(site, {}, async (page) => {
		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(job);
		await page.getByText("0 of 2,000 looked at").waitFor();
		await page.getByRole("button", { name: "Cancel the rest" }).click();
		await page.getByText("The rest is not done.").waitFor();
		await page.getByText("Cancelled", { exact: true }).waitFor();
		assert.equal(await page.getByRole("button", { name: "Cancel the rest" }).count(), 0);
	});
	assert.equal((await site.one(`SELECT state FROM jobs WHERE id = ${WAITING}`)).state, "cancelled");
});

for (const script of [true, false])
	test(`sent again, copied, given another role, cancelled: each link as it should be, ${
		script ? "with" : "without"} JavaScript {I5 E1}`, async () => {
		const [name, email] = again[script];
		const opened = (link) => new Visitor(site).openLink(link);
		const id = await place.id(email);
		let second, copied;
		await withChrome(site, { script }, async (page) => {
			const act = async (entry) => {
				await page.goto(`${place.base}/users?q=${encodeURIComponent(email)}`);
				await choose(page, name, entry);
			};
			const said = (text) => page.getByRole("status").filter({ hasText: text }).waitFor();
			await signIn(page, place.email("admin"), PASSWORD);
			await act("Send invitation again");
			await page.getByRole("button", { name: "Send again" }).click();
			await said(email);
			second = await site.post.get(email, /./, 2);
			assert.equal((await opened(first[email].link)).status, 410, "the old link dies");
			await act("Copy invitation link");
			await page.getByRole("button", { name: "Make the link" }).click();
			copied = await page.getByLabel("Link", { exact: true }).inputValue();
			site.secrets.add(new URL(copied).searchParams.get("t"));
			await act("Change role");
			await page.getByRole("radio", { name: /^Guest/ }).check();
			await page.getByRole("button", { name: "Change role" }).click();
			await said("is Guest now");
			for (const link of [second.link, copied])
				assert.match((await opened(link)).text, /as Guest/);
			await act("Cancel invitation");
			await page.getByRole("button", { name: "Cancel the invitation" }).click();
			await said("cancelled");
		});
		for (const link of [second.link, copied])
			assert.equal((await opened(link)).status, 410, "cancelled");
		assert.equal((await (await place.as("admin")).get(`${place.base}/users/${id}`)).status, 404);
	});

test("an address whose invitation was cancelled can be invited anew {I5}", async () => {
	const anew = await invite(await place.as("admin"), place, "Pia Quist", "pia@bring.test");
	assert.equal((await new Visitor(site).openLink(anew.link)).status, 200);
	assert.ok(await site.one(`SELECT cancelled_at FROM invitations WHERE cancelled_at > 0
		AND email_key = 'pia@bring.test'`));
});

// The copied link of an invited member, by its page.
async function copiedLink(admin, where, email) {
	const id = await where.id(email);
	const answer = await admin.submit(`${where.base}/users/${id}/link`);
	assert.equal(answer.status, 200, answer.text);
	return /https:\/\/[^"\s<]+\?t=[\w-]+/.exec(answer.body)[0];
}

test("a copied link works without any email, and its address stays unconfirmed {I5}", async () => {
	const admin = await place.as("admin");
	const mail = await invite(admin, place, "Sia Tern", "sia@bring.test");
	const link = await copiedLink(admin, place, "sia@bring.test");
	assert.notEqual(link, mail.link);
	const visitor = new Visitor(site);
	const answer = await accept(visitor, link, { name: "Sia Tern", password: PASSWORD });
	assert.equal(answer.status, 200, answer.text);
	assert.deepEqual(await statusOf("sia@bring.test"),
		{ status: "active", confirmed: "0", role: "Builder" });
	const created = await site.post.get("sia@bring.test", /is ready/);
	assert.match(created.text, new RegExp(`${site.base}/forgot`));
	assert.match((await admin.get(`${place.base}/users?q=sia`)).text, /Not confirmed/);
	assert.equal((await visitor.signIn("sia@bring.test", PASSWORD)).status, 303);
	assert.equal((await visitor.open("/")).status, 200);
	assert.equal((await new Visitor(site).openLink(mail.link)).status, 410, "the emailed one is spent too");
	// What the page says about confirming it.
	assert.match(answer.text, /sia@bring\.test is not confirmed yet/);
	const [, href] = /<a href="([^"]*)">Forgot password\?<\/a>/.exec(answer.body);
	assert.equal((await visitor.submit(href, { email: "sia@bring.test" })).status, 200);
	const reset = await site.post.get("sia@bring.test", /password/i);
	const form = (await visitor.openLink(reset.link)).form("/reset");
	assert.match((await visitor.follow(await visitor.send(form.action, { ...form.fields,
		password: PASSWORD2, again: PASSWORD2 }))).text, /password is changed/);
	assert.equal((await statusOf("sia@bring.test")).confirmed, "1");
});

test("who copied a link to somebody else's address gets nothing of them {I5}", async () => {
	// An admin makes an identity for a stranger's address and knows its password.
	const admin = await place.as("admin");
	await invite(admin, place, "Tom Ulm", "tom@bring.test");
	const link = await copiedLink(admin, place, "tom@bring.test");
	const attacker = new Visitor(site);
	await accept(attacker, link, { name: "Tom Ulm", password: PASSWORD });
	assert.equal((await attacker.signIn("tom@bring.test", PASSWORD)).status, 303);
	// The true owner is invited elsewhere, by email.
	const other = await makePlace("fourth");
	const otherAdmin = await other.as("admin");
	const mail = await invite(otherAdmin, other, "Tom Ulm", "tom@bring.test");
	const copied = await copiedLink(otherAdmin, other, "tom@bring.test");
	const byCopy = await new Visitor(site).openLink(copied);
	assert.doesNotMatch(byCopy.body, /name="password"/, "a copied link does not take an identity over");
	assert.equal((await attacker.openLink(copied)).status, 200);
	const tried = await attacker.send("/invite", { csrf: (await attacker.get(`${place.base}/users`))
		.form("/signout").fields.csrf, name: "Tom", password: PASSWORD });
	assert.ok(tried.status >= 400 || tried.status === 200, String(tried.status));
	assert.equal((await site.one(`SELECT status FROM members WHERE id = ${await idNumber(other,
		"tom@bring.test")}`)).status, "invited", "not by the copied link, even signed in");
	// The emailed link proves the mailbox: a new password, and what was made before ends.
	const owner = new Visitor(site);
	const answer = await accept(owner, mail.link, { name: "Tom Ulm", password: PASSWORD2 });
	assert.equal(answer.status, 200, answer.text);
	assert.equal((await attacker.get(`${place.base}/users`)).status, 303, "the old session has ended");
	assert.equal((await attacker.signIn("tom@bring.test", PASSWORD)).status, 422, "the old password too");
	assert.equal((await owner.signIn("tom@bring.test", PASSWORD2)).status, 303);
	assert.deepEqual((await statusOf("tom@bring.test")).confirmed, "1");
});

test("a helpdesk cannot invite with a role that holds more than their own {I6 R7}", async () => {
	const helper = await place.as("hel");
	const page = await helper.get(`${place.base}/users/invite`);
	assert.equal(page.status, 200);
	const form = page.form(`${place.base}/users/invite`);
	for (const role of ["Admin", "Builder", "Auditor"]) {
		const answer = await helper.send(form.action, { ...form.fields, name: "Uma Vik",
			email: "uma@bring.test", role: await place.role(role) });
		assert.equal(answer.status, 403, role);
		assert.match(answer.text, /You cannot give a role that holds more than your own/);
		assert.equal(answer.form(form.action).fields.email, "uma@bring.test", "the form is kept");
		const [, decision] = /This was refused\. Decision ([0-9a-z]{13})/.exec(answer.text);
		const [event, ...more] = await place.events(`act = 15 AND fields LIKE '%the role ${role}%'`);
		assert.equal(more.length, 0);
		assert.match(event.fields, /users\/invite/);
		assert.equal(crockford((await site.one(`SELECT max(id) AS id FROM decisions
			WHERE permission = 'the role ${role}'`)).id), decision);
	}
	const fine = await helper.send(form.action, { ...form.fields, name: "Uma Vik",
		email: "uma@bring.test", role: await place.role("Helpdesk") });
	assert.equal(fine.status, 303, fine.text);
});

test("nobody invites into a group or a workspace that they could not add to {I1 I6 R7}", async () => {
	const bo = await place.as("hel");
	const url = `${place.base}/users/invite`;
	const { fields, names } = (await bo.get(url)).form(url);
	assert.ok(!names.has("group") && !names.has("workspace"), "nothing is offered");
	const id = await site.one(`SELECT g.id FROM groups g WHERE g.name = 'Night shift'`);
	const space = await site.one(`SELECT w.id FROM workspaces w WHERE w.name = 'Payments'`);
	const person = { ...fields, name: "Xan Yew", email: "xan@bring.test", role: await place.role("Helpdesk") };
	assert.equal((await bo.send(url, { ...person, group: crockford(id.id) })).status, 403);
	assert.equal((await bo.send(url, { ...person, workspace: crockford(space.id),
		workspace_role: await place.seatRole("Viewer") })).status, 404);
	assert.equal((await site.rows(`SELECT id FROM members WHERE email = 'xan@bring.test'`)).length, 0);
});

test("who is in the account already is named with the organization {I7}", async () => {
	const admin = await place.as("admin");
	const role = await place.role("Guest");
	const member = await admin.submit(`${place.base}/users/invite`,
		{ name: "Bo", email: place.email("bo").toUpperCase(), role });
	assert.equal(member.status, 422);
	assert.equal(member.errorAt("email").toLowerCase(),
		`${place.email("bo")} is already a member (organization place bring).`);
	const invited = await admin.submit(`${place.base}/users/invite`,
		{ name: "Pia", email: "pia@bring.test", role });
	assert.match(invited.errorAt("email"), /already invited/);
});

test("a double click and a form sent twice make one invitation {E3}", async () => {
	await withChrome(site, {}, async (page) => {
		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(`${place.base}/users/invite`);
		await page.getByLabel("Name", { exact: true }).fill("Vic Wren");
		await page.getByLabel("Email", { exact: true }).fill("vic@bring.test");
		await page.getByRole("radio", { name: /^Guest/ }).check();
		await page.getByRole("button", { name: "Send the invitation" }).dblclick();
		await page.getByRole("status").filter({ hasText: "is invited" }).waitFor();
	});
	assert.equal((await site.rows("SELECT id FROM members WHERE email = 'vic@bring.test'")).length, 1);
	const admin = await place.as("admin");
	const form = (await admin.get(`${place.base}/users/invite`)).form(`${place.base}/users/invite`);
	const fields = { ...form.fields, name: "Wim Xan", email: "wim@bring.test",
		role: await place.role("Guest") };
	const answers = await Promise.all([1, 2, 3].map(() => admin.send(form.action, fields)));
	for (const answer of answers)
		assert.equal(answer.status, 303, answer.text);
	assert.equal((await site.rows("SELECT id FROM members WHERE email = 'wim@bring.test'")).length, 1);
	assert.equal((await site.rows(`SELECT id FROM outbox WHERE address = 'wim@bring.test'`)).length, 1);
});

test("two who accept one link at once: one of them does {I3}", async () => {
	const mail = await invite(await place.as("admin"), place, "Xia Yun", "xia@bring.test");
	const pages = await Promise.all([1, 2, 3, 4].map(async () => {
		const visitor = new Visitor(site);
		const page = await visitor.openLink(mail.link);
		return [visitor, page.form("/invite").fields];
	}));
	const answers = await Promise.all(pages.map(([visitor, fields]) =>
		visitor.send("/invite", { ...fields, name: "Xia Yun", password: PASSWORD })));
	assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 410, 410, 410]);
	assert.equal((await place.events("act = 35 AND subject_name = 'Xia Yun'")).length, 1);
});

test("a link of another kind or of nothing is a 410, the same for all {I3 P2}", async () => {
	const mail = await invite(await place.as("admin"), place, "Yan Zed", "yan@bring.test");
	const token = new URL(mail.link).searchParams.get("t");
	const texts = new Set();
	for (const link of [`/reset?t=${token}`, `/confirm?t=${token}`, `/setup?t=${token}`,
		`/invite?t=${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`, "/invite?t=x",
		`/invite?t=${"A".repeat(token.length)}`]) {
		const answer = await new Visitor(site, { from: "127.0.0.30" }).open(link);
		assert.equal(answer.status, 410, link);
		if (link.startsWith("/invite"))
			texts.add(answer.text.replace(/[0-9a-f]{26}/g, ""));
	}
	assert.equal(texts.size, 1);
	assert.equal((await new Visitor(site).openLink(mail.link)).status, 200);
	assert.equal(crockford(0).length, 13);
});

test("a name that looks like an address is no link in an email, and a long one is cut {I2}", async () => {
	const name = `You won https://evil.example at evil.example/now, ${"write to me@evil.example ".repeat(2)}`;
	const other = await makePlace("prize", {}, name.slice(0, 80));
	const mail = await invite(await other.as("admin"), other, "Zed www.evil.example Ann", "zed@prize.test");
	for (const text of [mail.text, mail.html, mail.textAsHtml, mail.subject, mail.from.text]) {
		assert.doesNotMatch(text, /https:\/\/evil|evil\.example|me@evil/, text);
		assert.doesNotMatch(text, /write to me.*write to me/, "cut after sixty characters");
	}
	assert.match(mail.text, /You won https:\u2060\/\/evil\.\u2060example/);
	// What programs that look for links themselves make of it.
	const links = [...(mail.textAsHtml + mail.html).matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
	assert.ok(links.length > 2);
	assert.deepEqual(links.filter((href) => !href.startsWith(`${site.base}/`)), []);
});

test("after sixty dead links one place has to wait, others do not {I3 P2}", async () => {
	const mail = await invite(await place.as("admin"), place, "Zoe Ado", "zoe@bring.test");
	const guesser = new Visitor(site, { from: "127.0.0.33" });
	const tried = (path) => {
		guesser.cookies.set("__Host-link", "A".repeat(43));
		return guesser.get(path);
	};
	for (let i = 0; i < 20; i++)
		for (const path of ["/invite", "/reset", "/confirm"])
			assert.equal((await tried(path)).status, 410, `try ${i * 3 + 1}`);
	// A try is counted behind its answer, so the next one can be faster.
	let more = 0;
	const late = await until(async () => {
		const answer = await tried("/invite");
		more++;
		return answer.status === 429 && answer;
	}, "the wait");
	assert.ok(more <= 4, `${more} more tries`);
	assert.ok(Number(late.headers["retry-after"]) > 500);
	assert.equal((await guesser.openLink(mail.link)).status, 429, "a good one has to wait too");
	assert.equal((await new Visitor(site).openLink(mail.link)).status, 200);
	assert.equal((await new Visitor(site, { from: "127.0.0.33" }).get("/signin")).status, 200);
});
