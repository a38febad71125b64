// Many users at once: selecting them, acts as jobs, the export.  SHOTS=folder keeps pictures.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { signIn, withChrome } from "./chrome.mjs";
import { makePlace, PASSWORD } from "./fixtures.mjs";
import { parseCsv, until } from "./site.mjs";

const LONG = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewis";
let place, site, admin;

async function shot(page, name) {
	if (!process.env.SHOTS)
		return;
	const { width, height } = page.viewportSize();
	for (const colorScheme of ["light", "dark"]) {
		await page.emulateMedia({ colorScheme });
		for (const wide of [1280, 390]) {
			await page.setViewportSize({ width: wide, height: 900 });
			await page.screenshot({ path: path.join(process.env.SHOTS, `${name}-${wide}-${colorScheme}.png`) });
		}
	}
	await page.emulateMedia({ colorScheme: "light" });
	await page.setViewportSize({ width, height });
}

async function members(where) {
	return site.rows(`SELECT m.name, m.email, m.status, r.name AS role FROM members m
		JOIN tenants t ON t.id = m.tenant_id
		JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
		WHERE t.slug = '${place.slug}' AND ${where} ORDER BY m.name`);
}

// The page of a job once it has ended; what its heading and text say.
async function ended(visitor, address) {
	return until(async () => {
		const page = await visitor.get(address);
		assert.equal(page.status, 200, page.text);
		return !page.body.includes("http-equiv=\"refresh\"") && page;
	}, "the job");
}

test("the account of these tests", async () => {
	const people = { helper: ["Hanna Helper", "Helpdesk"], view: ["Vera View", "Builder"], long: [LONG, "Guest"] };
	for (let i = 0; i < 30; i++)
		people[`p${i}`] = [`Person ${"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i % 26]}${i < 26 ? "" : "a"}`, "Guest"];
	place = await makePlace("bulk", people);
	site = place.site;
	admin = await place.as("admin");
});

test("selected rows are asked for and done, with and without JavaScript {U9e U9f U9g E1}", async () => {
	for (const [script, role] of [[true, "Consumer"], [false, "Staff"]])
		await withChrome(site, { script }, async (page) => {
			await signIn(page, place.email("admin"), PASSWORD);
			await page.goto(`${place.base}/users?q=person&rows=25`);
			await page.getByRole("checkbox", { name: "Select Person A", exact: true }).check();
			await page.getByRole("checkbox", { name: "Select Person B", exact: true }).check();
			if (script) {
				await page.getByText("2 selected").waitFor();
				await shot(page, "selected");
			}
			await page.getByRole("button", { name: "Change role" }).click();
			await page.getByRole("heading", { name: "Change the role of 2 users?" }).waitFor();
			await shot(page, `role-${script}`);
			await page.getByRole("radio", { name: role }).check();
			await page.getByRole("button", { name: "Change role" }).click();
			await page.getByText("2 done").waitFor();
			await page.getByText("Done", { exact: true }).waitFor();
			await shot(page, `job-${script}`);
			assert.deepEqual((await members(`r.name = '${role}'`)).map((row) => row.name), ["Person A", "Person B"]);
			await page.getByRole("link", { name: "Back to the users" }).click();
			await page.getByRole("heading", { name: /^Users/ }).waitFor();
		});
});

test("the rest of the acts stand in a menu; all that match are one choice {U9c U9f U9g E3}", async () => {
	await withChrome(site, {}, async (page) => {
		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(`${place.base}/users?q=person&rows=25`);
		await page.getByRole("checkbox", { name: "Select all on this page" }).check();
		await page.getByText("25 selected").waitFor();
		await page.getByRole("checkbox", { name: "All 30 that match" }).check();
		await shot(page, "everybody");
		await page.locator(".bulk").getByRole("button", { name: "More" }).click();
		await shot(page, "more");
		await page.getByRole("button", { name: "Deactivate" }).click();
		await page.getByRole("heading", { name: "Deactivate 30 users?" }).waitFor();
		await shot(page, "deactivate-all");
		assert.equal(await page.getByRole("button", { name: "Deactivate" }).isDisabled(), true);
		await page.getByLabel("Type 30 to go on").fill("3,0");
		await page.getByRole("button", { name: "Deactivate" }).click();
		await page.getByText("30 done").waitFor();
	});
	assert.equal((await members("m.status = 'deactivated'")).length, 30);
});

