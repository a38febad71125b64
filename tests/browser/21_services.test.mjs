// Service accounts: made with a key that is shown once, edited in place, replaced keys, ended; with
// JavaScript and without.  What they may do is asked by their keys, of several workers.
import assert from "node:assert/strict";
import test from "node:test";
import { signIn, withChrome } from "./chrome.mjs";
import { crockford, makePlace, PASSWORD } from "./fixtures.mjs";
import { until } from "./site.mjs";
import { Visitor } from "./visitor.mjs";

let place, site;

test("an account that has programs", async () => {
	place = await makePlace("services", { ann: ["Ann Archer", "Guest"] });
	site = place.site;
	await place.workspace("Archive");
	await place.workspace("Ledger");
});

// What an address of the API answers to a key.
async function ask(secret, below) {
	const visitor = new Visitor(site, { from: "127.0.0.77" });
	return visitor.ask("GET", `/api/v1/t/${place.slug}${below}`, { headers: { authorization: `Bearer ${secret}` } });
}

for (const script of [true, false]) {
	const how = script ? "" : ", without JavaScript";
	const name = script ? "Nightly report" : "Backup";
	const form = (page) => page.locator(script ? "dialog" : ".panel");
	const cell = (page) => page.locator(script ? "td form" : ".panel");

	test(`an account is made, edited in place, disabled and deleted${how} {A1 A3 A4 A5}`, () =>
		withChrome(site, { script }, async (page) => {
			const row = (text) => page.locator(".services tbody tr", { hasText: text });
			const act = async (text) => {
				if (!script)
					await row(name).getByRole("link", { name: `Actions for ${name}` }).click();
				const button = script ? row(name).getByRole("button", { name: `Actions for ${name}` }) :
					page.getByRole("button", { name: "Actions", exact: true });
				await button.click();
				await page.locator(".menu:popover-open").getByText(text, { exact: true }).click();
			};

			await signIn(page, place.email("admin"), PASSWORD);
			await page.goto(`${place.base}/users`);
			await page.locator(".tabs").getByRole("link", { name: "Service accounts" }).click();
			await page.getByRole("link", { name: "Create new account" }).first().click();
			await page.getByLabel("Name").fill(name);
			await page.getByLabel("Description").fill("Counts at night");
			assert.equal(await page.getByLabel("Owner", { exact: false }).first().inputValue(), place.email("admin"));
			await page.getByLabel("Role", { exact: true }).selectOption({ label: "Auditor" });
			await page.getByRole("button", { name: "Create account" }).click();
			await page.getByRole("heading", { name: "The account is made" }).waitFor();
			const secret = await page.getByLabel("Key", { exact: true }).inputValue();
			assert.match(secret, /^tnt_[0-9A-Za-z]{36}$/);
			site.secrets.add(secret);
			if (script)
				assert.equal(await row(name).getByRole("button", { name: `Copy the key of ${name}` })
					.getAttribute("data-copy"), secret);
			assert.equal((await ask(secret, "/me")).status, 200);

			await page.goto(`${place.base}/service-accounts`);
			assert.ok(!(await page.content()).includes(secret), "it is shown once");
			await row(name).getByRole("link", { name: `Account info of ${name}` }).click();
			await form(page).getByText(secret.slice(0, 12)).waitFor();
			await form(page).getByText("Last used").waitFor();
			await form(page).getByText("Close").click();

			await page.goto(`${place.base}/service-accounts`);
			await row(name).getByRole("link", { name: `Change the description of ${name}` }).click();
			await cell(page).getByLabel("Description").fill("Counts by day");
			await page.keyboard.press("Enter");
			await row("Counts by day").waitFor();
			await page.getByText("The account is saved.").waitFor();
			await row(name).getByRole("link", { name: `Change the role of ${name}` }).click();
			await cell(page).getByLabel("Role").selectOption({ label: "Guest" });
			if (!script)
				await page.getByRole("button", { name: "Save" }).click();
			await row(name).getByRole("link", { name: "Guest" }).waitFor();
			assert.equal((await ask(secret, "/users")).status, 403);

			await act("Disable");
			await form(page).getByRole("button", { name: "Disable" }).click();
			await page.getByText(`${name} is disabled.`).waitFor();
			assert.equal((await ask(secret, "/me")).status, 401);
			await page.goto(`${place.base}/service-accounts`);
			await act("Enable");
			await form(page).getByRole("button", { name: "Enable" }).click();
			await page.getByText(`${name} is enabled.`).waitFor();
			assert.equal((await ask(secret, "/me")).status, 200);

			await page.goto(`${place.base}/service-accounts`);
			await row(name).getByRole("link", { name, exact: true }).click();
			await page.getByRole("link", { name: "New key in the place of First key" }).click();
			await page.getByLabel("The old key").selectOption({ label: "Stops at once" });
			await page.getByRole("button", { name: "Regenerate" }).click();
			const next = await page.getByLabel("Key", { exact: true }).inputValue();
			site.secrets.add(next);
			assert.equal((await ask(secret, "/me")).status, 401);
			assert.equal((await ask(next, "/me")).status, 200);
			await page.getByRole("link", { name: "I have copied it" }).click();

			await page.getByRole("link", { name: "New key", exact: true }).click();
			await page.getByLabel("Name").fill("Second");
			await page.getByLabel(/^Read-only/).check();
			await page.getByRole("button", { name: "Make key" }).click();
			await page.getByRole("link", { name: "I have copied it" }).click();
			await page.getByText("2 of 2 keys").waitFor();
			assert.equal(await page.getByRole("link", { name: "New key", exact: true }).count(), 0);

			await page.goto(`${place.base}/service-accounts`);
			await act("Delete");
			await form(page).getByRole("button", { name: "Delete account" }).click();
			await page.getByText(`${name} is deleted.`).waitFor();
			assert.equal((await ask(next, "/me")).status, 401);
			await page.goto(`${place.base}/audit`);
			await page.getByText(`deleted the service account ${name}`).waitFor();
		}));

	test(`an account is in groups and workspaces as people are${how} {A6 G2 V3}`, () =>
		withChrome(site, { script }, async (page) => {
			const robot = `Robot ${script}`;
			const { id, secret } = await place.service(robot, "Guest");
			const group = await place.group(`Crew ${script}`, "Staff", "ann");

			assert.equal((await ask(secret, "/users")).status, 403);
			await signIn(page, place.email("admin"), PASSWORD);
			await page.goto(`${place.base}/groups/${group}`);
			await page.getByRole("link", { name: "Add members" }).first().click();
			await form(page).getByLabel(new RegExp(`^${robot}`)).check();
			await form(page).getByRole("button", { name: "Add", exact: true }).click();
			await page.getByText("1 member is added.").waitFor();
			const row = page.locator(".seats tbody tr", { hasText: robot });
			await row.getByText("Service account").waitFor();
			assert.equal((await ask(secret, "/users")).status, 200);
			await row.getByRole("link", { name: robot, exact: true }).click();
			await page.locator(".facts").getByRole("link", { name: `Crew ${script}` }).waitFor();
			await page.locator(".facts div", { hasText: "Groups" }).getByRole("link", { name: "Change" }).click();
			await form(page).getByLabel(new RegExp(`^Crew ${script}`)).uncheck();
			await form(page).getByRole("button", { name: "Save" }).click();
			await page.getByText("The groups are saved.").waitFor();
			assert.equal((await ask(secret, "/users")).status, 403);
			assert.equal(new URL(page.url()).pathname, `${place.base}/service-accounts/${id}`);

			const space = page.locator(".facts div", { hasText: "Workspaces" });
			await space.getByRole("link", { name: "Change" }).click();
			await form(page).getByLabel("Search workspaces").fill("arch");
			if (!script)
				await form(page).getByRole("button", { name: "Search" }).click();
			await form(page).getByLabel("Ledger").waitFor({ state: "detached" });
			await form(page).getByLabel("Archive").check();
			await form(page).getByLabel("Role in those that are new").selectOption({ label: "Viewer" });
			await form(page).getByRole("button", { name: "Save" }).click();
			await page.getByText("The workspaces are saved.").waitFor();
			await space.getByText("Archive (Viewer)").waitFor();
			await space.getByRole("link", { name: "Change" }).click();
			await form(page).getByLabel("Archive").uncheck();
			await form(page).getByRole("button", { name: "Save" }).click();
			await space.getByText("None").waitFor();

			await page.getByRole("link", { name: "Activity" }).click();
			await page.getByRole("link", { name: "3 months" }).click();
			await page.locator(".segments [aria-current]", { hasText: "3 months" }).waitFor();
			await page.locator("tr", { hasText: "access.denied" }).first().waitFor();
			await page.getByLabel("Search by action").fill("deleted");
			await page.keyboard.press("Enter");
			await page.getByText("Nothing in this time").waitFor();
		}));
}

