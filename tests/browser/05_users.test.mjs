// The list of users.
import assert from "node:assert/strict";
import test from "node:test";
import { signIn, withChrome } from "./chrome.mjs";
import { makePlace, PASSWORD } from "./fixtures.mjs";
import { decoded, Visitor } from "./visitor.mjs";

// Nobody is in a group there, so that all keys of that order are empty; its column is not shown.
const COLUMNS = ["name", "email", "role", "status", "last_seen", "registered", "group"];
const LONG = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewis";
let place, site, admin, role;

// The rows of a page of the list.
function rowsOf(page) {
	return [...page.body.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row]) => row)
		.filter((row) => row.includes('class="name')).filter((row) => row.includes("<td"))
		.map((row) => ({
			name: decoded(/class="name"[\s\S]*?<bdi>([^<]*)/.exec(row)[1]),
			email: decoded(/class="mail"[\s\S]*?<bdi>([^<]*)/.exec(row)[1]),
			role: decoded(/class="role"[\s\S]*?<bdi>([^<]*)/.exec(row)[1]),
			status: decoded(/class="badge[^>]*>([^<]*)/.exec(row)[1]),
			row,
		}));
}

async function list(query = "") {
	const page = await admin.get(`${place.base}/users${query && `?${query}`}`);
	assert.equal(page.status, 200, `${query}: ${page.text}`);
	return page;
}

async function names(query) {
	return rowsOf(await list(query)).map((row) => row.name);
}

function link(page, rel) {
	const found = new RegExp(`<a[^>]*href="([^"]*)"[^>]*rel="${rel}"`).exec(page.body);
	return found && decoded(found[1]);
}

// Every row of a list, page after page.
async function all(query) {
	const rows = [];
	let page = await list(query);
	for (;;) {
		rows.push(...rowsOf(page));
		const next = link(page, "next");
		if (!next)
			return rows;
		page = await admin.get(next);
		assert.ok(rows.length < 200, "the pages have no end");
	}
}

test("the account of these tests", async () => {
	const roles = ["Builder", "Consumer", "Guest", "Staff", "User", "Auditor"];
	const people = { zoe: ["Zoë Ångström", "Builder"], mar: ["María-José O'Neill", "Helpdesk"],
		long: [LONG, "Guest"], off: ["Olaf Force", "Consumer"] };
	for (let i = 0; i < 24; i++)
		people[`p${i}`] = [`Person ${"ABCDEFGHIJKLMNOPQRSTUVWX"[i]} Row${(i * 7) % 24}`, roles[i % 6]];
	place = await makePlace("list", people);
	site = place.site;
	admin = await place.as("admin");
	role = { Builder: await place.role("Builder"), Guest: await place.role("Guest") };
	await admin.submit(`${place.base}/users/${await place.id(place.email("off"))}/deactivate`);
	await admin.submit(`${place.base}/users/invite`,
		{ name: "Ivy Later", email: "ivy@later.test", role: role.Guest });
	assert.match((await list()).heading, /Users 30 users/);
});

test("the columns, and one's own row {U1}", async () => {
	const page = await list("q=ada");
	const heads = [...page.body.matchAll(/<th[^>]*>([\s\S]*?)<\/th>/g)]
		.map(([, head]) => head.replace(/<[^>]*>/g, "").trim());
	for (const head of ["Name", "Email", "Role", "Status", "Last sign-in", "Registered", "Actions"])
		assert.ok(heads.includes(head), `${head} of ${heads}`);
	const [own] = rowsOf(page);
	assert.equal(own.name, "Ada list");
	assert.equal(own.email, place.email("admin"));
	assert.match(own.row, /class="avatar[^"]*"[^>]*>Al</);
	assert.match(own.row, /\byou\b/);
	assert.doesNotMatch(rowsOf(await list("q=ivy"))[0].row, /class="tag">you/);
});

