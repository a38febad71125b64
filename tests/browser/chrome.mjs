// One Chromium for all tests, and a context of its own for each.
import { createRequire } from "node:module";
import { complaints, keepPage } from "./pages.mjs";
import { host, PATIENCE_MS } from "./site.mjs";

const require = createRequire(import.meta.url);
const { chromium } = require("playwright-core");

let starting;

function start() {
	starting ||= chromium.launch({
		executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
		args: [`--host-resolver-rules=MAP ${host} 127.0.0.1`, "--disable-background-networking",
			"--disable-component-update", "--disable-sync", "--no-first-run",
			"--disable-features=HttpsUpgrades",
			...(process.getuid() === 0 ? ["--no-sandbox"] : [])],
	});
	return starting;
}

export async function closeChrome() {
	if (starting)
		await (await starting).close();
}

function watch(site, page) {
	page.on("console", (message) => {
		// The console also tells of each answer over 400; the tests ask for those.
		if (message.type() === "error" && !/^Failed to load resource: the server responded/.test(
			message.text()))
			complaints.push(`${page.url()}: ${message.text()}`);
	});
	page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.stack}`));
	page.on("response", async (response) => {
		if (!["document", "fetch", "xhr"].includes(response.request().resourceType()))
			return;
		const body = await response.text().catch(() => "");
		if (body.includes("<html"))
			keepPage(`${response.request().method()} ${response.url()}`, response.status(),
				response.headers()["content-type"], body);
	});
}

// A context; "script": with JavaScript.  Everything it opens belongs to it and goes with it.
export async function withChrome(site, options, body) {
	const { script = true, ...more } = options;
	const browser = await start();
	const context = await browser.newContext({ baseURL: site.base, ignoreHTTPSErrors: true,
		javaScriptEnabled: script, locale: "en-US", timezoneId: "UTC", ...more });
	context.setDefaultTimeout(Number(process.env.PATIENCE || PATIENCE_MS / 2));
	context.on("page", (page) => watch(site, page));
	if (script)
		await context.addInitScript(() => {
			addEventListener("securitypolicyviolation", (e) =>
				console.error(`policy violated: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
		});
	try {
		const page = await context.newPage();
		await body(page, context);
	} finally {
		for (const cookie of await context.cookies())
			if (cookie.value.length > 20)
				site.secrets.add(cookie.value);
		await context.close();
	}
}

export async function signIn(page, email, password) {
	await page.goto("/signin");
	await page.getByLabel("Email", { exact: true }).fill(email);
	await page.getByLabel("Password", { exact: true }).fill(password);
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.waitForURL((url) => url.pathname !== "/signin");
}

// An entry of somebody's menu, from the list that is shown.  Without JavaScript the three dots lead
// to the page where the menu is.
export async function choose(page, person, entry) {
	const name = `Actions for ${person}`;
	if (await page.getByRole("link", { name }).count()) {
		await page.getByRole("link", { name }).click();
		const beside = page.locator(".page-head > button[formaction]", { hasText: entry });
		if (await beside.count()) {
			await beside.click();
			return;
		}
		await page.getByRole("button", { name: "Actions" }).click();
	} else
		await page.getByRole("button", { name }).click();
	await page.locator("[popover]:popover-open").getByText(entry, { exact: true }).click();
}
