// After all others: what every page that was shown has in common, and what must have stayed
// nowhere.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { withChrome } from "./chrome.mjs";
import { makePlace, PASSWORD } from "./fixtures.mjs";
import { complaints, keptPages } from "./pages.mjs";
import { theSite } from "./site.mjs";

const require = createRequire(import.meta.url);
const { HtmlValidate, StaticConfigLoader } = require("html-validate");

let place, site;

test("the account of these tests", async () => {
	site = await theSite();
	place = await makePlace("end");
});

test("every page that was shown is valid HTML {E2}", async () => {
	const validator = new HtmlValidate(new StaticConfigLoader({
		extends: ["html-validate:standard", "html-validate:a11y"],
		rules: {
			// Blanks where a template's line stood, and attributes of a page's own script.
			"no-trailing-whitespace": "off",
			"attribute-boolean-style": "off",
			"attribute-empty-style": "off",
			"void-style": ["error", { style: "omit" }],
			"long-title": "off",
			"no-inline-style": "error",
			// A hidden field that tells password managers for whom the password is.
			"prefer-native-element": "off",
			// The buttons of a list's menus belong to one form that stands beside it.
			"wcag/h32": "off",
			// A job's page shows itself anew as long as the job goes on.
			"meta-refresh": "off",
			"aria-label-misuse": ["error", { allowAnyNamable: true }],
		},
	}));
	const faults = new Map();
	for (const page of keptPages()) {
		const report = await validator.validateString(page.body);
		for (const result of report.results)
			for (const message of result.messages) {
				const line = page.body.split("\n")[message.line - 1].trim().slice(0, 160);
				faults.set(`${message.ruleId}: ${message.message}`, `${page.what}: ${line}`);
			}
	}
	assert.ok(keptPages().length > 0);
	assert.deepEqual([...faults].map(([fault, where]) => `${fault} (${where})`), []);
});

test("a fault of the HTML would be found {E2}", async () => {
	const validator = new HtmlValidate({ extends: ["html-validate:standard"] });
	const { valid } = await validator.validateString("<p><div>x</p><img>");
	assert.equal(valid, false);
});

test("nothing that anybody typed became markup of a page {E13}", async () => {
	for (const { body, what } of keptPages()) {
		assert.doesNotMatch(body, /<img src=x|<script>alert|<svg\/onload/, what);
		assert.doesNotMatch(body.replace(/"[^"]*"/g, '""'), /<[a-z]+[^>]* on[a-z]+=/, what);
	}
});

test("no browser complained, and no page broke the content security policy {E1}", async () => {
	assert.deepEqual(complaints, []);
	// And it would have been noticed.
	await withChrome(site, {}, async (page) => {
		await page.goto("/signin");
		await page.evaluate(() => {
			const style = document.createElement("style");
			style.textContent = "p { color: red }";
			document.head.append(style);
		});
		await page.waitForFunction(() => document.styleSheets.length > 0);
	});
	assert.ok(complaints.length > 0);
	complaints.length = 0;
});

test("the program's log has no fault {E7}", async () => {
	assert.deepEqual(site.log().filter((line) => line.level === "error" && !site.faults.has(line.what)), []);
	assert.ok(site.log().length > 100);
});

test("the audit chains are whole, and the database too {L2}", async () => {
	assert.match(await site.tenantry("audit", "verify"), /are whole/);
	const copy = path.join(site.dir, "copy.db");
	await site.tenantry("backup", copy);
	assert.equal(execFileSync("sqlite3", ["-readonly", copy,
		"PRAGMA integrity_check; PRAGMA foreign_key_check;"], { encoding: "utf8" }), "ok\n");
});

test("over plain http on this machine: signing in, inviting, signing out {E1}", async () => {
	await site.stop();
	site.plain = true;
	try {
		await site.start({ tls: false });
		await withChrome(site, { baseURL: `http://127.0.0.1:${site.port}` }, async (page, context) => {
			await page.goto(`http://localhost:${site.port}/signin`);
			assert.equal(new URL(page.url()).hostname, "127.0.0.1", "localhost leads to 127.0.0.1");
			await page.getByLabel("Email", { exact: true }).fill(place.email("admin"));
			await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
			await page.getByRole("button", { name: "Sign in" }).click();
			await page.getByRole("heading", { name: /^Users/ }).waitFor();
			assert.deepEqual((await context.cookies()).map((cookie) => [cookie.name, cookie.secure]).sort(),
				[["dev", false], ["sid", false]]);
			await page.getByRole("link", { name: "Invite user" }).click();
			await page.getByLabel("Name", { exact: true }).fill("Plain Paul");
			await page.getByLabel("Email", { exact: true }).fill("paul@plain.test");
			await page.getByRole("radio", { name: /^Guest/ }).check();
			await page.getByRole("button", { name: "Send the invitation" }).click();
			await page.getByRole("status").filter({ hasText: "is invited" }).waitFor();
			await page.getByRole("button", { name: /^Your menu/ }).click();
			await page.getByRole("button", { name: "Log out" }).click();
			await page.getByRole("heading", { name: "You are signed out" }).waitFor();
		});
		const mail = await site.post.get("paul@plain.test");
		assert.match(mail.text, new RegExp(`http://127\\.0\\.0\\.1:${site.port}/invite\\?t=`));
		assert.deepEqual(complaints, []);
	} finally {
		await site.stop();
		site.plain = false;
	}
});

test("it leaves no process and no socket behind {E7}", () => {
	const found = spawnSync("pgrep", ["-f", site.dir], { encoding: "utf8" });
	assert.equal(found.stdout, "");
	for (const name of ["quick.sock", "slow.sock"])
		assert.equal(fs.existsSync(path.join(site.dir, "run", name)), false, name);
});

test("no password, token or cookie is in the database or a log {P2}", () => {
	const secrets = [...site.secrets].filter((secret) => secret && secret.length >= 12);
	assert.ok(secrets.length > 20, `${secrets.length} secrets were used`);
	const files = ["data/tenantry.db", "data/tenantry.db-wal", "tenantry.log", "nginx/access.log",
		"nginx/error.log"].map((file) => path.join(site.dir, file)).filter((file) => fs.existsSync(file));
	assert.ok(files.length >= 4);
	const list = path.join(site.dir, "secrets");
	fs.writeFileSync(list, `${secrets.join("\n")}\n`, { mode: 0o600 });
	const found = spawnSync("grep", ["-aoFf", list, ...files], { encoding: "utf8" });
	assert.equal(found.stdout, "");
	// And it would be found.
	fs.writeFileSync(path.join(site.dir, "leak"), `x${secrets[0]}x`);
	assert.equal(execFileSync("grep", ["-aoFf", list, path.join(site.dir, "leak")],
		{ encoding: "utf8" }).trim(), secrets[0]);
});
