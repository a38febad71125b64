// How the pages look and are used: accessibility, keyboard, zoom, phone, light and dark.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import test from "node:test";
import { signIn, withChrome } from "./chrome.mjs";
import { crockford, makePlace, PASSWORD } from "./fixtures.mjs";

const require = createRequire(import.meta.url);
const { default: AxeBuilder } = require("@axe-core/playwright");

const LONG = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewis";
let place, site, links;

test("the account of these tests", async () => {
	place = await makePlace("look", { bo: ["Bo Look", "Builder"], cy: ["Cy Look", "Guest"], sue: ["Sue Look", "Admin"],
		gone: ["Off Look", "User"], kay: ["Kay Look", "Guest"], long: [LONG, "Guest", "/", `${"long.address.".repeat(4)
		}of.somebody@department-of-very-long-names.test`] });
	site = place.site;
	const admin = await place.as("admin");
	await admin.submit(`${place.base}/users/${await place.id(place.email("gone"))}/deactivate`);
	for (const [name, email] of [["Dee Look", "dee@look.test"], ["Bo Look", "bo2@look.test"]])
		await admin.submit(`${place.base}/users/invite`, { name, email, role: await place.role("Guest") });
	const made = await admin.submit(`${place.base}/keys/new`, { name: LONG, description: LONG.repeat(4) });
	site.secrets.add(/tnt_[0-9A-Za-z]{36}/.exec(made.body)[0]);
	await admin.submit("/forgot", { email: place.email("bo") });
	links = { invite: (await site.post.get("dee@look.test")).link,
		reset: (await site.post.get(place.email("bo"), /password/i)).link };
	for (const link of Object.values(links))
		site.secrets.add(new URL(link).searchParams.get("t"));
});

// Every page of the program, once: a name, the path, whose.
async function pages() {
	const bo = await place.id(place.email("bo"));
	const dee = await place.id("dee@look.test");
	const off = await place.id(place.email("gone"));
	const long = await place.id(place.email("long"));
	const role = await place.role("Builder");
	const key = crockford((await site.one(`SELECT id FROM api_keys WHERE name = '${LONG}'`)).id);
	const group = await place.group(LONG, "Staff", "bo", "long");
	const service = await place.service(LONG, "Admin");
	const admin = await place.as("admin");
	await admin.forge(`${place.base}/groups/${group}/add`, { id: service.id });
	await admin.submit(`${place.base}/service-accounts/${service.id}/description`, { value: LONG.repeat(4) });
	const serviceKey = crockford((await site.one(`SELECT id FROM api_keys
		WHERE prefix = '${service.secret.slice(0, 12)}'`)).id);
	const space = await place.workspace(LONG, { bo: "Contributor", long: "Owner" });
	const { base } = place;
	return {
		nobody: [["/signin"], ["/forgot"], ["/signout"], ["/legal"], ["/nothing"],
			["/reset", "no link"], ["/confirm", "no link"], [links.invite], [links.reset]],
		admin: [[`${base}/users`], [`${base}/users?q=nobodyhasthis`], [`${base}/users?status=invited`],
			[`${base}/users/${bo}`], [`${base}/users/${dee}`], [`${base}/users/${bo}/role`],
			[`${base}/users/${bo}/deactivate`], [`${base}/users/${off}/reactivate`],
			[`${base}/users/${bo}/remove`], [`${base}/users/${bo}/reset`], [`${base}/users/${dee}/resend`],
			[`${base}/users/${dee}/cancel`], [`${base}/users/${dee}/link`], [`${base}/users/invite`],
			[`${base}/roles`], [`${base}/roles/${role}`], [`${base}/groups`], ...["", "/edit", "/delete", "/add",
				`/members/${bo}/until`, `/members/${bo}/remove`].map((tab) => [`${base}/groups/${group}${tab}`]),
			[`${base}/workspaces`], [`${base}/workspaces/new`], [`${base}/portal`], [`${base}/why`], [`${base}/general`], [`${base}/security`], ...["", "/access", "/edit", "/delete", "/add", "/leave",
				`/members/${bo}/role`, `/members/${bo}/remove`].map((tab) => [`${base}/workspaces/${space}${tab}`]), [`${base}/settings`], [`${base}/audit`],
			[`${base}/nothing`], [`/legal?t=${place.slug}`], ...["", "/email", "/password", "/factor", "/factor/on",
				"/sessions", "/activity", "/data", "/delete"].map((tab) => [`${base}/profile${tab}`]),
			...["columns", `bulk/remove?id=${bo}&id=${dee}`, `export?id=${bo}`, "invite/many", "import",
				`${bo}/access`, `${bo}/why?permission=user:view`,
				`${bo}/why?permission=audit:view`, `${bo}/edit`, `${bo}/password`, `${bo}/activity`, `${bo}/sessions`, `${long}`,
				"?q=wolfe"].map((one) => [`${base}/users/${one}`.replace("/?", "?")]),
			...["", "/new", ...["edit", "name", "regenerate", "delete"].map((act) => `/${key}/${act}`)]
				.map((one) => [`${base}/keys${one}`]),
			...["", "/new", ...["", "/info", "/edit", "/groups", "/disable", "/enable", "/delete", "/activity", "/access",
				"/why?permission=user:view", "/name", "/description", "/role", "/workspaces", "/keys/new", `/keys/${serviceKey}/regenerate`,
				`/keys/${serviceKey}/delete`].map((act) => `/${service.id}${act}`)]
				.map((one) => [`${base}/service-accounts${one}`]),
			[`${base}/search?q=look`]],
		cy: [[`${base}/users`], [`${base}/settings`]],
	};
}

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