test("a key of an account answers who it is, and its acts are told of it {A6 X1 L2}", async () => {
	const { id, secret } = await place.service("Teller", "Guest");
	const me = JSON.parse((await ask(secret, "/me")).body);
	assert.deepEqual([me.service_account.id, me.service_account.name, me.service_account.role, me.member],
		[id, "Teller", "Guest", undefined]);
	assert.equal((await ask(secret, "/users")).status, 403);
	await until(() => site.log().some((line) => line.what === "request" && line.actor && crockford(line.actor) === id));
	const [event] = await place.events("act = 15 AND actor_name = 'Teller'");
	assert.equal(event.actor_kind, "service");
});

test("a cell that was edited elsewhere comes back with both values, by keyboard {A3 E15 E2}", () =>
	withChrome(site, {}, async (page) => {
		const { id } = await place.service("Racer", "Guest");

		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(`${place.base}/service-accounts`);
		const link = page.getByRole("link", { name: "Change the name of Racer" });
		await link.focus();
		await page.keyboard.press("Enter");
		await page.locator("td form").getByLabel("Name").waitFor();
		await page.keyboard.press("Escape");
		await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Change the name of Racer");
		await page.keyboard.press("Enter");
		await page.locator("td form").getByLabel("Name").waitFor();
		const admin = await place.as("admin");
		const url = `${place.base}/service-accounts/${id}/name`;
		assert.equal((await admin.submit(url, { value: "Theirs" })).status, 303);
		await page.locator("td form").getByLabel("Name").fill("Mine");
		await page.keyboard.press("Enter");
		await page.locator("td form").getByText("Edited elsewhere meanwhile. Now: Theirs").waitFor();
		assert.equal(await page.locator("td form").getByLabel("Name").inputValue(), "Mine");
		await page.keyboard.press("Enter");
		await page.locator("tr", { hasText: "Mine" }).waitFor();
	}));