test("what is refused is told with names and reasons {U9c U11}", async () => {
	const ids = await Promise.all(["admin", "p0", "p1"].map((key) => place.id(place.email(key))));
	const ask = `${place.base}/users/bulk/remove?${ids.map((id) => `id=${id}`).join("&")}`;
	const asked = await admin.get(ask);
	assert.match(asked.text, /Delete 3 users\?/);
	assert.match(asked.text, /Cancel Yes, delete/);
	const form = asked.form(`${place.base}/users/bulk/remove`);
	const answer = await admin.send(form.action,
		[...Object.entries(form.fields).filter(([name]) => name !== "id"), ...ids.map((id) => ["id", id])]);
	assert.equal(answer.status, 303, answer.text);
	const page = await ended(admin, answer.location);
	assert.match(page.text, /2 done, 1 refused/);
	assert.match(page.text, /Ada bulk ?: This is you\./);
	assert.deepEqual((await members("m.status = 'removed'")).map((row) => row.name), ["Person A", "Person B"]);
	const again = await admin.send(form.action,
		[...Object.entries(form.fields).filter(([name]) => name !== "id"), ["id", ids[0]]]);
	assert.equal(again.location, answer.location, "the same form is the same job");
});

test("whom one cannot see refuses all of it, and forged filters change nothing {E4}", async () => {
	const other = await makePlace("bulkother", { far: ["Far Away", "Guest"] });
	const own = await place.id(place.email("p2"));
	const far = await other.id(other.email("far"));
	const before = JSON.stringify(await members("1"));
	for (const act of ["remove", "role", "deactivate", "reactivate", "logout", "resend"]) {
		const target = `${place.base}/users/bulk/${act}`;
		assert.equal((await admin.get(`${target}?id=${own}&id=${far}`)).status, 404, act);
		assert.equal((await admin.get(`${target}?id=${own}&id=x`)).status, 404, act);
		const { fields } = (await admin.get(`${target}?id=${own}`)).form(target);
		const mixed = await admin.send(target, [...Object.entries(fields), ["id", far],
			...(act === "role" ? [["role", await place.role("Guest")]] : [])]);
		assert.equal(mixed.status, 404, act);
		for (const filter of ["q=%ff", `q=${"x".repeat(101)}`, "sort=x", "%zz", "a;b", "status=active&q=%00"]) {
			const forged = await admin.send(target, { ...fields, id: undefined, all: "1", filter,
				role: await place.role("Guest") });
			assert.equal(forged.status, 422, `${act} ${filter}`);
		}
		const { form_id: gone, ...rest } = fields;
		assert.ok(gone);
		assert.equal((await admin.send(target, rest)).status, 422, "without the form's number");
		assert.equal((await admin.send(target, { ...fields, form_id: gone.replace(/^./, (c) => (c === "A" ? "B" : "A")) })).status, 422);
	}
	assert.equal(JSON.stringify(await members("1")), before);
	const nobody = await admin.get(`${place.base}/users/bulk/remove`);
	assert.equal(nobody.status, 303);
	assert.match((await admin.follow(nobody)).text, /Select somebody first\./);
});

test("a job is its asker's and those who could have asked for it {E4}", async () => {
	const job = (await site.one(`SELECT j.id FROM jobs j JOIN tenants t ON t.id = j.tenant_id
		WHERE t.slug = '${place.slug}' AND j.kind = 'users.remove'`)).id;
	const { crockford } = await import("./fixtures.mjs");
	const view = await place.as("view");
	const other = await makePlace("bulkjob");
	const stranger = await other.as("admin");
	assert.equal((await view.get(`${place.base}/jobs/${crockford(job)}`)).status, 404);
	assert.equal((await stranger.get(`${other.base}/jobs/${crockford(job)}`)).status, 404);
	assert.equal((await stranger.get(`${place.base}/jobs/${crockford(job)}`)).status, 404);
});

