// Workspaces: made, filled, edited, left and deleted, with JavaScript and without; who may enter them, and
// what becomes of them when their Owner goes.
import assert from "node:assert/strict";
import test from "node:test";
import { signIn, withChrome } from "./chrome.mjs";
import { makePlace, PASSWORD } from "./fixtures.mjs";
import { until } from "./site.mjs";

let place, site;

test("an account with people who work in workspaces", async () => {
	place = await makePlace("spaces", { bob: ["Bob Builder", "Builder"], cat: ["Cat Consumer", "Consumer"],
		gus: ["Gus Guest", "Guest"], una: ["Una User", "User"], oda: ["Oda Owner", "Builder"] });
	site = place.site;
});

for (const script of [true, false]) {
	const how = script ? "" : ", without JavaScript";
	const name = script ? "Payments" : "Shipping";

	test(`a workspace is made, filled, edited and deleted${how} {W1 W2 W3 W4}`, () =>
		withChrome(site, { script }, async (page) => {
			const row = (text) => page.locator(".seats tbody tr", { hasText: text });
			const form = page.locator(script ? "dialog" : ".panel");

			await signIn(page, place.email("bob"), PASSWORD);
			await page.goto(`${place.base}/workspaces`);
			await page.getByRole("link", { name: "New workspace" }).first().click();
			await form.getByLabel("Name").fill(name);
			await form.getByLabel("Description").fill("All about money");
			await form.getByRole("button", { name: "Make workspace" }).click();
			await page.getByText("The workspace is made.").waitFor();
			await row("Bob Builder").getByText("Owner").waitFor();

			await page.getByRole("link", { name: "Add members" }).first().click();
			await form.getByRole("button", { name: "Add", exact: true }).click();
			await form.getByText("Choose whom to add.").waitFor();
			await form.getByLabel("Search by name or email").fill("guest");
			if (!script)
				await form.getByRole("button", { name: "Search" }).click();
			await form.getByLabel(/^Cat Consumer/).waitFor({ state: "detached" });
			await form.getByLabel(/^Gus Guest/).check();
			await form.getByLabel(/^Or by email/).fill(place.email("cat"));
			await form.getByLabel(/^Contributor/).check();
			await form.getByRole("button", { name: "Add", exact: true }).click();
			await page.getByText("2 members are added.").waitFor();
			await row("Gus Guest").getByText("Contributor").waitFor();

			await row("Gus Guest").getByRole("link", { name: "Change the role of Gus Guest" }).click();
			await form.getByLabel(/^Viewer/).check();
			await form.getByRole("button", { name: "Save" }).click();
			await page.getByText("The role of Gus Guest is saved.").waitFor();
			await row("Gus Guest").getByText("Viewer").waitFor();

			await page.getByRole("link", { name: "Who may enter" }).click();
			await row("Gus Guest").getByText("Viewer, added directly").waitFor();
			await row("Ada spaces").getByText("Admin, which opens every workspace").waitFor();

			await page.getByRole("link", { name: "Members", exact: true }).click();
			const late = await page.context().newPage();
			await late.goto(page.url());
			await late.getByRole("link", { name: "Remove Gus Guest" }).click();
			await late.getByRole("heading", { name: "Remove Gus Guest from" }).waitFor();
			await row("Gus Guest").getByRole("link", { name: "Remove Gus Guest" }).click();
			await form.getByRole("button", { name: "Remove" }).click();
			await page.getByText("Gus Guest is not in the workspace any more.").waitFor();

			/* {E3} The same again. */
			await late.getByRole("button", { name: "Remove" }).click();
			await late.getByText("That is not there any more. Perhaps it is done already.").waitFor();
			await late.getByRole("heading", { name }).waitFor();
			if (script)
				assert.match(late.url(), /\/workspaces\/[0-9a-z]{13}$/);
			await late.close();

			await page.getByRole("link", { name: "Leave" }).click();
			await form.getByRole("button", { name: "Leave" }).click();
			await page.getByText("A workspace keeps at least one Owner.").waitFor();
			await page.goto(`${place.base}/workspaces`);
			await page.locator("td.name").getByRole("link", { name }).click();
			await page.getByRole("link", { name: "Edit", exact: true }).click();
			await form.getByLabel("Name").fill(`${name} 2`);
			await form.getByRole("button", { name: "Save" }).click();
			await page.getByText("The workspace is saved.").waitFor();
			await page.getByRole("link", { name: "Delete", exact: true }).click();
			await form.getByLabel(`Type ${name} 2 to go on`).fill(`${name} 2`);
			await form.getByRole("button", { name: "Delete workspace" }).click();
			await page.getByText(`${name} 2 is deleted.`).waitFor();
		}));
}

