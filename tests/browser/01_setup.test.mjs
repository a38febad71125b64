// The first administrator, before there is any account.
import assert from "node:assert/strict";
import test from "node:test";
import { signIn, withChrome } from "./chrome.mjs";
import { PASSWORD } from "./fixtures.mjs";
import { theSite } from "./site.mjs";
import { MARKUP, NEVER, pct, refused, sweep } from "./sweep.mjs";
import { Visitor } from "./visitor.mjs";

test("before the set-up nobody gets in, and no page offers a sign-up {I10}", async () => {
	const visitor = new Visitor(await theSite());
	const page = await visitor.open("/");
	assert.equal(page.url, "/signin");
	assert.doesNotMatch(page.text, /sign up|register|create an account/i);
	assert.equal((await visitor.signIn("ana@acme.test", PASSWORD)).status, 422);
	for (const path of ["/signup", "/register", "/t/acme/users"])
		assert.ok([303, 404].includes((await visitor.get(path)).status), path);
});

test("a set-up without its link, and with a made-up one, is a 410 {S1}", async () => {
	const site = await theSite();
	const visitor = new Visitor(site);
	assert.equal((await visitor.get("/setup")).status, 410);
	const made = `${site.setupLink.slice(0, -4)}AAAA`;
	const page = await visitor.openLink(made);
	assert.equal(page.status, 410);
	assert.match(page.text, /no longer valid/);
});

test("the form of the set-up: each field with what nobody should type {S1}", async () => {
	const visitor = new Visitor(await theSite());
	const { fields } = (await visitor.openLink(visitor.site.setupLink)).form("/setup");
	const good = { tenant: "Acme & <b>Söhne</b>", slug: "acme", name: "Ana Lima", email: "ana@acme.test",
		password: PASSWORD };
	const form = { action: "/setup", fields };
	await sweep(visitor, form, good, ["slug", "name", "email"]);
	// The name of an account is any text.
	for (const [what, [raw, kept]] of Object.entries({ ...NEVER, empty: ["", ""], blanks: ["%20"] }))
		await refused(visitor, form, good, "tenant", what, raw, kept);
	for (const text of Object.values(MARKUP))
		await refused(visitor, form, { ...good, tenant: text }, "slug", text, "-");
	for (const slug of ["-a", "a-", "a", "A b", "admin", "static", "../x", "ä", "a".repeat(41)])
		await refused(visitor, form, good, "slug", slug, pct(slug), slug);
	assert.equal((await visitor.openLink(visitor.site.setupLink)).status, 200, "the link is still good");
});

for (const script of [false, true])
	test(`the set-up link makes the first account and its administrator, ${
		script ? "with" : "without"} JavaScript {S1 E16 E1}`, async () => {
		const site = await theSite();
		if (script)
			await site.empty();
		assert.match(site.setupLink, /\/setup\?t=/);
		site.secrets.add(new URL(site.setupLink).searchParams.get("t")).add(PASSWORD);
		await withChrome(site, { script }, async (page) => {
			const password = page.getByLabel("Password", { exact: true });
			await page.goto("/signin");
			await page.getByText("This site is not set up yet.").waitFor();
			await page.goto(site.setupLink);
			assert.equal(new URL(page.url()).search, "", "the token leaves the address");
			assert.match(await page.title(), /^Set up · /);
			await page.getByLabel("Account name").fill("Acme");
			if (script)
				assert.equal(await page.getByLabel("Address").inputValue(), "acme", "it follows the name");
			await page.getByLabel("Address").fill("acme");
			await page.getByLabel("Your name").fill("Ana Lima");
			await page.getByLabel("Email", { exact: true }).fill("ana@acme.test");
			await password.fill("acme acme acme acme");
			await page.getByRole("button", { name: "Create the account" }).click();
			await page.locator("#password-error:not(:empty)").waitFor();
			assert.equal(await password.inputValue(), "");
			assert.equal(await page.getByLabel("Email", { exact: true }).inputValue(), "ana@acme.test");
			await password.fill(PASSWORD);
			await page.getByRole("button", { name: "Create the account" }).click();
			await page.waitForURL((url) => url.pathname === "/signin");
			await page.getByRole("status").getByText("The account is made, and you are its administrator.").waitFor();
			assert.equal(await page.getByText("This site is not set up yet.").count(), 0);
			await signIn(page, "ana@acme.test", PASSWORD);
			await page.getByRole("heading", { name: /^Users/ }).waitFor();
			assert.equal(await page.title(), "Users · Acme");
		});
	});

test("the set-up link works once {S1}", async () => {
	const site = await theSite();
	const visitor = new Visitor(site);
	assert.equal((await visitor.openLink(site.setupLink)).status, 410);
	await assert.rejects(site.tenantry("setup-link"), /there is an account already/);
});