function told(name, violations) {
	return violations.map((fault) => `${name}: ${fault.id}: ${fault.nodes.map((node) =>
		`${node.target} ${node.failureSummary.split("\n")[1]}`).slice(0, 3).join("; ")}`);
}

const SIZES = { "at 1280 pixels": [1280, 800], "at 900 pixels": [900, 700], "at 390 pixels": [390, 800],
	"at 200 % zoom": [640, 400], "at 320 pixels": [320, 640] };
const faults = { light: [], dark: [], wide: [], torn: [] };

// What a designer would see at once: texts cut to nothing, buttons drawn out or over each other, a
// tab that is current and out of sight, words run together.
function torn(page) {
	return page.evaluate(async () => {
		await new Promise(requestAnimationFrame);
		const found = [], shown = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length;
		const called = (e) => `${e.tagName} "${e.innerText.trim().slice(0, 30)}"`;
		for (const e of document.querySelectorAll("main *"))
			if (shown(e) && getComputedStyle(e).textOverflow === "ellipsis" && e.tagName !== "INPUT" &&
				e.scrollWidth > e.clientWidth && e.clientWidth < 80)
				found.push(`${called(e)} is cut to ${e.clientWidth} pixels`);
		const buttons = [...document.querySelectorAll("main :is(.button, .icon-button)")].filter((e) => shown(e) &&
			!e.matches(".full, .with-button *, .table-wrap *")).map((e) => [called(e), e.getBoundingClientRect(), e]);
		buttons.forEach(([name, box, e], i) => {
			if (box.width > 320 && !e.closest(".panel-foot, .pager"))
				found.push(`${name} is ${box.width} wide`);
			for (const [other, at] of buttons.slice(i + 1))
				if (box.left < at.right - 1 && at.left < box.right - 1 && box.top < at.bottom - 1 && at.top < box.bottom - 1)
					found.push(`${name} lies over ${other}`);
			if (box.left < 0 || box.right > document.documentElement.clientWidth + 1)
				found.push(`${name} leaves the page`);
		});
		for (const e of document.querySelectorAll(".tabs [aria-current], .segments [aria-current]")) {
			const box = e.getBoundingClientRect(), row = e.closest("ul").getBoundingClientRect();
			if (box.left < row.left - 1 || box.right > row.right + 1)
				found.push(`${called(e)} is out of sight`);
		}
		return found;
	});
}