test("who is in a workspace does there what the roles hold; others see nothing of it {W1 R4 E4}", async () => {
	const id = await place.workspace("Ledger", { gus: "Viewer" }, "oda");
	const url = `${place.base}/workspaces/${id}`;
	const gus = await place.as("gus"), una = await place.as("una");
	assert.equal((await gus.get(url)).status, 200);
	assert.match((await gus.get(`${place.base}/workspaces`)).body, /Ledger/);
	const refused = await gus.get(`${url}/edit`);
	assert.equal(refused.status, 403);
	const [row] = await site.rows("SELECT workspace_id FROM decisions ORDER BY id DESC LIMIT 1");
	assert.notEqual(row.workspace_id, "0");
	const log = (await (await place.as("admin")).get(`${place.base}/audit`)).body;
	assert.match(log, /<td class="dim workspace"><bdi>Ledger<\/bdi>/);
	for (const below of ["", "/access", "/edit", "/delete", "/add", "/leave"])
		assert.equal((await una.get(url + below)).status, 404, below);
	assert.ok(!(await una.get(`${place.base}/workspaces`)).body.includes("Ledger"));
	assert.ok(!(await una.get(`${place.base}/search?q=ledger`)).body.includes(`/workspaces/${id}`));
	// Addresses are for who may see users.
	assert.ok(!(await gus.get(url)).body.includes(place.email("oda")));
});

test("a group brings all its members, and what it brings ends with it {G1 G3 W4 R4 R5}", async () => {
	const group = await place.group("Ops", "", "una");
	const id = await place.workspace("Servers", {}, "oda");
	const url = `${place.base}/workspaces/${id}`;
	const oda = await place.as("oda"), una = await place.as("una"), admin = await place.as("admin");
	assert.equal((await una.get(url)).status, 404);
	const asked = await oda.get(`${url}/add`);
	assert.match(asked.text, /a Guest who is given Contributor may write there/);
	const added = await oda.send(`${url}/add`, { ...asked.form(`${url}/add`).fields,
		id: group, role: await place.seatRole("Contributor") });
	assert.equal(added.status, 303, added.text);
	assert.equal((await una.get(url)).status, 200);
	assert.match((await una.get(`${url}/access`)).text, /Una User[^]*Contributor, by the group Ops/);
	assert.match((await admin.get(`${place.base}/groups/${group}`)).body, /Servers/);
	assert.match((await admin.get(`${place.base}/groups/${group}/delete`)).text, /Contributor in Servers/);
	const user = await admin.get(`${place.base}/users/${await place.id(place.email("una"))}`);
	assert.match(user.text, /Servers \(Contributor, by Ops\)/);
	await admin.submit(`${place.base}/groups/${group}/delete`);
	assert.equal((await una.get(url)).status, 404);
});

test("nobody gives more in a workspace than they hold there, however it is sent {R7}", async () => {
	const admin = await place.as("admin");
	const make = `${place.base}/roles/new`;
	const page = await admin.get(`${make}?scope=workspace`);
	const made = await admin.send(make, { ...page.form(make).fields, scope: "workspace", name: "Porter",
		permission: "workspace:members" });
	assert.equal(made.status, 303, made.text);
	const id = await place.workspace("Vault", { cat: "Porter", gus: "Viewer" }, "oda");
	const cat = await place.as("cat");
	const url = `${place.base}/workspaces/${id}`;
	const form = (await cat.get(`${url}/add`));
	assert.match(form.text, /It holds more than your own\./);
	for (const role of ["Owner", "Contributor"]) {
		const refused = await cat.send(`${url}/add`, { ...form.form(`${url}/add`).fields,
			email: place.email("una"), role: await place.seatRole(role) });
		assert.equal(refused.status, 403);
		assert.match(refused.text, /You cannot give a role that holds more than your own\./);
	}
	const seat = `${url}/members/${await place.id(place.email("cat"))}/role`;
	const own = await cat.send(seat, { ...(await cat.get(seat)).form(seat).fields,
		role: await place.seatRole("Owner") });
	assert.equal(own.status, 403);
	assert.equal((await place.events("act = 194 AND subject_name = 'Cat Consumer'")).length, 0);
});

test("who is removed leaves no workspace without an Owner, and the page says who gets it {U8d W2}", async () => {
	const id = await place.workspace("Orphan", {}, "oda");
	const admin = await place.as("admin");
	const remove = `${place.base}/users/${await place.id(place.email("oda"))}/remove`;
	assert.match((await admin.get(remove)).text, /You become Owner of [^.]*Orphan[^.]*, which would have no Owner\./);
	const gone = await admin.submit(remove);
	assert.equal(gone.status, 303, gone.text);
	assert.match((await admin.get(`${place.base}/workspaces/${id}`)).text, /Ada spaces[^]*Owner/);
	assert.ok((await place.events("act = 197")).length > 0);
});