test("a cell is changed by its own form alone, with JavaScript and without {A3 E4}", async () => {
	const { id } = await place.service("Target", "Guest");
	const other = await makePlace("strangers");
	const [admin, ann, stranger] = [await place.as("admin"), await place.as("ann"), await other.as("admin")];
	const values = { name: "Taken", description: "Taken", role: await place.role("Admin") };
	const row = () => site.one(`SELECT name, description, role_id, version FROM service_accounts WHERE name = 'Target'`);
	const before = await row();
	for (const headers of [{}, { "hx-request": "true" }])
		for (const [cell, value] of Object.entries(headers["hx-request"] ? { name: "Taken" } : values)) {
			const url = `${place.base}/service-accounts/${id}/${cell}`;
			const { fields } = (await admin.get(url)).form(url);
			const good = { ...fields, value };
			const theirs = (await stranger.get(`${other.base}/users`)).body.match(/name="csrf" value="([^"]+)"/)[1];
			const send = async (who, status, sent, to = url, more = {}) => {
				const answer = await who.send(to, sent, { headers: { ...headers, ...more } });
				assert.ok([status].flat().includes(answer.status), `${cell}: ${answer.status} ${answer.text}`);
			};
			await send(admin, 403, { ...good, csrf: "" });
			await send(admin, 403, { value, version: fields.version });
			await send(admin, 403, { ...good, csrf: theirs });
			await send(admin, 403, good, url, { origin: "https://evil.example", "sec-fetch-site": "cross-site" });
			await send(admin, 404, good, `${other.base}/service-accounts/${id}/${cell}`);
			await send(stranger, 404, { ...good, csrf: theirs }, `${other.base}/service-accounts/${id}/${cell}`);
			await send(ann, 403, { ...good, csrf: (await ann.get(`${place.base}/keys`)).body.match(/name="csrf" value="([^"]+)"/)[1] });
			await send(admin, 404, good, `${place.base}/service-accounts/${id}/status`);
			await send(admin, 404, good, `${place.base}/service-accounts/${id}/tenant_id`);
			await send(admin, 422, [...Object.entries(good), ["value", "Twice"]]);
			await send(admin, 409, { ...good, version: "77" });
			await send(admin, 409, { ...good, version: "" });
			await send(admin, 409, { ...good, version: "1 OR 1" });
			await send(admin, 422, { ...good, value: "x".repeat(300) });
			await send(admin, 422, { ...good, value: "a\u0007b" });
			assert.deepEqual(await row(), before, cell);
		}
	const url = `${place.base}/service-accounts/${id}/name`;
	assert.equal((await admin.forge(url, { value: "Renamed", description: "Also", role: values.role, tenant_id: "1" })).status, 303);
	const after = await site.one("SELECT description, role_id FROM service_accounts WHERE name = 'Renamed'");
	assert.deepEqual(after, { description: before.description, role_id: before.role_id }, "one cell at a time");
});

test("an account is made into a workspace {A1 A2}", () =>
	withChrome(site, {}, async (page) => {
		await place.workspace("Payments", { ann: "Owner" });
		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(`${place.base}/service-accounts/new`);
		await page.getByLabel("Name").fill("Paying");
		await page.getByLabel("Role", { exact: true }).selectOption({ label: "Consumer" });
		await page.getByLabel("Payments").check();
		await page.getByRole("button", { name: "Create account" }).click();
		await page.getByText("Choose its role in the workspaces.").waitFor();
		await page.getByLabel("Role in these workspaces").selectOption({ label: "Contributor" });
		await page.getByRole("button", { name: "Create account" }).click();
		site.secrets.add(await page.getByLabel("Key", { exact: true }).inputValue());
		await page.getByRole("link", { name: "Paying", exact: true }).click();
		await page.locator(".facts").getByRole("link", { name: "Payments" }).click();
		await page.getByRole("link", { name: "Paying", exact: true }).waitFor();
	}));

