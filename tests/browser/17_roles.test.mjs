// Custom roles: made, edited, duplicated, compared and deleted, with JavaScript and without.
import assert from "node:assert/strict";
import test from "node:test";
import { signIn, withChrome } from "./chrome.mjs";
import { makePlace, PASSWORD } from "./fixtures.mjs";

let place, site;

test("an account with roles to work on", async () => {
	place = await makePlace("roles", { sam: ["Sam Staff", "Staff"], tea: ["Tea Staff", "Staff"],
		wor: ["Wor Worker", "User"] });
	site = place.site;
});

const holds = (page) => page.locator(".permissions code").allTextContents();

for (const script of [true, false]) {
	const how = script ? "" : ", without JavaScript";
	const name = `Porter${how ? " two" : ""}`;

	test(`a role begins with a template, is edited, duplicated and deleted${how} {R2 R3 R6}`, () =>
		withChrome(site, { script }, async (page) => {
			await signIn(page, place.email("admin"), PASSWORD);
			await page.goto(`${place.base}/roles`);
			await page.getByRole("link", { name: "New role" }).click();
			await page.getByRole("link", { name: "Auditor" }).click();
			assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Auditor");
			assert.ok(await page.getByLabel(/^Export the audit log/).isChecked());
			await page.getByLabel("Name", { exact: true }).fill("staff");
			await page.getByLabel(/^Edit users user/).check();
			await page.getByRole("button", { name: "Make role" }).click();
			await page.getByText("There is a role staff already.").waitFor();
			assert.ok(await page.getByLabel(/^Edit users user/).isChecked(), "what was ticked stays");
			await page.getByLabel("Name", { exact: true }).fill(name);
			await page.getByRole("button", { name: "Make role" }).click();
			await page.getByText("The role is made.").waitFor();
			assert.ok((await holds(page)).includes("user:edit"));

			await page.getByRole("link", { name: "Edit", exact: true }).click();
			await page.getByLabel(/^Edit users user/).uncheck();
			await page.getByLabel(/^Invite users user/).check();
			await page.getByRole("button", { name: "Save" }).click();
			await page.getByText("The role is saved.").waitFor();
			const now = await holds(page);
			assert.ok(now.includes("user:invite") && now.includes("user:view") && !now.includes("user:edit"));

			await page.getByRole("link", { name: "Duplicate" }).click();
			assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), `Copy of ${name}`);
			await page.getByRole("button", { name: "Make role" }).click();
			await page.getByRole("link", { name: "Delete", exact: true }).click();
			await page.getByText("Nobody holds it.").waitFor();
			await page.getByRole("button", { name: "Delete role" }).click();
			await page.getByText(`Copy of ${name} is deleted.`).waitFor();
		}));
}

test("its holders get another role when one goes {R6}", () => withChrome(site, {}, async (page) => {
	await signIn(page, place.email("admin"), PASSWORD);
	await page.goto(`${place.base}/roles`);
	await page.getByRole("link", { name: "Staff" }).click();
	const sheet = page.locator("dialog");
	await sheet.getByRole("link", { name: "Delete" }).click();
	await page.getByText("2 users hold it. Choose what they get instead.").waitFor();
	await page.getByLabel(/^Consumer/).check();
	await page.getByRole("button", { name: "Delete role" }).click();
	await page.getByText("Staff is deleted.").waitFor();
	await page.goto(`${place.base}/users?q=Sam`);
	await page.getByRole("cell", { name: "Consumer" }).waitFor();
	await page.goto(`${place.base}/audit`);
	await page.getByText(/deleted the role Staff/).waitFor();
	await page.getByText(/changed the role of Sam Staff from Staff to Consumer/).waitFor();
}));