for (const script of [true, false])
	test(`who sees no users lands in the portal${script ? "" : ", without JavaScript"} {W1 W5}`, () =>
		withChrome(site, { script }, async (page) => {
			const word = script ? "Alpha" : "Beta";
			const id = await place.workspace(`${word} works`, { cat: "Viewer" }, "bob");
			const more = await place.workspace(`${word} more`, { cat: "Contributor" }, "bob");

			await signIn(page, place.email("admin"), PASSWORD);
			await page.goto(`${place.base}/general`);
			await page.getByLabel(/^Text above the portal/).fill(`Welcome to ${word}\nand its works`);
			await page.getByLabel("Each member may make a personal workspace").check();
			await page.getByRole("button", { name: "Save settings" }).click();
			await page.getByText("The settings are saved.").waitFor();
			await page.context().clearCookies();

			await signIn(page, place.email("cat"), PASSWORD);
			await page.waitForURL(/\/portal/);
			await page.getByText(`Welcome to ${word}`).waitFor();
			await page.getByRole("link", { name: `${word} works` }).click();
			await page.waitForURL(new RegExp(`/workspaces/${id}`));
			// It is noted behind the answer, where nobody else writes.
			await until(async () => {
				await page.goto(`${place.base}/workspaces/${id}`);
				await page.goto(`${place.base}/portal`);
				return await page.locator(".tiles li", { hasText: "Opened last" }).getByText(`${word} works`).count() > 0;
			}, "the workspace to be the last one");
			await page.goto(`${place.base}/workspaces/${more}`);
			await page.getByRole("button", { name: "Switch", exact: true }).click();
			await page.getByRole("link", { name: `${word} works` }).click();
			await page.waitForURL(new RegExp(`/workspaces/${id}`));
			await page.getByRole("button", { name: "Switch", exact: true }).click();
			await page.getByRole("link", { name: "All workspaces" }).click();
			await page.locator("tr", { hasText: "Opened last" }).getByText(word).waitFor();
		}));

test("without portal:use tiles are no links, and say so {W5}", async () => {
	const admin = await place.as("admin");
	const url = `${place.base}/roles/new`;
	const role = await admin.send(url, { ...(await admin.get(url)).form(url).fields, name: "Looker",
		permission: "portal:view" });
	assert.equal(role.status, 303, role.text);
	await place.add("lou", "Lou Looker", "Looker");
	const id = await place.workspace("Shown only", { lou: "Viewer" }, "bob");
	const page = await (await place.as("lou")).get(`${place.base}/portal`);
	assert.match(page.text, /Your role shows the portal and does not open its tiles\./);
	assert.ok(page.body.includes("Shown only") && !page.body.includes(`/workspaces/${id}`));
});

test("each member makes one personal workspace where the account allows it, which nobody joins {W1}", () =>
	withChrome(site, {}, async (page) => {
		await signIn(page, place.email("gus"), PASSWORD);
		await page.goto(`${place.base}/workspaces`);
		await page.getByRole("link", { name: "New personal workspace" }).click();
		await page.locator("dialog").getByRole("button", { name: "Make workspace" }).click();
		await page.getByText("The workspace is made.").waitFor();
		assert.equal(await page.getByRole("link", { name: "Add members" }).count(), 0);
		await page.goto(`${place.base}/workspaces`);
		await page.getByRole("link", { name: "Workspace of Gus Guest" }).waitFor();
		assert.equal(await page.getByRole("link", { name: "New personal workspace" }).count(), 0);
		const admin = await place.as("admin");
		assert.ok(!(await admin.get(`${place.base}/workspaces`)).body.includes("Workspace of Gus Guest"));
		assert.ok((await admin.get(`${place.base}/workspaces?personal=1`)).body.includes("Workspace of Gus Guest"));
	}));

test("a workspace of another account is none, by any address or form {E4 W3}", async () => {
	const other = await makePlace("strange");
	const alien = await other.workspace("Alien");
	const own = await place.workspace("Native");
	const admin = await place.as("admin");
	const add = `${place.base}/workspaces/${own}/add`;
	const { fields } = (await admin.get(add)).form(add);
	for (const below of ["", "/access", "/edit", "/delete", "/add", "/leave"])
		assert.equal((await admin.get(`${place.base}/workspaces/${alien}${below}`)).status, 404, below);
	for (const [below, more] of [["/edit", { name: "Mine", version: "1" }], ["/delete", { typed: "Alien" }],
		["/add", { email: place.email("gus"), role: await place.seatRole("Owner") }], ["/leave", {}]])
		assert.equal((await admin.send(`${place.base}/workspaces/${alien}${below}`, { csrf: fields.csrf, ...more })).status, 404, below);
	const role = await admin.send(add, { ...fields, email: place.email("gus"), role: await other.seatRole("Owner") });
	assert.equal(role.status, 422);
	const holder = await admin.send(add, { ...fields, id: await other.id(other.email("admin")),
		role: await place.seatRole("Viewer") });
	assert.equal(holder.status, 404);
	assert.match((await (await other.as("admin")).get(`${other.base}/workspaces/${alien}`)).text, /Alien[^]*1 member/);
	assert.match((await admin.get(`${place.base}/workspaces/${own}`)).text, /Native[^]*1 member/);
});