test("what an account may do is explained, and what it did is listed {R8 A6 V3}", () =>
	withChrome(site, {}, async (page) => {
		const { id, secret } = await place.service("Explained", "Guest");

		assert.equal((await ask(secret, "/users")).status, 403);
		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(`${place.base}/service-accounts/${id}`);
		await page.getByRole("link", { name: "Activity", exact: true }).click();
		await page.getByText("Explained was refused user:view").waitFor();
		await page.locator(".tabs").getByRole("link", { name: "Access" }).click();
		await page.getByText("own role", { exact: true }).waitFor();
		await page.getByLabel("Ask about a permission").selectOption({ label: "See users" });
		await page.getByRole("button", { name: "Why?" }).click();
		await page.getByRole("heading", { name: "May Explained “See users”?" }).waitFor();
		await page.getByText(/^Give Explained the role \S+ instead of Guest/).first().waitFor();
		await place.group("Watchers", "Staff");
		await page.reload();
		await page.getByRole("link", { name: /^Add Explained to the group Watchers/ }).waitFor();
		await page.goto(`${place.base}/audit`);
		await page.locator("tr", { hasText: "Explained was refused" }).getByRole("link", { name: "Explained" }).first().waitFor();
	}));

test("accounts are found by the search box {U12}", () =>
	withChrome(site, {}, async (page) => {
		await place.service("Zebra counter", "Guest");
		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(`${place.base}/profile`);
		await page.keyboard.press("/");
		await page.keyboard.type("zebra");
		await page.getByRole("link", { name: /Zebra counter/ }).first().click();
		await page.getByRole("heading", { name: "Zebra counter" }).waitFor();
	}));

test("nobody makes a key of an account that holds more, however it is sent {R7}", async () => {
	const { id } = await place.service("Strong", "Admin");
	const admin = await place.as("admin");
	const url = `${place.base}/roles/new`;
	const { fields } = (await admin.get(url)).form(url);
	const role = await admin.send(url, [...Object.entries({ ...fields, name: "Keeper" }),
		["permission", "service_account:edit"]]);
	assert.equal(role.status, 303, role.text);
	await place.add("kim", "Kim Keeper", "Keeper");
	const kim = await place.as("kim");
	const keys = `${place.base}/service-accounts/${id}/keys/new`;
	const refused = await kim.submit(keys, { name: "Mine", scope: "all" });
	assert.equal(refused.status, 403);
	assert.match(refused.text, /Strong holds more than you/);
	assert.equal((await site.one("SELECT count(*) AS n FROM api_keys WHERE name = 'Mine'")).n, "0");
});

test("where there are too many groups for a list, one is named {A1}", async () => {
	const many = await makePlace("crowd");
	const admin = await many.as("admin");
	const group = await many.group("Zz Keepers", "Guest");
	await site.stop();
	await site.write(`INSERT INTO groups (tenant_id, id, name, name_key, description, members, status, created_by, created_at, version)
		WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 120)
		SELECT g.tenant_id, g.id + i, 'G ' || i, 'g ' || i, '', 0, 'active', g.created_by, g.created_at, 1
		  FROM groups g, n WHERE g.name = 'Zz Keepers'`);
	await site.start();
	const url = `${many.base}/service-accounts/new`;
	const page = await admin.get(url);
	assert.match(page.body, /<input type="text" id="owner_group"/);
	assert.match(page.body, /Only the first 100 are shown/);
	assert.doesNotMatch(page.body, /Zz Keepers/);
	const made = await admin.submit(url, { name: "Owned", role: await many.role("Guest"), owner_email: "", owner_group: "zz keepers" });
	assert.match(made.body, /The account is made/);
	const row = await site.one("SELECT id, owner_group_id AS owner FROM service_accounts WHERE name = 'Owned'");
	assert.equal(crockford(row.owner), group);
	const own = `${many.base}/service-accounts/${crockford(row.id)}`;
	assert.match((await admin.get(`${own}/edit`)).body, /name="owner_group" value="Zz Keepers"/);
	assert.doesNotMatch((await admin.get(`${own}/groups`)).body, /Zz Keepers/);
	assert.match((await admin.get(`${own}/groups?q=keepers`)).body, /Zz Keepers/);
	assert.equal((await admin.submit(`${own}/edit`, { owner_group: "Nobody's" })).status, 422);
});