// All of it with TENANTRY_LOOK=all, as the long tests have it.  Else each page is looked at light, at
// 1280 and 390 pixels, and at one other size; each second one is looked at in the dark.
const all = process.env.TENANTRY_LOOK === "all", OTHERS = ["at 900 pixels", "at 200 % zoom", "at 320 pixels"];
let looked = 0;

async function look(page, name) {
	const turn = looked++;
	await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
	faults.light.push(...told(name, (await new AxeBuilder({ page }).withTags(TAGS).analyze()).violations));
	await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
	if (all || turn % 2)
		faults.dark.push(...told(name,
			(await new AxeBuilder({ page }).withRules(["color-contrast"]).analyze()).violations));
	const before = page.viewportSize();
	for (const [size, [width, height]] of Object.entries(SIZES)) {
		if (!all && OTHERS.includes(size) && OTHERS[turn % OTHERS.length] !== size)
			continue;
		await page.setViewportSize({ width, height });
		const [inner, whole] = await page.evaluate(() =>
			[document.documentElement.clientWidth, document.documentElement.scrollWidth]);
		if (whole > inner)
			faults.wide.push(`${name} ${size}: ${whole} of ${inner}`);
		faults.torn.push(...(await torn(page)).map((fault) => `${name} ${size}: ${fault}`));
	}
	await page.setViewportSize(before);
}

test("every page is looked at", async () => {
	for (const [who, list] of Object.entries(await pages()))
		await withChrome(site, {}, async (page) => {
			if (who !== "nobody")
				await signIn(page, place.email(who), PASSWORD);
			for (const [path] of list) {
				await page.goto(path);
				await look(page, `${who} ${path.replace(site.base, "").split("?t=")[0]}`);
			}
		});
});

test("no page has an accessibility fault {E2}", () => {
	assert.deepEqual(faults.light, []);
});

test("no page has too little contrast when dark {E2}", () => {
	assert.deepEqual(faults.dark, []);
});

test("no page scrolls sideways at phone width or 200 % zoom {E2}", () => {
	assert.deepEqual(faults.wide, []);
});

test("nothing is crushed, stretched, covered or out of sight {E2 E13}", () => {
	assert.deepEqual(faults.torn, []);
});

test("with every column the list scrolls in itself, and names and addresses can be read {U1 E2}", async () => {
	await withChrome(site, { viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" }, async (page) => {
		await signIn(page, place.email("sue"), PASSWORD);
		await page.goto(`${place.base}/users/columns`);
		for (const box of await page.getByRole("checkbox").all())
			await box.check();
		await page.getByRole("button", { name: "Save" }).click();
		await page.getByRole("status").filter({ hasText: "columns" }).waitFor();
		const read = () => page.evaluate(() => [document.documentElement.scrollWidth -
			document.documentElement.clientWidth, ...["name", "mail"].map((part) =>
			document.querySelector(`td.${part} > div > :first-child`).closest("td").clientWidth)]);
		const [over, name, mail] = await read();
		assert.ok(over <= 0, `the page is ${over} too wide`);
		assert.ok(name > 150 && mail > 200, `${name} and ${mail} pixels`);
		assert.deepEqual(await torn(page), []);
		await page.locator(".table-wrap").evaluate((list) => list.scrollTo(2000, 0));
		const at = await page.locator("td.name").first().boundingBox();
		assert.ok(at.x > 200 && at.x < 400, `the names stay in sight, at ${at.x}`);
		await page.setViewportSize({ width: 390, height: 800 });
		assert.ok((await read())[0] <= 0);
		assert.match(await page.locator("tr", { hasText: "Bo Look" }).first().innerText(), /Off/);
		assert.match(await page.locator("td.more").last().evaluate((cell) =>
			getComputedStyle(cell, "::before").content), /Organization/);
	});
});