test("the export says what comes, and comes as a file {U9b U10 L2}", async () => {
	for (const script of [true, false])
		await withChrome(site, { script }, async (page) => {
			await signIn(page, place.email("admin"), PASSWORD);
			await page.goto(`${place.base}/users?q=person&status=deactivated`);
			await page.getByRole("checkbox", { name: "Select Person C", exact: true }).check();
			await page.getByRole("button", { name: "Export CSV" }).click();
			await page.getByRole("heading", { name: "Export 1 user?" }).waitFor();
			await shot(page, "export");
			const [download] = await Promise.all([page.waitForEvent("download"),
				page.getByRole("button", { name: "Download the file" }).click()]);
			assert.match(download.suggestedFilename(), /^users-bulk\d+-\d{4}-\d\d-\d\d\.csv$/);
			const rows = parseCsv(fs.readFileSync(await download.path(), "utf8"));
			assert.equal(rows.length, 2);
			assert.equal(rows[1][0], "Person C");
			await page.getByRole("link", { name: "Cancel" }).click();
			await page.getByRole("heading", { name: /28 users/ }).waitFor();
		});
	const target = `${place.base}/users/export`;
	const before = (await place.events("e.act = 110")).length;
	const form = (await admin.get(`${target}?q=person&all=1`)).form(target);
	const answer = await admin.send(target, form.fields);
	assert.equal(answer.status, 200);
	assert.equal(answer.headers["content-type"], "text/csv; charset=utf-8; header=present");
	assert.equal(Number(answer.headers["content-length"]), answer.bytes.length);
	assert.equal(parseCsv(answer.body).length, 29);
	assert.equal((await place.events("e.act = 110")).length, before + 1);
	const view = await place.as("view");
	assert.equal((await view.get(target)).status, 403);
	assert.equal((await view.send(target, { ...form.fields,
		csrf: (await view.get(`${place.base}/users`)).form("/signout").fields.csrf })).status, 403);
	assert.equal((await place.events("e.act = 110")).length, before + 1);
});

test("who may do nothing with many sees no boxes {E4}", async () => {
	const view = await place.as("view");
	const page = await view.get(`${place.base}/users`);
	assert.doesNotMatch(page.body, /data-bulk|name="id"/);
	const helper = await place.as("helper");
	const some = await helper.get(`${place.base}/users`);
	assert.match(some.body, /bulk\/logout/);
	assert.doesNotMatch(some.body, /bulk\/remove|bulk\/role|users\/export/);
});

test("invitations are sent again {U9h}", async () => {
	await admin.submit(`${place.base}/users/invite`, { name: "Ivy Later", email: "ivy@bulk.test",
		role: await place.role("Guest") });
	await site.post.get("ivy@bulk.test");
	const target = `${place.base}/users/bulk/resend`;
	const ids = [await place.id("ivy@bulk.test"), await place.id(place.email("p3"))];
	const form = (await admin.get(`${target}?${ids.map((id) => `id=${id}`).join("&")}`)).form(target);
	const answer = await admin.send(target, [...Object.entries(form.fields), ["id", ids[0]]]);
	const page = await ended(admin, answer.location);
	assert.match(page.text, /0 done, 2 refused/);
	assert.match(page.text, /Ivy Later ?: The invitation was sent within the last minute/);
	assert.match(page.text, /Person D ?: Is not invited any more\./);
});

// A multipart form, as a browser sends it.
function multipart(fields, file) {
	const boundary = "----boundary7";
	const parts = Object.entries(fields).map(([name, value]) =>
		`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
	if (file !== undefined)
		parts.push(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="p.csv"\r\n`,
			`Content-Type: text/csv\r\n\r\n${file}\r\n`);
	return { body: `${parts.join("")}--${boundary}--\r\n`,
		headers: { "content-type": `multipart/form-data; boundary=${boundary}` } };
}

