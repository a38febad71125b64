// What is risky asks for a proof not older than fifteen minutes, and a form caught in between is done
// afterwards.
import assert from "node:assert/strict";
import test from "node:test";
import { choose, signIn, withChrome } from "./chrome.mjs";
import { makePlace, PASSWORD } from "./fixtures.mjs";
import { Visitor } from "./visitor.mjs";

let place, site, bo, role;

test("the account of these tests", async () => {
	place = await makePlace("proof", { bo: ["Bo Proof", "Guest"], cy: ["Cy Proof", "Guest"],
		sue: ["Sue Proof", "Admin"], di: ["Di Proof", "Guest"], wim: ["Wim Proof", "Admin"] });
	site = place.site;
	bo = `${place.base}/users/${await place.id(place.email("bo"))}/role`;
	role = { Builder: await place.role("Builder"), Consumer: await place.role("Consumer"),
		Guest: await place.role("Guest") };
});

async function roleOf(key) {
	return (await site.one(`SELECT r.name AS name FROM members m JOIN roles r ON r.tenant_id = m.tenant_id
		AND r.id = m.role_id WHERE m.email = '${place.email(key)}'`)).name;
}

test("a page that is risky asks when it is opened, and leads on {S9}", async () => {
	const admin = await place.as("admin");
	assert.equal((await admin.get(bo)).status, 200, "fresh from the sign-in");
	await site.stale(place.email("admin"));
	assert.equal((await admin.get(`${place.base}/users`)).status, 200, "what is not risky goes on");
	const asked = await admin.get(bo);
	assert.equal(asked.status, 303);
	assert.equal(asked.location, `/signin/proof?next=${encodeURIComponent(bo)}`);
	const script = await admin.get(bo, { headers: { "hx-request": "true" } });
	assert.equal(script.status, 401);
	assert.equal(script.headers["hx-redirect"], asked.location);
	const before = admin.cookies.get("__Host-sid");
	const wrong = await admin.submit(asked.location, { password: "not the password 1" }, "/signin/proof");
	assert.equal(wrong.status, 422);
	assert.equal(wrong.errorAt("password"), "This is not your password.");
	assert.doesNotMatch(wrong.body, /not the password 1/);
	const { fields } = (await admin.get(bo)).status === 303 ? (await admin.get(asked.location)).form("/signin/proof") : {};
	const right = await admin.send("/signin/proof", { ...fields, password: PASSWORD });
	assert.equal(right.location, bo);
	assert.notEqual(admin.cookies.get("__Host-sid"), before, "another id");
	assert.equal((await admin.get(bo)).status, 200);
	const old = new Visitor(site);
	old.cookies.set("__Host-sid", before);
	assert.equal((await old.get(`${place.base}/users`)).status, 200, "the id before reads for a moment");
	const form = (await admin.get(bo)).form(bo);
	const refused = await old.send(bo, { ...form.fields, role: role.Builder });
	assert.notEqual(refused.status, 200);
	assert.equal(await roleOf("bo"), "Guest", "and changes nothing");
	assert.equal((await admin.get(asked.location)).location, bo, "who has proved it is not asked");
	assert.deepEqual((await place.events("act IN (70, 71)")).map((event) => event.act), ["70", "71"]);
});