test("what comes along is ticked and locked, by keyboard too, and a search narrows the list {R3}", () =>
	withChrome(site, {}, async (page) => {
		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(`${place.base}/roles/new`);
		const see = page.getByLabel(/^See users user/), edit = page.getByLabel(/^Edit users user/);
		await edit.focus();
		await page.keyboard.press("Space");
		assert.ok(await edit.isChecked() && await see.isChecked());
		assert.equal(await see.getAttribute("aria-disabled"), "true");
		await see.focus();
		await page.keyboard.press("Space");
		assert.ok(await see.isChecked(), "it does not go alone");
		await edit.focus();
		await page.keyboard.press("Space");
		await see.focus();
		await page.keyboard.press("Space");
		assert.ok(!await see.isChecked(), "alone it goes");
		await page.getByLabel("Search permissions").fill("export");
		assert.deepEqual(await page.locator(".grants li:visible code").allTextContents(), ["user:export", "audit:export"]);
		assert.deepEqual(await page.locator(".grants h2:visible").allTextContents(), ["Users", "Audit log"]);
	}));

test("all roles stand beside each other, areas fold, a search finds a permission {R9}", async () => {
	await withChrome(site, {}, async (page) => {
		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(`${place.base}/roles`);
		await page.getByRole("link", { name: "Compare" }).click();
		const heads = await page.locator(".matrix thead th a").allTextContents();
		assert.ok(heads.includes("Admin") && heads.includes("Viewer"));
		assert.match(await page.locator(".matrix thead th", { hasText: "Admin" }).textContent(), /1 user/);
		const row = page.locator(".matrix tbody tr", { hasText: "user:invite" });
		assert.equal(await row.locator("td").nth(heads.indexOf("Admin")).getByLabel("Yes").count(), 1);
		assert.equal(await row.locator("td").nth(heads.indexOf("Guest")).getByLabel("Yes").count(), 0);
		const fold = page.getByRole("button", { name: "Users" });
		await fold.focus();
		await page.keyboard.press("Enter");
		assert.equal(await fold.getAttribute("aria-expanded"), "false");
		assert.ok(!await row.isVisible());
		await page.keyboard.press("Enter");
		assert.ok(await row.isVisible());
	});
	await withChrome(site, { script: false }, async (page) => {
		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(`${place.base}/roles/matrix`);
		await page.getByLabel("Search permissions").fill("AUDIT");
		await page.getByRole("main").getByRole("button", { name: "Search" }).click();
		assert.deepEqual(await page.locator(".matrix tbody code").allTextContents(), ["audit:view", "audit:export"]);
	});
});

test("a role that is edited counts at the holder's next click {R5}", async () => {
	const worker = await place.as("wor");
	const admin = await place.as("admin");
	assert.equal((await worker.get(`${place.base}/audit`)).status, 403);
	const user = await place.role("User");
	const page = await admin.get(`${place.base}/roles/${user}/edit`);
	const { fields } = page.form(`${place.base}/roles/${user}/edit`);
	const done = await admin.send(`${place.base}/roles/${user}/edit`, { ...fields, permission: "audit:view" });
	assert.equal(done.status, 303, done.text);
	// At once, whichever worker answers: three are there, and as many are busy.
	const next = await Promise.all(Array.from({ length: 6 }, () => worker.get(`${place.base}/audit`)));
	assert.deepEqual(next.map((page) => page.status), Array(6).fill(200));
});

test("nobody makes a role of what they do not hold, however it is sent {R7}", async () => {
	const admin = await place.as("admin");
	const url = `${place.base}/roles/new`;
	const { fields } = (await admin.get(url)).form(url);
	const made = await admin.send(url, { ...fields, name: "Little", permission: "role:edit" });
	assert.equal(made.status, 303, made.text);
	await place.add("lit", "Lit Little", "Little");
	const little = await place.as("lit");
	const form = await little.get(url);
	assert.match(form.body, /value="audit:export"[^>]* disabled/);
	const before = await site.one("SELECT count(*) AS n FROM roles");
	const refused = await little.send(url, { ...form.form(url).fields, name: "More", permission: "audit:export" });
	assert.equal(refused.status, 403);
	assert.match(refused.text, /A role may hold no more than your own/);
	const staff = await little.send(`${place.base}/roles/${await place.role("User")}/edit`,
		{ csrf: form.form(url).fields.csrf, version: "2", name: "User", permission: "role:view" });
	assert.equal(staff.status, 403);
	assert.deepEqual(await site.one("SELECT count(*) AS n FROM roles"), before);
});