for (const column of COLUMNS)
	test(`sorted by ${column}, both ways, page after page {U2 U5}`, async () => {
		const up = (await all(`sort=${column}&dir=asc&rows=25`)).map((row) => row.email);
		const down = (await all(`sort=${column}&dir=desc&rows=25`)).map((row) => row.email);
		assert.equal(up.length, 30);
		assert.equal(new Set(up).size, 30, "each once");
		assert.deepEqual([...down].reverse(), up);
		const key = { name: "name_key", email: "email_key", role: "role_key", status: "status_key",
			last_seen: "signed_in_at", registered: "created_at", group: "group_key" }[column];
		const order = await site.rows(`SELECT m.email FROM members m JOIN tenants t ON t.id = m.tenant_id
			WHERE t.slug = '${place.slug}' AND m.status <> 'removed' ORDER BY m.${key}, m.id`);
		assert.deepEqual(up, order.map((row) => row.email));
		const page = await list(`sort=${column}&dir=desc`);
		assert.equal([...page.body.matchAll(/aria-sort="descending"/g)].length, column === "group" ? 0 : 1);
	});

test("one turns pages by next, previous and first; 25, 50 or 100 rows {U5}", async () => {
	const first = await list("rows=25");
	assert.equal(rowsOf(first).length, 25);
	assert.equal(link(first, "prev"), null);
	const second = await admin.get(link(first, "next"));
	assert.equal(rowsOf(second).length, 5);
	assert.equal(link(second, "next"), null);
	const back = await admin.get(link(second, "prev"));
	assert.deepEqual(rowsOf(back).map((row) => row.email), rowsOf(first).map((row) => row.email));
	const start = await admin.get(link(second, "first"));
	assert.deepEqual(rowsOf(start).map((row) => row.email), rowsOf(first).map((row) => row.email));
	assert.equal(rowsOf(await list("rows=50")).length, 30);
	assert.equal(rowsOf(await list("rows=100")).length, 30);
	assert.equal(rowsOf(await list("rows=1000000")).length, 30, "another number is the usual one");
});

test("role and status filter by several choices, and all of it is in the address {U2 E11}", async () => {
	const builders = await all(`role=${role.Builder}`);
	assert.equal(builders.length, 5);
	assert.ok(builders.every((row) => row.role === "Builder"));
	const both = await all(`role=${role.Builder}&role=${role.Guest}`);
	assert.equal(both.length, 11);
	assert.deepEqual(await names("status=invited"), ["Ivy Later"]);
	assert.deepEqual((await names("status=invited&status=deactivated")).sort(), ["Ivy Later", "Olaf Force"]);
	assert.deepEqual(await names(`status=invited&role=${role.Guest}`), ["Ivy Later"]);
	assert.deepEqual(await names(`status=invited&role=${role.Builder}`), []);
	const page = await list(`status=invited&status=active&role=${role.Guest}&sort=email&dir=desc&rows=25&q=e`);
	for (const part of [/name="status" value="invited" checked/, /name="status" value="active" checked/,
		new RegExp(`name="role" value="${role.Guest}" checked`), /name="sort" value="email"/,
		/name="dir" value="desc"/, /name="rows" value="25"/, /name="q" value="e"/])
		assert.match(page.body, part);
	const stranger = new Visitor(site);
	const query = `${place.base}/users?status=invited&sort=email`;
	const asked = await stranger.get(query);
	assert.equal(asked.location, `/signin?next=${encodeURIComponent(query)}`);
});

test("the second factor filters by several choices {U2}", async () => {
	const set = async (sql) => {
		await site.stop();
		await site.write(sql);
		await site.start();
	};
	await set("UPDATE people SET factor = 1 WHERE email IN (SELECT email FROM members " +
		`WHERE name IN ('Zoë Ångström', 'Olaf Force') AND tenant_id = (SELECT id FROM tenants WHERE slug = '${place.slug}'))`);
	assert.deepEqual((await names("factor=on")).sort(), ["Olaf Force", "Zoë Ångström"]);
	assert.deepEqual(await names("factor=on&status=deactivated"), ["Olaf Force"]);
	assert.equal((await all("factor=none")).length, 27, "active ones without it");
	assert.equal((await all("factor=none&factor=on")).length, 30, "both is any");
	assert.deepEqual(await names("factor=on&q=ngstr"), ["Zoë Ångström"]);
	const page = await list("factor=on");
	assert.match(page.body, /name="factor" value="on" checked/);
	assert.match(page.heading, /2 users/);
	await set("UPDATE people SET factor = 0 WHERE factor = 1");
	assert.match((await list("factor=on")).heading, /0 users/);
});