test("a form caught in between is done once after the proof, its token is good still {S9}", async () => {
	const admin = await place.as("admin");
	const tab = (await admin.get(`${place.base}/users`)).form("/signout").fields.csrf;
	const form = (await admin.get(bo)).form(bo);
	await site.stale(place.email("admin"));
	const asked = await admin.send(bo, { ...form.fields, role: role.Builder });
	assert.equal(asked.status, 401);
	assert.equal(asked.heading, "Confirm that it is you");
	assert.equal(await roleOf("bo"), "Guest");
	const { fields } = asked.form("/signin/proof");
	assert.ok(fields.carried.length > 50);
	assert.doesNotMatch(asked.body, new RegExp(role.Builder), "it is sealed");
	const wrong = await admin.send("/signin/proof", { ...fields, password: "not the password 1" });
	assert.equal(wrong.status, 422);
	assert.equal(await roleOf("bo"), "Guest");
	const right = await admin.send("/signin/proof",
		{ ...wrong.form("/signin/proof").fields, password: PASSWORD });
	assert.equal(right.status, 303, right.text);
	assert.match(right.location, new RegExp(`^${place.base}/users`));
	assert.equal(await roleOf("bo"), "Builder");
	assert.equal((await place.events("act = 41 AND subject_name = 'Bo Proof'")).length, 1, "once");
	assert.match((await admin.open(right.location)).text, /Bo Proof is Builder now/);
	assert.equal((await admin.send("/signout", { csrf: tab })).status, 303, "a form of another tab");
});

test("a carried form of somebody else, or of another use, is refused {S9}", async () => {
	const admin = await place.as("admin");
	const sue = await place.as("sue");
	const form = (await admin.get(bo)).form(bo);
	const before = await roleOf("bo");
	await site.stale(place.email("admin"), place.email("sue"));
	const { fields } = (await admin.send(bo, { ...form.fields, role: role.Consumer })).form("/signin/proof");
	const own = (await sue.get("/signin/proof")).form("/signin/proof").fields;
	for (const carried of [fields.carried, `${fields.carried.slice(0, -4)}AAAA`, "AAAA"]) {
		const answer = await sue.send("/signin/proof", { ...own, carried, password: PASSWORD });
		assert.equal(answer.status, 422);
		assert.match(answer.text, /cannot be done any more/);
		assert.equal(await roleOf("bo"), before);
	}
	assert.equal((await sue.get(bo)).status, 303, "and nothing is proved by it");
});

test("failures of a proof wait like those of a sign-in {S9 S3}", async () => {
	const wim = await place.as("wim", { from: "127.0.0.41" });
	await site.stale(place.email("wim"));
	const { fields } = (await wim.get("/signin/proof")).form("/signin/proof");
	for (let i = 0; i < 5; i++)
		assert.equal((await wim.send("/signin/proof", { ...fields, password: "wrong password here" })).status, 422);
	const late = await wim.send("/signin/proof", { ...fields, password: PASSWORD });
	assert.equal(late.status, 429);
	assert.match(late.text, /Try again in \d+ minute/);
	assert.ok(Number(late.headers["retry-after"]) > 0);
});

for (const script of [true, false])
	test(`the question in the browser, ${script ? "with" : "without"} JavaScript {S9 E1}`, async () => {
		await withChrome(site, { script }, async (page) => {
			await signIn(page, place.email("admin"), PASSWORD);
			const confirm = async () => {
				await page.getByRole("heading", { name: "Confirm that it is you" }).waitFor();
				await page.getByLabel("Your password", { exact: true }).fill(PASSWORD);
				await page.getByRole("button", { name: "Confirm" }).click();
			};
			await page.goto(`${place.base}/users?q=proof`);
			await site.stale(place.email("admin"));
			await choose(page, "Di Proof", "Change role");
			await confirm();
			await page.getByRole("heading", { name: "Change role" }).waitFor();
			await page.goto(`${place.base}/users?q=proof`);
			await choose(page, "Di Proof", "Change role");
			await page.getByRole("radio", { name: /^Consumer/ }).check();
			await site.stale(place.email("admin"));
			await page.getByRole("button", { name: "Change role" }).click();
			await confirm();
			await page.getByText("Di Proof is Consumer now.").waitFor();
			assert.equal(new URL(page.url()).pathname.startsWith(place.base), true);
			assert.equal(await roleOf("di"), "Consumer");
			await page.goto(`${place.base}/users?q=proof`);
			await choose(page, "Di Proof", "Change role");
			await page.getByRole("radio", { name: /^Guest/ }).check();
			await page.getByRole("button", { name: "Change role" }).click();
			await page.getByText("Di Proof is Guest now.").waitFor();
		});
	});
