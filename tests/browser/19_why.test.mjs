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
			await page.getByRole("link", { name: "Take Ann Asker out" }).click();
			await form.getByRole("button", { name: "Take out" }).click();
			await page.getByText("Ann Asker is not in the group any more.").waitFor();
		}));

test("the number on a refusal leads an administrator to what was held then {R8 U12}", async () => {
	const bob = await place.as("bob");
	const refused = await bob.get(`${place.base}/audit`);
	assert.equal(refused.status, 403);
	const number = /<code>([0-9a-z]{13})<\/code>/.exec(refused.body)[1];
	assert.equal((await bob.get(`${place.base}/decisions/${number}`)).status, 403);
	await withChrome(site, {}, async (page) => {
		await signIn(page, place.email("admin"), PASSWORD);
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
});