test("search finds parts, whatever case and accents {U3}", async () => {
	assert.deepEqual(await names("q=ngstr"), ["Zoë Ångström"]);
	assert.deepEqual(await names("q=ANGSTROM"), ["Zoë Ångström"]);
	assert.deepEqual(await names("q=%C3%A5ngstr%C3%B6m"), ["Zoë Ångström"]);
	assert.deepEqual(await names("q=o%27neill"), ["María-José O'Neill"]);
	assert.deepEqual(await names("q=maria-jose"), ["María-José O'Neill"]);
	assert.deepEqual(await names("q=ivy%40later.test"), ["Ivy Later"]);
	assert.deepEqual(await names("q=helpdesk"), ["María-José O'Neill"], "by role");
	assert.equal((await all("q=builder")).length, 5);
	assert.deepEqual(await names("q=zo"), ["Zoë Ångström"], "two letters: beginnings of words");
	assert.deepEqual(await names("q=ng"), [], "not inside");
	assert.deepEqual(await names("q=%C3%A5n"), ["Zoë Ångström"]);
	assert.deepEqual((await names("q=i")).sort(), ["Ivy Later", "Person I Row8"]);
	assert.deepEqual(await names("q=ivy&status=active"), []);
});

test("what is typed into the search is text and nothing else {U3}", async () => {
	for (const q of ["%", "_", "\"", "*", "\\", "';--", "NEAR(a b)", "a\" OR \"b", "{{7*7}}", "%'", "a*b",
		"-x", "^a", "(", "col:x", "   ", "x".repeat(100)]) {
		const page = await admin.get(`${place.base}/users?q=${encodeURIComponent(q)}`);
		assert.equal(page.status, 200, q);
		assert.ok(rowsOf(page).length === 0 || !q.trim(), `${q} found ${rowsOf(page).length}`);
		assert.equal(decoded(/id="q" name="q" value="([^"]*)"/.exec(page.body)[1]), q.trim());
	}
	assert.equal((await admin.get(`${place.base}/users?q=${"x".repeat(101)}`)).status, 422);
	for (const query of ["sort=password", "sort=name;--", "dir=sideways", "q=%ff", "q=a%00b", "q=%E2%80%AEabc"])
		assert.ok([400, 422].includes((await admin.get(`${place.base}/users?${query}`)).status), query);
	const id = await place.id(place.email("admin"));
	for (const query of ["status=nope", "role=nope", "group=1", "factor=maybe", "status=active&status=nope", "after=zzz",
		"sort=seen&after=x&id=0000000000047"]) {
		const page = await admin.get(`${place.base}/users?${query}`);
		assert.equal(page.status, 422, query);
		assert.match(page.body, new RegExp(`href="${place.base}/users">`), "it leads to the whole list");
		assert.equal((await admin.get(`${place.base}/users/bulk/logout?all=1&${query}`)).status, 422, query);
	}
	for (const query of ["session=x", "in=ever", "after=x", "client=%22"])
		assert.equal((await admin.get(`${place.base}/users/${id}/activity?${query}`)).status, 422, query);
	for (const path of ["audit", "groups", "workspaces"])
		assert.equal((await admin.get(`${place.base}/${path}?after=zzz`)).status, 422, path);
	// A role that was deleted meanwhile, or of another account: nobody has it.
	assert.equal(rowsOf(await admin.get(`${place.base}/users?role=0000000000047`)).length, 0);
});