async function upload(kind, file, fields = {}) {
	const target = `${place.base}/users/${kind}`;
	const form = (await admin.get(target)).form(target);
	const { body, headers } = multipart({ csrf: form.fields.csrf, role: await place.role("Guest"), ...fields }, file);
	return admin.send(target, body, { headers });
}

test("several are invited at once: each row is judged first {I8 I6 E1}", async () => {
	const crew = await place.group("Crew", "Guest");
	for (const [script, who] of [[true, "one"], [false, "two"]])
		await withChrome(site, { script }, async (page) => {
			await signIn(page, place.email("admin"), PASSWORD);
			await page.goto(`${place.base}/users`);
			await page.locator(".page-head").getByRole("button", { name: "More", exact: true }).click();
			await page.getByRole("link", { name: "Invite several people" }).click();
			await page.getByRole("heading", { name: "Invite several people" }).waitFor();
			await page.getByLabel("Addresses").fill(`Ann ${who} <ann.${who}@many.test>\nbob.${who}@many.test\n` +
				`no address\nann.${who}@many.test\n${place.email("p4")}`);
			await page.getByRole("radio", { name: "Guest" }).check();
			await shot(page, `many-${script}`);
			await page.getByRole("button", { name: "Check the rows" }).click();
			await page.getByRole("heading", { name: "Check the rows" }).waitFor();
			const text = await page.locator("main").innerText();
			assert.match(text, /2 are invited\.[\s\S]*3 rows are refused\./);
			assert.match(text, /2 emails go out today\./);
			assert.match(text, /The same address stands in line 1\./);
			assert.match(text, /is already a member/);
			await shot(page, `preview-${script}`);
			assert.equal((await members(`m.email LIKE '%${who}@many.test'`)).length, 0, "nothing before it is wanted");
			await page.getByLabel(/^Crew/).check();
			await page.getByRole("button", { name: "Invite them" }).click();
			await page.getByText("2 done, 3 refused").waitFor();
			const mail = await site.post.get(`ann.${who}@many.test`);
			assert.ok(mail.link);
		});
	assert.equal((await members("m.email LIKE '%@many.test' AND m.status = 'invited'")).length, 4);
	assert.match((await admin.get(`${place.base}/groups/${crew}`)).text, /Ann one[\s\S]*Ann two[\s\S]*Bob/);
	assert.equal((await admin.submit(`${place.base}/groups/${crew}/delete`)).status, 303);
});

test("an export is imported again and changes nothing; what was edited in it is changed {U9b U10}", async () => {
	const target = `${place.base}/users/export`;
	const form = (await admin.get(`${target}?q=person&status=active&all=1`)).form(target);
	const before = JSON.stringify(await members("1"));
	const file = (await admin.send(target, { ...form.fields, filter: "" })).body;
	const same = await upload("import", file, { role: "" });
	assert.equal(same.status, 303, same.text);
	const page = await admin.follow(same);
	assert.match(page.text, /\d+ stay as they are\. Columns that are not read: status, organization/);
	assert.doesNotMatch(page.text, /Import them|is changed|refused\./);
	await withChrome(site, {}, async (chrome) => {
		await signIn(chrome, place.email("admin"), PASSWORD);
		await chrome.goto(`${place.base}/users/import`);
		await chrome.getByLabel("CSV file").setInputFiles({ name: "x.csv", mimeType: "text/csv",
			buffer: Buffer.from(`email,name\r\n${place.email("view")},Vera Renamed\r\nnew@import.test,Nils New\r\n`) });
		await chrome.getByRole("radio", { name: "Guest" }).check();
		await shot(chrome, "import");
		await chrome.getByRole("button", { name: "Check the rows" }).click();
		await chrome.getByText("1 is invited.").waitFor();
		assert.equal(JSON.stringify(await members("1")), before);
		await chrome.getByRole("button", { name: "Import them" }).click();
		await chrome.getByText("2 done").waitFor();
	});
	assert.equal((await members("m.name = 'Vera Renamed'")).length, 1);
	assert.equal((await members("m.email = 'new@import.test' AND m.status = 'invited'")).length, 1);
});

