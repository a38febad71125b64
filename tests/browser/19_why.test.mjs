// What somebody may do and why, what would let them, and a refusal by its number.
import assert from "node:assert/strict";
import test from "node:test";
import { signIn, withChrome } from "./chrome.mjs";
import { makePlace, PASSWORD } from "./fixtures.mjs";

let place, site;

test("an account with questions", async () => {
	place = await makePlace("why", { ann: ["Ann Asker", "Guest"], bob: ["Bob Builder", "Builder"],
		hel: ["Hel Helper", "Helpdesk"] });
	site = place.site;
	await place.group("Operations", "Staff", "ann");
	await place.group("Readers", "Auditor");
});

for (const script of [true, false])
	test(`the proof of a Yes, and what turns a No${script ? "" : ", without JavaScript"} {V5 R8}`, () =>
		withChrome(site, { script }, async (page) => {
			const user = `${place.base}/users/${await place.id(place.email("ann"))}`;
			const proof = () => page.locator(".proof").first().locator("li").allTextContents();

			await signIn(page, place.email("admin"), PASSWORD);
			await page.getByRole("link", { name: "Why?", exact: true }).click();
			await page.getByLabel("Search by name or email").fill("asker");
			if (!script)
				await page.getByRole("button", { name: "Search" }).first().click();
			await page.getByLabel(/^Bob Builder/).waitFor({ state: "detached" });
			await page.getByLabel(/^Ann Asker/).check();
			await page.getByLabel("Permission").selectOption({ label: "See a workspace" });
			await page.getByRole("button", { name: "Why?" }).click();
			await page.getByText("Choose a workspace: the permission is about what is done in one.").waitFor();
			await page.getByLabel("Permission").selectOption({ label: "Invite users" });
			await page.getByRole("button", { name: "Why?" }).click();
			await page.getByRole("heading", { name: "May Ann Asker “Invite users”?" }).waitFor();
			await page.goto(user);
			await page.getByRole("link", { name: "Access", exact: true }).click();
			await page.getByRole("link", { name: "Why: Invite users" }).click();
			await page.getByRole("heading", { name: "May Ann Asker “Invite users”?" }).waitFor();
			assert.deepEqual(await proof(), ["Ann Asker is in the group Operations.",
				"Operations holds the role Staff.", "Staff holds “Invite users”.", "It counts in the whole account."]);

			await page.getByLabel("Ask about a permission").selectOption({ label: "Read the audit log" });
			await page.getByRole("button", { name: "Why?" }).click();
			await page.getByRole("heading", { name: "What would make it a Yes" }).waitFor();
			const ways = page.locator(".proof").last().locator("li");
			assert.match(await ways.first().textContent(), /Add Ann Asker to the group Readers, which holds the role Auditor\..*Ada why/);
			assert.match(await ways.nth(1).textContent(), /Give Ann Asker the role Auditor instead of Guest\./);
			await ways.first().getByRole("link").click();
			const form = page.locator(script ? "dialog" : ".panel");
			await form.getByLabel(/^Ann Asker/).check();
			await form.getByRole("button", { name: "Add", exact: true }).click();
			await page.getByText("1 member is added.").waitFor();
			await page.goto(`${user}/why?permission=audit:view`);
			assert.equal((await proof())[0], "Ann Asker is in the group Readers.");
			await page.goto(`${place.base}/groups?q=Readers`);
			await page.getByRole("link", { name: "Readers" }).click();
			await page.getByRole("link", { name: "Remove Ann Asker" }).click();
			await form.getByRole("button", { name: "Remove" }).click();
			await page.getByText("Ann Asker is not in the group any more.").waitFor();
		}));