test("the heading counts, and segments lead on {U4}", async () => {
	assert.match((await list()).heading, /30 users/);
	assert.match((await list("status=invited")).heading, /1 user$/);
	assert.match((await list("q=person")).heading, /24 users/);
	const segments = Object.fromEntries([...(await list()).body
		.matchAll(/<li><a href="([^"]*)"[^>]*>([^<]*?) ?(?:<span>([^<]*)<\/span>)?<\/a><\/li>/g)]
		.map(([, href, label, count]) => [label.trim(), [decoded(href), count]]));
	assert.equal(segments.All[1], "30");
	assert.equal(segments.Invited[1], "1");
	assert.equal(segments.Deactivated[1], "1");
	assert.equal(segments.Dormant[1], "0");
	assert.equal(segments["No second factor"][1], "28");
	assert.deepEqual(rowsOf(await admin.get(segments.Deactivated[0])).map((row) => row.name), ["Olaf Force"]);
	assert.match((await admin.get(segments["No second factor"][0])).heading, /28 users/);
});

test("times are shown as the reader likes, with the whole time on hover {U7}", async () => {
	const { row } = rowsOf(await list("q=ada"))[0];
	const times = [...row.matchAll(/<time datetime="([^"]*)" title="([^"]*)">([^<]*)</g)];
	assert.equal(times.length, 2);
	for (const [, iso, title, shown] of times) {
		assert.match(iso, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
		assert.equal(title, iso);
		assert.match(shown, /^Today \d\d:\d\d$/);
	}
	assert.match(rowsOf(await list("q=ivy"))[0].row, /Never/);
});

test("nothing matches: said, with a way back {E12}", async () => {
	const page = await list("q=nobodyhasthis&sort=email");
	assert.match(page.text, /Nothing matches/);
	const reset = decoded([...page.body.matchAll(/<a[^>]*href="([^"]*)"[^>]*>Reset<\/a>/g)].pop()[1]);
	assert.equal(rowsOf(await admin.get(reset)).length, 30);
});

test("who may not see the list is told so, and led to where they may be {E12}", async () => {
	for (const script of [true, false])
		await withChrome(site, { script }, async (page) => {
			await signIn(page, place.email("long"), PASSWORD);
			for (const path of ["/users?status=invited", "/roles", "/audit"]) {
				await page.goto(place.base + path);
				await page.getByRole("heading", { name: "You may not open this" }).waitFor();
				assert.match(await page.locator("main").innerText(), /Your role in this account does not allow it/);
				assert.equal(await page.getByRole("table").count(), 0, "no empty list");
			}
			await page.getByRole("link", { name: "Go to the start page" }).click();
			await page.waitForURL((url) => url.pathname === `${place.base}/settings`);
		});
});

test("names stand in bdi, and long ones break nothing {E13}", async () => {
	const page = await list("q=wolfe");
	assert.match(page.body, new RegExp(`<bdi>${LONG}</bdi>`));
	await withChrome(site, { viewport: { width: 390, height: 800 } }, async (chrome) => {
		await signIn(chrome, place.email("admin"), PASSWORD);
		for (const path of ["/users?q=wolfe", `/users/${await place.id(place.email("long"))}`]) {
			await chrome.goto(place.base + path);
			const wide = await chrome.evaluate(() => document.documentElement.scrollWidth);
			assert.ok(wide <= 390, `${path} is ${wide} wide`);
		}
	});
});

test("the list in a browser: search, filter, sort, segment, all by the address {U2 U3 U4 E1}", async () => {
	for (const script of [true, false])
		await withChrome(site, { script, permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
			await signIn(page, place.email("admin"), PASSWORD);
			await page.goto(`${place.base}/users`);
			if (script) {
				const row = page.locator("tbody tr", { hasText: place.email("zoe") });
				await row.hover();
				await row.getByRole("button", { name: `Copy ${place.email("zoe")}` }).click();
				await page.waitForFunction(async (text) => await navigator.clipboard.readText() === text, place.email("zoe"));
			}
			await page.getByRole("searchbox", { name: /^Search by/ }).fill("person");
			await page.getByRole("searchbox", { name: /^Search by/ }).press("Enter");
			await page.getByRole("heading", { name: /24 users/ }).waitFor();
			assert.equal(new URL(page.url()).searchParams.get("q"), "person");
			await page.locator("summary", { hasText: "Role" }).click();
			await page.getByRole("checkbox", { name: "Guest" }).check();
			await page.getByRole("checkbox", { name: "Builder" }).check();
			await page.getByRole("button", { name: "OK" }).first().click();
			await page.getByRole("heading", { name: /8 users/ }).waitFor();
			assert.deepEqual(new URL(page.url()).searchParams.getAll("role").sort(),
				[role.Builder, role.Guest].sort());
			await page.getByRole("columnheader", { name: "Email" }).getByRole("link").click();
			await page.locator("th[aria-sort=ascending]", { hasText: "Email" }).waitFor();
			assert.equal(new URL(page.url()).searchParams.get("sort"), "email");
			assert.equal(new URL(page.url()).searchParams.get("q"), "person", "the search stays");
			await page.goBack();
			await page.getByRole("heading", { name: /8 users/ }).waitFor();
			await page.getByRole("link", { name: "Reset", exact: true }).last().click();
			await page.getByRole("heading", { name: /30 users/ }).waitFor();
			await page.getByRole("link", { name: /^Invited/ }).click();
			await page.getByRole("heading", { name: /1 user$/ }).waitFor();
			await page.getByRole("link", { name: "Ivy Later", exact: true }).click();
			await page.getByRole("heading", { name: /^Ivy Later/ }).waitFor();
			assert.match(await page.title(), /^Ivy Later · /);
		});
});

test("a list that cannot be had any more gives way to the page that says why {E1 E4 E11}", async () => {
	const email = place.email("mar");
	const act = async (what, fields) => assert.equal((await admin.submit(
		`${place.base}/users/${await place.id(email)}/${what}`, fields)).status, 303, what);
	const sort = (page, name) => page.getByRole("columnheader", { name }).getByRole("link").click();
	const csrf = (await list()).form("/signout").fields.csrf;
	await withChrome(site, {}, async (page) => {
		await signIn(page, email, PASSWORD);
		await page.goto(`${place.base}/users?q=person`);
		await admin.send(`${place.base}/users/${await place.id(email)}/logout`, { csrf });
		await sort(page, "Email");
		await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
		assert.equal(await page.title(), "Sign in · Tenantry");
		assert.equal(new URL(page.url()).pathname, "/signin");
		await page.getByLabel("Email", { exact: true }).fill(email);
		await page.getByRole("button", { name: "Sign in" }).click();
		await page.locator("th[aria-sort=ascending]", { hasText: "Email" }).waitFor();
		await page.getByRole("heading", { name: /24 users/ }).waitFor();
		await admin.send(`${place.base}/users/${await place.id(email)}/logout`, { csrf });
		await page.getByRole("link", { name: "Invite user" }).click();
		await page.getByLabel("Email", { exact: true }).fill(email);
		await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
		await page.getByRole("button", { name: "Sign in" }).click();
		await page.getByRole("heading", { name: "Invite user" }).waitFor();
		// What nginx says when the program does not answer; then it does again.
		await page.goto(`${place.base}/users?q=person`);
		await page.route(/sort=role/, (route) => route.fulfill({ status: 502, body: "<h1>Bad</h1>" }),
			{ times: 1 });
		await sort(page, "Role");
		await page.locator("th[aria-sort=ascending]", { hasText: "Role" }).waitFor();
		await act("role", { role: role.Guest });
		await sort(page, "Status");
		await page.getByRole("heading", { name: "You may not open this" }).waitFor();
		assert.equal(new URL(page.url()).searchParams.get("sort"), "status");
		assert.equal(await page.getByRole("navigation").first().isVisible(), true, "the whole page");
	});
});