test("a hundred thousand addresses can be pasted, and the preview says when they go {I6 I8}", async () => {
	const pasted = Array.from({ length: 100000 }, (unused, i) => `p${i}@pasted.test`).join("\n");
	const answer = await upload("invite/many", undefined, { pasted });
	assert.equal(answer.status, 303, answer.text);
	const page = await admin.follow(answer);
	assert.match(page.text, /100,000 are invited\. [\d,]+ emails go out today\. The others follow, [\d,]+ a day until /);
	assert.match(page.text, /; for \d+,\d{3} there is no day, and these are not invited\./);
	const more = await upload("invite/many", undefined, { pasted: "<".repeat(3 * 1024 * 1024 + 1) });
	assert.equal(more.status, 413);
	assert.match(more.errorAt("pasted"), /At most 3 MiB can be pasted/);
	const marks = await upload("invite/many", undefined, { pasted: "<".repeat(3 * 1024 * 1024 - 1) });
	assert.ok([303, 422].includes(marks.status), String(marks.status));
});

test("what is no table is refused whole, however it is broken {U10}", async () => {
	const before = JSON.stringify(await members("1"));
	const count = async () => (await site.one("SELECT count(*) AS n FROM uploads")).n;
	const uploads = await count();
	const line = `${place.email("p5")},Other Name\n`;
	for (const file of ["", "\n\n", "name\nx\n", `email,name\n${line}"open,x\n`, `email,name\n${line}a"b,c\n`,
		`email,name\n${line}\0,c\n`, `email,name\n"x"y,c\n`, `email${",x".repeat(100)}\n${line}`]) {
		const answer = await upload("import", file);
		assert.equal(answer.status, 422, JSON.stringify(file));
		assert.notEqual(answer.errorAt("file"), "", JSON.stringify(file));
	}
	assert.equal((await upload("import", `email,name\n${"x".repeat(8 * 1024 * 1024 - 10)}`)).status, 413);
	assert.equal((await upload("import", "x".repeat(9 * 1024 * 1024))).status, 413);
	const many = Array.from({ length: 10000 }, (unused, i) => [`f${i}`, "x"]);
	assert.equal((await upload("import", line, Object.fromEntries(many))).status, 422);
	const { body, headers } = multipart({}, line);
	for (const broken of [body.slice(0, -8), body.replaceAll("boundary7", "b"), ""])
		assert.ok([400, 403].includes((await admin.send(`${place.base}/users/import`, broken, { headers })).status));
	assert.equal(await count(), uploads);
	const formulas = await upload("import", `email,name\n=1+1,=cmd\n'=x@y.test,@SUM\n+a,-x\n`);
	assert.match((await admin.follow(formulas)).text, /3 rows are refused\./);
	assert.equal(JSON.stringify(await members("1")), before);
});

test("another's table is nobody's; one that was done is its job {E4}", async () => {
	const answer = await upload("invite/many", undefined, { pasted: "late@many.test" });
	assert.equal(answer.status, 303);
	const other = await makePlace("bulktable");
	const stranger = await other.as("admin");
	const id = answer.location.split("/").pop();
	assert.equal((await stranger.get(`${other.base}/users/import/${id}`)).status, 404);
	assert.equal((await stranger.get(answer.location)).status, 404);
	const { csrf } = (await stranger.get(`${other.base}/users`)).form("/signout").fields;
	assert.equal((await stranger.send(`${other.base}/users/import/${id}`, { csrf })).status, 404);
	const { form } = { form: (await admin.get(answer.location)).form(answer.location) };
	const search = await admin.send(form.action, { ...form.fields, search: "1", q: "nothing of that name" });
	assert.match(search.text, /Nothing is found\./);
	assert.equal((await members("m.email = 'late@many.test'")).length, 0);
	const [first, second] = await Promise.all([admin.send(form.action, form.fields), admin.send(form.action, form.fields)]);
	assert.equal(first.location, second.location);
	await ended(admin, first.location);
	assert.equal((await admin.send(form.action, form.fields)).location, first.location);
	assert.equal((await members("m.email = 'late@many.test'")).length, 1);
});