test("the number on a refusal leads an administrator to what was held then {R8 U12}", async () => {
	const bob = await place.as("bob");
	const refused = await bob.get(`${place.base}/audit`);
	assert.equal(refused.status, 403);
	assert.match(refused.text, /Contact\s*\S+@\S+/, "the operator's, as the account has none");
	const number = /<code>([0-9a-z]{13})<\/code>/.exec(refused.body)[1];
	assert.equal((await bob.get(`${place.base}/decisions/${number}`)).status, 403);
	await withChrome(site, {}, async (page) => {
		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(place.base + "/why");
		await page.getByLabel("Number of a decision").fill("38fxhhmg00000");
		await page.getByRole("button", { name: "Look it up" }).click();
		await page.getByText("There is no decision of that number here.").waitFor();
		await page.getByLabel("Number of a decision").fill(number);
		await page.getByRole("button", { name: "Look it up" }).click();
		await page.getByRole("heading", { name: `Decision ${number}` }).waitFor();
		await page.goto(place.base + "/settings");
		await page.keyboard.press("/");
		await page.keyboard.type(number);
		await page.getByRole("link", { name: /Bob Builder/ }).click();
		await page.getByRole("heading", { name: `Decision ${number}` }).waitFor();
		const facts = page.locator(".facts");
		assert.match(await facts.textContent(), /Read the audit log audit:view/);
		assert.match(await facts.textContent(), /user:view group:view/);
		await page.getByRole("link", { name: "How it is now" }).click();
		await page.getByRole("heading", { name: "May Bob Builder “Read the audit log”?" }).waitFor();
	});
});

test("who may not see roles sees no proof {R8}", async () => {
	const hel = await place.as("hel");
	const user = `${place.base}/users/${await place.id(place.email("ann"))}`;
	assert.ok(!(await hel.get(user)).body.includes("/access"));
	assert.equal((await hel.get(`${user}/access`)).status, 403);
	assert.equal((await hel.get(`${user}/why?permission=user:view`)).status, 403);
	assert.equal((await hel.get(`${place.base}/why`)).status, 403);
	assert.ok(!(await hel.get(`${place.base}/settings`)).body.includes(`${place.base}/why`));
});

test("in a workspace, too: the proof, and the way that gives least {R8 V5 R4}", () =>
	withChrome(site, {}, async (page) => {
		const id = await place.workspace("Payments", { bob: "Viewer" });
		const admin = await place.as("admin");
		const group = await place.group("Ops", "", "ann");
		const add = `${place.base}/workspaces/${id}/add`;
		const added = await admin.send(add, { ...(await admin.get(add)).form(add).fields, id: group,
			role: await place.seatRole("Contributor") });
		assert.equal(added.status, 303, added.text);
		const proof = () => page.locator(".proof").first().locator("li").allTextContents();
		const ask = async (key, permission) => page.goto(`${place.base}/users/${await place.id(place.email(key))}` +
			`/why?permission=${permission}&place=${id}`);

		await signIn(page, place.email("admin"), PASSWORD);
		await ask("ann", "workspace:write");
		await page.getByRole("heading", { name: "May Ann Asker “Write in a workspace” in Payments?" }).waitFor();
		assert.deepEqual(await proof(), ["Ann Asker is in the group Ops.", "Ops is Contributor in Payments.",
			"Contributor holds “Write in a workspace”."]);
		// A role of the account counts where its holder belongs.
		await ask("bob", "workspace:execute");
		assert.equal((await proof())[1], "Builder holds “Run things in a workspace” in each workspace that Bob Builder " +
			"belongs to, and Payments is one.");
		await ask("hel", "workspace:execute");
		assert.deepEqual(await proof(), ["Hel Helper is not in Payments, and no role of Hel Helper opens every workspace."]);
		const way = page.locator(".proof").last().locator("li").first();
		assert.match(await way.textContent(), /Add Hel Helper to Payments as Contributor\..*Ada why/);
		await way.getByRole("link").click();
		const form = page.locator("dialog");
		await form.getByLabel(/^Hel Helper/).check();
		await form.getByLabel(/^Contributor/).check();
		await form.getByRole("button", { name: "Add", exact: true }).click();
		await page.getByText("1 member is added.").waitFor();
		await ask("hel", "workspace:execute");
		assert.equal((await proof())[0], "Hel Helper is Contributor in Payments.");
		// A refusal there leads to the same question.
		const ann = await place.as("ann");
		const refused = await ann.get(`${place.base}/workspaces/${id}/edit`);
		assert.equal(refused.status, 403);
		const number = /<code>([0-9a-z]{13})<\/code>/.exec(refused.body)[1];
		await page.goto(`${place.base}/decisions/${number}`);
		assert.match(await page.locator(".facts").textContent(), /Workspace\s*Payments/);
		await page.getByRole("link", { name: "How it is now" }).click();
		await page.getByRole("heading", { name: "May Ann Asker “Rename a workspace” in Payments?" }).waitFor();
	}));