test("a fault would be found {E2}", async () => {
	await withChrome(site, { colorScheme: "dark", reducedMotion: "reduce" }, async (page) => {
		await page.goto("/signin");
		await page.evaluate(() => {
			document.querySelector("h1").style.color = "#333";
			document.querySelector("label").remove();
			const button = document.createElement("button");
			button.className = "button";
			button.style.cssText = "position: absolute; inset: 0; width: 500px";
			button.textContent = "over";
			document.querySelector("main").append(button, button.cloneNode(true));
		});
		const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
		for (const id of ["color-contrast", "label"])
			assert.ok(violations.some((fault) => fault.id === id), id);
		assert.deepEqual((await torn(page)).map((fault) => fault.replace(/.*"/, "")),
			[" is 500 wide", "", " is 500 wide"]);
	});
});

test("open menus and dialogs have no accessibility fault either {E2}", async () => {
	await withChrome(site, { reducedMotion: "reduce" }, async (page) => {
		await signIn(page, place.email("admin"), PASSWORD);
		const opened = {
			menu: () => page.getByRole("button", { name: "Actions for Bo Look" }).first().click(),
			me: () => page.getByRole("button", { name: /^Your menu/ }).click(),
			accounts: () => page.getByRole("button", { name: /^Account / }).click(),
			more: () => page.locator(".page-head").getByRole("button", { name: "More", exact: true }).click(),
			selected: () => page.getByRole("checkbox", { name: "Select Bo Look" }).first().check(),
			columns: async () => {
				await page.getByRole("link", { name: "Columns", exact: true }).click();
				await page.getByRole("dialog").waitFor();
			},
			role: async () => {
				await page.getByRole("cell").getByRole("link", { name: "Builder" }).first().click();
				await page.locator("dialog.side-sheet").waitFor();
			},
			filter: () => page.locator("summary", { hasText: "Role" }).click(),
			invite: async () => {
				await page.getByRole("link", { name: "Invite user" }).click();
				await page.getByLabel("Phone").waitFor();
			},
		};
		for (const [name, open] of Object.entries(opened)) {
			await page.goto(`${place.base}/users`);
			await open();
			assert.deepEqual(told(name, (await new AxeBuilder({ page }).withTags(TAGS).analyze()).violations), []);
		}
	});
});

// What has the focus, and whether that can be seen.
function focused(page) {
	return page.evaluate(() => {
		const e = document.activeElement;
		const style = getComputedStyle(e);
		const box = e.getBoundingClientRect();
		const ring = (s) => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none";
		let seen = ring(style);
		for (let up = e.parentElement, i = 0; !seen && up && i < 3; up = up.parentElement, i++)
			seen = ring(getComputedStyle(up)) && up.matches(":focus-within");
		return { name: e.getAttribute("aria-label") || e.innerText || e.name || e.tagName, tag: e.tagName,
			seen, shown: box.width > 0 && box.height > 0 };
	});
}

// Keys, and tabs until something of that name has the focus; each focus on the way is seen.
function keyboard(page) {
	const press = async (...keys) => {
		for (const key of keys)
			await page.keyboard.press(key);
	};
	const tabTo = async (wanted, key = "Tab") => {
		const passed = [];
		for (let i = 0; i < 60; i++) {
			const now = await focused(page);
			if (!["BODY", "HTML", "MAIN"].includes(now.tag)) {
				assert.ok(now.seen, `the focus on ${JSON.stringify(now)} is not seen`);
				if (wanted.test(now.name))
					return;
			}
			passed.push(now.name.trim().slice(0, 20));
			await press(key);
		}
		assert.fail(`the keyboard does not get to ${wanted}: ${passed}`);
	};
	return { press, tabTo };
}

test("signing in and inviting by the keyboard alone, and the focus is always seen {E2}", async () => {
	await withChrome(site, {}, async (page) => {
		const { press, tabTo } = keyboard(page);
		await page.goto("/signin");
		assert.equal((await focused(page)).name, "email", "the first field has the focus");
		await page.keyboard.type(place.email("admin"));
		await tabTo(/^password$/);
		await page.keyboard.type(PASSWORD);
		await press("Enter");
		await page.getByRole("heading", { name: /^Users/ }).waitFor();
		await press("Tab");
		assert.match((await focused(page)).name, /Skip to content/);
		await press("Enter");
		await tabTo(/Invite user/);
		await press("Enter");
		await page.getByLabel("Phone").waitFor();
		await tabTo(/^name$/);
		await page.keyboard.type("Key Board");
		await tabTo(/^email$/);
		await page.keyboard.type("key@look.test");
		await tabTo(/^role$/);
		await press("Space");
		await tabTo(/Send the invitation/);
		await press("Enter");
		await page.getByRole("status").filter({ hasText: "Key Board is invited" }).waitFor();
		await page.goto(`${place.base}/users?q=key`);
		await tabTo(/Actions for Key Board/);
		await press("Enter");
		await tabTo(/Cancel invitation/);
		await press("Escape");
		assert.match((await focused(page)).name, /Actions for Key Board/, "the focus goes back");
	});
});

test("columns, a role's panel and an act on many by the keyboard alone {E2 U1 U6 U9e}", async () => {
	await withChrome(site, {}, async (page) => {
		const { press, tabTo } = keyboard(page);
		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(`${place.base}/users?q=look`);
		await tabTo(/^Columns$/);
		await press("Enter");
		await page.getByRole("dialog").waitFor();
		await tabTo(/^column$/);
		for (let i = 0; i < 4; i++)
			await press("Tab");
		await press("Space");
		await tabTo(/^Save$/);
		await press("Enter");
		await page.getByRole("status").filter({ hasText: "columns" }).waitFor();
		assert.equal(await page.locator("th.made").isVisible(), false, "Registered was taken off");
		await page.goto(`${place.base}/users?q=bo%20look`);
		await tabTo(/^Builder$/);
		await press("Enter");
		await page.locator("dialog.side-sheet").waitFor();
		await tabTo(/\d+ users?/);
		await press("Escape");
		await page.locator("dialog").waitFor({ state: "detached" });
		assert.equal((await focused(page)).name, "Builder", "the focus goes back");
		await tabTo(/^Select Bo Look/, "Shift+Tab");
		await press("Space");
		await tabTo(/^Change role$/, "Shift+Tab");
		await press("Enter");
		await page.getByRole("heading", { name: "Change the role of" }).waitFor();
		await tabTo(/^role$/);
		await press("ArrowDown", "ArrowUp");
		await tabTo(/^Change role$/);
		await press("Enter");
		await page.getByRole("link", { name: "Back to the users" }).waitFor();
		await tabTo(/Back to the users/);
	});
});

test("a second factor is set up by the keyboard alone {E2 F4}", async () => {
	await withChrome(site, {}, async (page) => {
		const { press, tabTo } = keyboard(page);
		await signIn(page, place.email("kay"), PASSWORD);
		await page.goto(`${place.base}/profile/factor`);
		await tabTo(/^Set up a second factor$/);
		await press("Enter");
		const secret = await page.getByLabel("Or type this key into it").inputValue();
		site.secrets.add(secret.replace(/ /g, ""));
		await tabTo(/^Copy/);
		await tabTo(/^code$/);
		await page.keyboard.type(await site.totp(secret));
		await tabTo(/^password$/);
		await page.keyboard.type(PASSWORD);
		await press("Enter");
		await page.getByRole("heading", { name: "Recovery codes" }).waitFor();
		for (const code of await page.locator(".code-list code").allInnerTexts())
			site.secrets.add(code);
		await tabTo(/^Download$/);
		await tabTo(/^I have kept them$/);
		await press("Enter");
		await page.getByText("Recovery codes left").waitFor();
		await tabTo(/^Turn off$/);
	});
});

test("the theme is the system's, and both are drawn {E2}", async () => {
	const colors = [];
	for (const colorScheme of ["light", "dark"])
		await withChrome(site, { colorScheme }, async (page) => {
			await page.goto("/signin");
			colors.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
		});
	assert.notEqual(colors[0], colors[1]);
});

test("the password can be shown, and is typed by what remembers passwords {S1}", async () => {
	await withChrome(site, {}, async (page) => {
		await page.goto("/signin");
		const field = page.getByLabel("Password", { exact: true });
		assert.equal(await field.getAttribute("autocomplete"), "current-password");
		await field.fill("something");
		await page.getByRole("button", { name: "Show the password" }).click();
		assert.equal(await field.getAttribute("type"), "text");
		await page.goto(links.invite);
		assert.equal(await page.getByLabel("Password", { exact: true }).getAttribute("autocomplete"),
			"new-password");
		await page.getByLabel("Password", { exact: true }).fill("abc");
		const weak = await page.locator(".strength span").innerText();
		await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
		await page.waitForFunction((before) => document.querySelector(".strength span").innerText !== before,
			weak);
	});
});

test("lists, a user and the log print without what is only for the screen {E2}", async () => {
	await withChrome(site, { viewport: { width: 720, height: 1000 } }, async (page) => {
		await signIn(page, place.email("admin"), PASSWORD);
		const paths = { users: "/users", user: `/users/${await place.id(place.email("bo"))}`, audit: "/audit",
			roles: "/roles", groups: "/groups", workspaces: "/workspaces" };
		await page.emulateMedia({ media: "print", colorScheme: "dark" });
		for (const [name, path] of Object.entries(paths)) {
			await page.goto(place.base + path);
			for (const hidden of ["nav.side", "header.top", "footer.foot", ".toolbar", ".pager", ".act", ".copy",
				"main button"])
				for (const element of await page.locator(hidden).all())
					assert.equal(await element.isVisible(), false, `${name}: ${hidden}`);
			assert.equal(await page.getByRole("heading", { level: 1 }).isVisible(), true, name);
			assert.equal(await page.locator(name === "user" ? ".facts" : "main table thead").isVisible(), true, name);
			const { paper, wide } = await page.evaluate(() => ({
				paper: getComputedStyle(document.documentElement).colorScheme,
				wide: document.documentElement.scrollWidth - document.documentElement.clientWidth }));
			assert.equal(paper, "light", `${name}: black on white`);
			assert.ok(wide <= 0, `${name} is cut off by ${wide}`);
		}
	});
});

test("every part of an event is shown at every width and on paper {L1 E2}", async () => {
	await withChrome(site, { viewport: { width: 1280, height: 800 } }, async (page) => {
		await signIn(page, place.email("admin"), PASSWORD);
		await page.goto(`${place.base}/audit`);
		const row = page.locator(".log tbody tr", { hasText: "signin.ok" }).first();
		for (const [width, media] of [[1700, "screen"], [1440, "screen"], [1280, "screen"], [1000, "screen"],
			[390, "screen"], [720, "print"]]) {
			await page.setViewportSize({ width, height: 800 });
			await page.emulateMedia({ media });
			// What is displayed, as innerText has it.
			const shown = await row.innerText();
			for (const part of [/signed in/, /signin\.ok/, /User actions/, /Users/, /Web/, /127\.0\.0\.1/, /\d:\d\d/])
				assert.equal(shown.match(new RegExp(part, "g"))?.length, 1, `${part} at ${width} on ${media}: ${shown}`);
			const wide = await page.evaluate(() =>
				document.documentElement.scrollWidth - document.documentElement.clientWidth);
			assert.ok(wide <= 0, `at ${width} on ${media} cut off by ${wide}`);
		}
	});
});