const BCRYPT = "$2b$06$abcdefghijklmnopqrstuueAM4hQ3C0gN9Q9/BJpvjmY9rF7HgozW";
const PBKDF2 = "$pbkdf2-sha256$1000$MDEyMzQ1Njc4OWFiY2RlZg$9MLVlbR3Qt4RDp2SkvWlEslerRJPOAH5oirNE7jhQJY";

test("the command line imports people with their passwords, which are made anew {E6 U10}", async () => {
	const file = path.join(site.dir, "people.jsonl");
	const run = (...args) => site.tenantry("import", "--tenant", place.slug, ...args, file);
	const people = [{ email: "bea@moved.test", name: "Bea Moved", role: "Builder", country: "DE", password_hash: BCRYPT },
		{ email: "pam@moved.test", name: "Pam Moved", role: "guest", password_hash: PBKDF2 }];
	fs.writeFileSync(file, people.map((one) => JSON.stringify(one)).join("\n\n"));
	const mails = site.post.mails?.length;
	assert.match(await run("--dry-run"), /would be: 2 new, 0 changed, 0 as they were, 0 refused/);
	assert.equal((await members("m.email LIKE '%@moved.test'")).length, 0);
	assert.match(await run(), /2 new, 0 changed, 0 as they were, 0 refused/);
	assert.match(await run(), /0 new, 0 changed, 2 as they were, 0 refused/);
	assert.deepEqual((await members("m.email LIKE '%@moved.test'")).map((row) => [row.name, row.status, row.role]),
		[["Bea Moved", "active", "Builder"], ["Pam Moved", "active", "Guest"]]);
	assert.equal((await place.events("e.act = 40 AND e.subject_name LIKE '% Moved'")).length, 2);
	assert.equal((await site.rows("SELECT id FROM outbox WHERE address LIKE '%@moved.test'")).length, 0, "no email");
	const hash = async (email) => (await site.one(`SELECT c.hash FROM credentials c JOIN people p
		ON p.id = c.person_id WHERE p.email = '${email}'`)).hash;
	const { Visitor } = await import("./visitor.mjs");
	for (const [email, was] of [["bea@moved.test", BCRYPT], ["pam@moved.test", PBKDF2]]) {
		assert.equal(await hash(email), was);
		const visitor = new Visitor(site);
		assert.equal((await visitor.signIn(email, "correct horse 8")).status, 422);
		assert.equal(await hash(email), was);
		assert.equal((await visitor.signIn(email, "correct horse 7")).status, 303);
		assert.match(await hash(email), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
		assert.equal((await new Visitor(site).signIn(email, "correct horse 7")).status, 303);
	}
	fs.writeFileSync(file, [...people, { email: "old@moved.test", name: "Old", role: "Guest", password_hash: "$1$abc$def" },
		{ email: "ada@moved.test", name: "Ada Norole" }, { email: "x", role: "Guest" }].map((one) =>
		JSON.stringify(one)).join("\n"));
	const failed = await run().catch((e) => e.message);
	assert.match(failed, /line 3: old@moved.test: A password hash of this kind is not known/);
	assert.match(failed, /line 4: ada@moved.test: Choose a role/);
	assert.match(failed, /line 5: x: Give an email address/);
	assert.match(failed, /0 new, 0 changed, 2 as they were, 3 refused/);
	fs.writeFileSync(file, "{\"email\": 5}\n");
	assert.match(await run().catch((e) => e.message), /Line 1: Each value must be a text/);
	fs.writeFileSync(file, "[1]\n");
	assert.match(await run().catch((e) => e.message), /Line 1: This is no JSON object/);
	fs.writeFileSync(file, JSON.stringify({ email: "inv@moved.test", name: "Inv Ited", role: "Guest" }));
	assert.match(await run("--invite"), /1 new/);
	assert.equal((await site.rows("SELECT id FROM outbox WHERE address = 'inv@moved.test'")).length, 1);
	assert.ok(mails === undefined || mails >= 0);
});

test("the command line exports, invites, resets and unlocks by the same rules {E6}", async () => {
	const at = ["--tenant", place.slug];
	const out = path.join(site.dir, "out.csv");
	const printed = await site.tenantry("export", ...at);
	await site.tenantry("export", ...at, "--output", out);
	assert.equal(fs.readFileSync(out, "utf8"), printed);
	assert.equal(fs.statSync(out).mode & 0o777, 0o600);
	await assert.rejects(site.tenantry("export", ...at, "--output", out), /exists/i);
	assert.match(await site.tenantry("import", ...at, out), /0 new, 0 changed, \d+ as they were, 0 refused/);
	await assert.rejects(site.tenantry("import", ...at, "--dry-run", path.join(site.dir, "none.csv")), /file: There is no such file/);
	await site.tenantry("user", "invite", ...at, "--email", "cli@moved.test", "--name", "Cli Invited", "--role", "Guest");
	assert.equal((await members("m.email = 'cli@moved.test'"))[0].status, "invited");
	await assert.rejects(site.tenantry("user", "invite", ...at, "--email", "cli@moved.test", "--name", "Cli Invited",
		"--role", "Guest"), /is already invited/);
	assert.match(await site.tenantry("user", "reset", ...at, "--email", "bea@moved.test"), /on its way/);
	assert.match(await site.tenantry("user", "reset", ...at, "--email", "bea@moved.test"), /No email/);
	assert.match(await site.tenantry("user", "unlock", ...at, "--email", "bea@moved.test"), /waits no more|No sign-in was waiting/);
	await assert.rejects(site.tenantry("user", "unlock", ...at, "--email", "nobody@moved.test"),
		/email: Nobody in this account has this address/);
	await assert.rejects(site.tenantry("import", "--tenant", "none", out), /tenant: There is no such account/);
	await assert.rejects(site.tenantry("import", ...at, "--fast", out), /usage/);
	for (const [act, name] of [[30, "Cli Invited"], [45, "Bea Moved"], [47, "Bea Moved"]])
		assert.ok((await place.events(`e.act = ${act} AND e.subject_name = '${name}' AND e.client = 'Command line'`)).length);
});

test("the command line takes nothing for something else, and says what there is {E6}", async () => {
	const at = ["--tenant", place.slug];
	const run = (...args) => site.tenantry(...args).catch((e) => e.message);
	// The beginning of an option and one word too many are no export of everybody.
	for (const args of [["--org", "/x/"], ["--out", path.join(site.dir, "none")], ["--"], ["everybody"]]) {
		const said = await run("export", ...at, ...args);
		assert.match(said, /usage: tenantry \[-c FILE\] export/, args.join(" "));
		assert.doesNotMatch(said, /@/);
	}
	for (const args of [["export", ...at], ["user", "invite", ...at, "--email", "o@moved.test", "--name", "O",
		"--role", "Guest"], ["organization", "add", ...at, "--name", "Far"]]) {
		const said = await run(...args, "--organization", "/0000000000000/");
		assert.match(said, args[0] === "organization" ? /usage/ : /organization: There is no organization with this path/);
		assert.doesNotMatch(said, /name,email/);
	}
	assert.match(await run("organization", "add", ...at, "--name", "Far", "--parent", "Nowhere"),
		/parent: There is no organization with this path/);
	assert.match(await run("user", "invite", ...at, "--email", "o@moved.test", "--name", "O", "--role", "Boss"),
		/role: Choose a role\.[^]*its roles: Admin, Builder, Consumer, Guest/);
	assert.equal((await members("m.email = 'o@moved.test'")).length, 0);
	assert.match(await site.tenantry("--help"), /^usage: tenantry[^]*audit verify/);
});
