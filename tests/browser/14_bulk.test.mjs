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
		await page.getByRole("button", { name: "More" }).click();
		await shot(page, "more");
		await page.getByRole("button", { name: "Deactivate" }).click();
		await page.getByRole("heading", { name: "Deactivate 30 users?" }).waitFor();
		await shot(page, "deactivate-all");
		assert.equal(await page.getByRole("button", { name: "Deactivate" }).isDisabled(), true);
		await page.getByLabel("Type 30 to go on").fill("30");
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
