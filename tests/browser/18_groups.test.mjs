// Groups: made, edited, filled, emptied and deleted, with JavaScript and without; what being in one
// comes to, from another worker's next request on.
import assert from "node:assert/strict";
import test from "node:test";
import { signIn, withChrome } from "./chrome.mjs";
import { makePlace, PASSWORD } from "./fixtures.mjs";

let place, site;

test("an account with people to take together", async () => {
	place = await makePlace("groups", { ann: ["Ann Archer", "Guest"], ben: ["Ben Baker", "Guest"],
		cat: ["Cat Carter", "Guest"] });
	site = place.site;
});

for (const script of [true, false]) {
	const how = script ? "" : ", without JavaScript";
	const name = script ? "Operations" : "Payments";

	test(`a group is made, filled, edited and deleted${how} {G1 G2 G3 G4 E15}`, () =>
		withChrome(site, { script }, async (page) => {
			const row = (text) => page.locator(".seats tbody tr", { hasText: text });
			const form = page.locator(script ? "dialog" : ".panel");

			await signIn(page, place.email("admin"), PASSWORD);
			await page.goto(`${place.base}/groups`);
			await page.getByRole("link", { name: "New group" }).first().click();
			await form.getByLabel("Name").fill(name);
			await form.getByLabel("Description").fill("Runs what has to run");
			await form.getByLabel("Role of all members").selectOption({ label: "Staff" });
			await form.getByRole("button", { name: "Make group" }).click();
			await page.getByText("The group is made.").waitFor();
			await page.getByText("Nobody is in this group").waitFor();

			await page.getByRole("link", { name: "Add members" }).first().click();
			await form.getByText("They get the role Staff as well.").waitFor();
			await form.getByRole("button", { name: "Add", exact: true }).click();
			await form.getByText("Choose whom to add.").waitFor();
			await form.getByLabel(/^Ben Baker/).check();
			await form.getByLabel("Search by name or email").fill("archer");
			if (!script)
				await form.getByRole("button", { name: "Search" }).click();
			await form.getByLabel(/^Ben Baker/).waitFor({ state: "detached" });
			await form.getByText("1 more is chosen.").waitFor();
			await form.getByLabel(/^Ann Archer/).check();
			await form.getByLabel(/^Until/).fill("2099-01-31");
			await form.getByRole("button", { name: "Add", exact: true }).click();
			await page.getByText("2 members are added.").waitFor();
			await row("Ben Baker").waitFor();
			await row("Ann Archer").getByText("Jan 31, 2099").waitFor();

			await row("Ann Archer").getByRole("link", { name: "Until when Ann Archer is in the group" }).click();
			assert.equal(await form.getByLabel(/^Until/).inputValue(), "2099-01-31");
			await form.getByLabel(/^Until/).fill("");
			await form.getByRole("button", { name: "Save" }).click();
			await row("Ann Archer").getByText("No end").waitFor();

			await page.getByRole("link", { name: "Edit", exact: true }).click();
			await form.getByLabel("Role of all members").selectOption({ label: "None" });
			const target = `${place.base}/groups/${/groups\/([0-9a-z]+)/.exec(page.url())[1]}/edit`;
			const other = await place.as("admin");
			assert.equal((await other.submit(target, { description: "Theirs" })).status, 303);
			await form.getByRole("button", { name: "Save" }).click();
			await form.getByText("Now: Theirs").waitFor();
			assert.equal(await form.getByLabel("Description").inputValue(), "Runs what has to run");
			await form.getByRole("button", { name: "Save" }).click();
			await page.getByText("The group is saved.").waitFor();

			await row("Ann Archer").getByRole("link", { name: "Ann Archer", exact: true }).click();
			await page.locator(".facts").getByRole("link", { name }).click();
			await row("Ann Archer").getByRole("link", { name: "Remove Ann Archer" }).click();
			await form.getByRole("button", { name: "Remove" }).click();
			await page.getByText("Ann Archer is not in the group any more.").waitFor();

			await page.getByRole("link", { name: "Delete", exact: true }).click();
			await form.getByRole("button", { name: "Delete group" }).click();
			await page.getByText(`${name} is deleted.`).waitFor();
			await page.goto(`${place.base}/audit`);
			await page.getByText(`added Ann Archer to the group ${name}`).waitFor();
			await page.getByText(`deleted the group ${name}`).waitFor();
		}));
}

test("what a group holds counts at its members' next click, and ends with it {G3 R4 R5 F1}", async () => {
	const ben = await place.as("ben");
	const own = async () => /<dt>Groups?<[^]*?<\/div>/.exec((await ben.get(`${place.base}/profile`)).body)[0]
		.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();
	assert.equal(await own(), "Groups None");
	assert.equal((await ben.get(`${place.base}/users`)).status, 403);
	const id = await place.group("Helpers", "Staff", "ben");
	assert.equal((await ben.get(`${place.base}/users`)).status, 200);
	assert.equal((await ben.get(`${place.base}/groups`)).status, 403);
	assert.equal(await own(), "Group Helpers");
	const admin = await place.as("admin");
	const until = `${place.base}/groups/${id}/members/${await place.id(place.email("ben"))}/until`;
	assert.equal((await admin.submit(until, { until: "2099-01-31" })).status, 303);
	assert.match(await own(), /^Group Helpers \(until .*Jan 31, 2099\)$/);
	const gone = await admin.submit(`${place.base}/groups/${id}/delete`);
	assert.equal(gone.status, 303, gone.text);
	assert.equal((await ben.get(`${place.base}/users`)).status, 403);
});

test("nobody gives themselves more by a group, however it is sent {R7}", async () => {
	const admin = await place.as("admin");
	const url = `${place.base}/roles/new`;
	const { fields } = (await admin.get(url)).form(url);
	const role = await admin.send(url, [...Object.entries({ ...fields, name: "Grouper" }),
		["permission", "group:edit"], ["permission", "user:view"]]);
	assert.equal(role.status, 303, role.text);
	await place.add("gil", "Gil Grouper", "Grouper");
	const strong = await place.group("Strong", "Admin", "cat");
	const gil = await place.as("gil");
	const own = await place.id(place.email("gil"));
	const adding = `${place.base}/groups/${strong}/add`;
	const refused = await gil.send(adding, { ...(await gil.get(adding)).form(adding).fields, id: own });
	assert.equal(refused.status, 403);
	assert.match(refused.text, /You cannot give a role that holds more than your own\./);
	const form = await gil.get(`${place.base}/groups/new`);
	assert.match(form.body, /disabled>Admin</);
	const made = await gil.send(`${place.base}/groups/new`, { ...form.form(`${place.base}/groups/new`).fields,
		name: "Mine", role: await place.role("Admin") });
	assert.equal(made.status, 403);
	assert.equal((await site.one("SELECT count(*) AS n FROM groups WHERE name = 'Mine'")).n, "0");
	assert.equal((await gil.get(`${place.base}/audit`)).status, 403);
});

test("who may see groups and not users sees names there and no addresses {G1 E4}", async () => {
	const admin = await place.as("admin");
	const url = `${place.base}/roles/new`;
	const { fields } = (await admin.get(url)).form(url);
	const role = await admin.send(url, { ...fields, name: "Watcher", permission: "group:view" });
	assert.equal(role.status, 303, role.text);
	await place.add("wat", "Wat Watcher", "Watcher");
	const page = `${place.base}/groups/${await place.group("Watched", "", "ann")}`;
	assert.ok((await admin.get(page)).body.includes(place.email("ann")));
	const seen = (await (await place.as("wat")).get(page)).body;
	assert.ok(seen.includes("Ann Archer"));
	assert.ok(!seen.includes(place.email("ann")) && !seen.includes("/users/"));
});

test("groups are found by the search box, and the list is sorted by keyboard {G1 U12}", () =>
	withChrome(site, {}, async (page) => {
		await signIn(page, place.email("admin"), PASSWORD);
		await place.group("Zebra crossing", "");
		await page.goto(`${place.base}/groups`);
		await page.keyboard.press("/");
		await page.keyboard.type("zebra");
		await page.getByRole("link", { name: /Zebra crossing/ }).first().waitFor();
		await page.goto(`${place.base}/groups`);
		await page.getByRole("link", { name: "Name", exact: true }).focus();
		await page.keyboard.press("Enter");
		await page.waitForURL(/dir=desc/);
		assert.equal(await page.locator("tbody td.name a").first().textContent(), "Zebra crossing");
	}));

test("the users list tells of groups, is sorted and filtered by them, for who may see groups {U1 U2}", async () => {
	const own = await makePlace("listed", { joe: ["Joe Jones", "Guest"], kim: ["Kim King", "Guest"] });
	for (const name of ["Delta", "Alpha", "Bravo"])
		await own.group(name, "", "joe");
	const admin = await own.as("admin");
	const chosen = await admin.submit(`${own.base}/users/columns`, { column: "groups" });
	assert.equal(chosen.status, 303, chosen.text);
	const cell = /data-label="Groups">(.*?)<\/td>/g;
	const cells = async (visitor) => [...(await visitor.get(`${own.base}/users?sort=name`)).body.matchAll(cell)]
		.map((match) => match[1].replace(/<[^>]*>/g, ""));
	assert.deepEqual((await cells(admin)).filter(Boolean), ["Alpha, Bravo, Delta"]);
	const charlie = await own.group("Charlie", "", "joe", "kim");
	assert.deepEqual((await cells(admin)).filter(Boolean), ["Alpha, Bravo, Charlie and 1 more", "Charlie"]);
	const names = async (query) => [...(await admin.get(`${own.base}/users?${query}`)).body
		.matchAll(/class="name"[^>]*>[\s\S]*?<bdi>([^<]*)/g)].map((match) => match[1]);
	assert.deepEqual(await names("sort=group"), ["Ada listed", "Joe Jones", "Kim King"]);
	assert.deepEqual(await names("sort=group&dir=desc"), ["Kim King", "Joe Jones", "Ada listed"]);
	assert.deepEqual(await names(`group=${charlie}`), ["Joe Jones", "Kim King"]);
	assert.deepEqual(await names(`group=${charlie}&q=kim`), ["Kim King"]);
	assert.deepEqual(await names("group=none"), ["Ada listed"]);
	assert.deepEqual(await names(`group=none&group=${charlie}&sort=name`), ["Ada listed", "Joe Jones", "Kim King"]);
	assert.deepEqual(await names("group=0000000000001"), [], "one that there is not");

	const url = `${own.base}/roles/new`;
	const { fields } = (await admin.get(url)).form(url);
	await admin.send(url, { ...fields, name: "Lister", permission: "user:view" });
	await own.add("lil", "Lil Lister", "Lister");
	await admin.send(`${own.base}/users/columns`, [...Object.entries((await admin.get(`${own.base}/users/columns`))
		.form(`${own.base}/users/columns`).fields).filter(([name]) => name !== "column"),
		["column", "organization"], ["column", "role"]]);
	const orgs = [...(await admin.get(`${own.base}/users`)).body.matchAll(/data-label="Organization">(.*?)<\/td>/g)];
	assert.deepEqual(new Set(orgs.map((match) => match[1].replace(/<[^>]*>/g, ""))), new Set(["Place listed"]));
	const lil = await own.as("lil");
	assert.ok(!(await lil.get(`${own.base}/users/columns`)).body.includes('value="groups"'));
	await lil.forge(`${own.base}/users/columns`, { column: "groups" });
	assert.deepEqual(await cells(lil), []);
	assert.ok(!(await lil.get(`${own.base}/users`)).body.includes("/users/groups"));
	for (const path of [`users?group=${charlie}`, "users?group=none", "users?sort=group", "users/groups",
		`users/export?all=1&group=${charlie}`])
		assert.equal((await lil.get(`${own.base}/${path}`)).status, 403, path);
});

test("selected users are added to a group, with and without JavaScript {U9d E1}", async () => {
	const own = await makePlace("joined", { joe: ["Joe Jones", "Guest"], kim: ["Kim King", "Guest"] });
	const id = await own.group("Night shift", "", "joe");
	for (const script of [true, false])
		await withChrome(own.site, { script }, async (page) => {
			await signIn(page, own.email("admin"), PASSWORD);
			await page.goto(`${own.base}/users`);
			for (const name of ["Joe Jones", "Kim King"])
				await page.getByRole("checkbox", { name: `Select ${name}`, exact: true }).check();
			await page.locator(".bulk").getByRole("button", { name: "More" }).click();
			await page.getByRole("button", { name: "Add to group" }).click();
			await page.getByRole("heading", { name: "Add 2 users to a group?" }).waitFor();
			await page.getByRole("button", { name: "Add to group" }).last().click();
			await page.locator(".error, [role=alert]").filter({ hasText: "Choose a group." }).first().waitFor();
			await page.getByLabel("Group", { exact: true }).selectOption({ label: "Night shift" });
			await page.getByRole("button", { name: "Add to group" }).last().click();
			await page.getByText(script ? "1 done" : "0 done").waitFor();
			await page.getByText("Is in the group already.").first().waitFor();
		});
	for (const script of [true, false])
		await withChrome(own.site, { script }, async (page) => {
			await signIn(page, own.email("admin"), PASSWORD);
			await page.goto(`${own.base}/users?sort=name&status=active`);
			await page.getByRole("search").getByRole("link", { name: "Group" }).click();
			await page.getByRole("checkbox", { name: "Night shift" }).check();
			await page.getByRole("button", { name: "OK" }).last().click();
			await page.getByRole("heading", { name: /2 users/ }).waitFor();
			await page.getByRole("search").getByRole("link", { name: "Group 1" }).click();
			assert.ok(await page.getByRole("checkbox", { name: "Night shift" }).isChecked());
			await page.locator("[data-panel]").getByRole("link", { name: "Reset" }).click();
			await page.getByRole("heading", { name: /3 users/ }).waitFor();
			assert.equal(new URL(page.url()).search, "?status=active&sort=name");
			if (!script)
				return;
			await page.goto(`${own.base}/users/groups?find=night`);
			await page.getByRole("checkbox", { name: "Night shift" }).check();
			await page.getByRole("button", { name: "OK" }).click();
			await page.getByRole("heading", { name: /2 users/ }).waitFor();
			assert.equal(new URL(page.url()).search, `?group=${id}`);
		});
	assert.equal((await own.site.one(`SELECT members AS n FROM groups WHERE name = 'Night shift'`)).n, "2");
	assert.match((await (await own.as("admin")).get(`${own.base}/groups/${id}`)).body, /Kim King/);
});
