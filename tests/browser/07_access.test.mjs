// Who may open what, what is said to those who may not, and what the log keeps of it.
import assert from "node:assert/strict";
import test from "node:test";
import { crockford, makePlace, PASSWORD } from "./fixtures.mjs";
import { until } from "./site.mjs";
import { decoded, Visitor } from "./visitor.mjs";

const SECTIONS = { Users: "/users", Groups: "/groups", Roles: "/roles", General: "/general", Security: "/security",
	"Audit log": "/audit" };
const OPEN_TO = { admin: ["Users", "Groups", "Roles", "General", "Security", "Audit log"], bui: ["Users", "Groups"], con: [], gue: [],
	sta: ["Users"], aud: ["Users", "Groups", "Roles", "General", "Security", "Audit log"], hel: ["Users"], sub: ["Users"] };
let place, other, site, branch;

test("the accounts of these tests", async () => {
	place = await makePlace("gate", { bui: ["Bui Gate", "Builder"], con: ["Con Gate", "Consumer"],
		gue: ["Gue Gate", "Guest"], sta: ["Sta Gate", "Staff"], aud: ["Aud Gate", "Auditor"],
		hel: ["Hel Gate", "Helpdesk"] });
	site = place.site;
	branch = await site.addOrganization(place.slug, "North branch");
	await place.add("sub", "Sub Gate", "Admin", branch);
	await place.add("low", "Low Gate", "Guest", branch);
	other = await makePlace("gate", { bui: ["Bui Gate", "Builder"] }, "Place gate");
});

for (const [key, open] of Object.entries(OPEN_TO))
	test(`${key}: the menu has what may be opened, the rest is a 403 with a decision id {E4 R4}`, async () => {
		const visitor = await place.as(key);
		const page = await visitor.get(`${place.base}/settings`);
		assert.equal(page.status, 200);
		const side = /<nav class="side"[\s\S]*?<\/nav>/.exec(page.body)[0];
		for (const [label, path] of Object.entries(SECTIONS)) {
			const there = open.includes(label);
			assert.equal(side.includes(`href="${place.base}${path}"`), there, label);
			const answer = await visitor.get(place.base + path);
			assert.equal(answer.status, there ? 200 : 403, path);
			if (there)
				continue;
			const id = /<dt>Decision<\/dt><dd><code>([0-9a-z]{13})<\/code>/.exec(answer.body);
			assert.ok(id, answer.text);
			const again = await visitor.get(place.base + path);
			assert.ok(again.body.includes(id[1]), "the same id for ten minutes");
			const found = await site.rows(`SELECT d.id FROM decisions d JOIN tenants t ON t.id = d.tenant_id
				JOIN members m ON m.tenant_id = d.tenant_id AND m.id = d.member_id
				WHERE t.slug = '${place.slug}' AND m.email = '${place.email(key)}' AND d.matter LIKE '%${path}'`);
			assert.deepEqual(found.map((row) => crockford(row.id)), [id[1]]);
		}
	});

test("a foreign account answers as one that is not there, byte for byte {E4}", async () => {
	const visitor = await place.as("admin");
	const texts = new Set();
	for (const path of [`${other.base}/users`, "/t/nosuchplace/users", "/t/x/users"]) {
		const answer = await visitor.get(path);
		assert.equal(answer.status, 404);
		texts.add(answer.body.replace(/[0-9a-f]{26}/g, ""));
	}
	assert.equal(texts.size, 1);
	const nobody = new Visitor(site);
	for (const path of [other.base, "/t/nosuchplace"]) {
		const answer = await nobody.get(`${path}/users`);
		assert.equal(answer.location, `/signin?next=${encodeURIComponent(`${path}/users`)}`);
	}
});

test("a foreign id answers as one that is not there, byte for byte {E4}", async () => {
	const visitor = await place.as("admin");
	const foreign = await other.id(other.email("bui"));
	const csrf = (await visitor.get(`${place.base}/users`)).form("/signout").fields.csrf;
	for (const act of ["", "/role", "/deactivate", "/remove", "/reset", "/resend", "/link"]) {
		const texts = [];
		for (const id of [foreign, "0000000000001", "zzzzzzzzzzzzz", "short"]) {
			const answer = await visitor.get(`${place.base}/users/${id}${act}`);
			assert.equal(answer.status, 404, `${act} ${id}`);
			texts.push(answer.body.replace(/[0-9a-f]{26}/g, ""));
		}
		assert.equal(new Set(texts).size, 1, act);
	}
	for (const act of ["role", "deactivate", "reactivate", "remove", "logout", "unlock", "reset", "resend",
		"cancel", "link"]) {
		const texts = [];
		for (const id of [foreign, "0000000000001"]) {
			const answer = await visitor.send(`${place.base}/users/${id}/${act}`, { csrf });
			assert.equal(answer.status, 404, `${act} ${id}: ${answer.text}`);
			texts.push(answer.body.replace(/[0-9a-f]{26}/g, ""));
		}
		assert.equal(new Set(texts).size, 1, act);
	}
	const foreignRole = await other.role("Builder");
	const own = await place.id(place.email("gue"));
	const answer = await visitor.submit(`${place.base}/users/${own}/role`, { role: foreignRole });
	assert.equal(answer.status, 422, "a role of another account is none");
	assert.equal((await visitor.get(`${place.base}/roles/${foreignRole}`)).status, 404);
});

test("an administrator of an organization acts there and below, never above {R4a}", async () => {
	const sub = await place.as("sub");
	const page = await sub.get(`${place.base}/users`);
	assert.match(page.heading, /2 users/);
	assert.match(page.text, /Low Gate/);
	assert.doesNotMatch(page.text, /Bui Gate|Ada gate/);
	for (const q of ["bui", "ada", "gate", "b"])
		assert.doesNotMatch((await sub.get(`${place.base}/users?q=${q}`)).text, /Bui Gate|Ada gate/);
	const above = await place.id(place.email("bui"));
	const csrf = page.form("/signout").fields.csrf;
	for (const act of ["", "/role", "/deactivate", "/remove"])
		assert.equal((await sub.get(`${place.base}/users/${above}${act}`)).status, 404, act);
	for (const act of ["role", "deactivate", "remove", "logout", "unlock", "reset"])
		assert.equal((await sub.send(`${place.base}/users/${above}/${act}`,
			{ csrf, role: await place.role("Guest") })).status, 404, act);
	const low = await place.id(place.email("low"));
	assert.equal((await sub.get(`${place.base}/users/${low}`)).status, 200);
	assert.equal((await sub.submit(`${place.base}/users/${low}/role`,
		{ role: await place.role("Consumer") })).status, 303);
	for (const path of ["/roles", "/audit"])
		assert.equal((await sub.get(place.base + path)).status, 403, `${path} needs the root`);
	const invited = await sub.submit(`${place.base}/users/invite`,
		{ name: "New Low", email: "new@low.test", role: await place.role("Guest") });
	assert.equal(invited.status, 303, invited.text);
	assert.equal((await site.one("SELECT org_path FROM members WHERE email = 'new@low.test'")).org_path, branch);
});

test("a builder cannot give what they do not hold, nor act without the permission {R4 R7}", async () => {
	const hel = await place.as("hel");
	const gue = await place.id(place.email("gue"));
	const csrf = (await hel.get(`${place.base}/users`)).form("/signout").fields.csrf;
	for (const [act, want] of [["role", 403], ["deactivate", 403], ["remove", 403], ["logout", 303],
		["unlock", 303]])
		assert.equal((await hel.send(`${place.base}/users/${gue}/${act}`,
			{ csrf, role: await place.role("Admin") })).status, want, act);
	const page = await hel.get(`${place.base}/users`);
	assert.doesNotMatch(page.body, /\/(role|deactivate|remove)"/, "no menu entry for what they may not");
});

test("the roles, what they are and who holds them {R1 R2}", async () => {
	const admin = await place.as("admin");
	const page = await admin.get(`${place.base}/roles`);
	const rows = Object.fromEntries([...page.body.matchAll(/<tr>([\s\S]*?)<\/tr>/g)]
		.map(([, row]) => [...row.matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map(([, cell]) =>
			decoded(cell.replace(/<small>[\s\S]*?<\/small>/g, "").replace(/<[^>]*>/g, "")).trim()))
		.filter((cells) => cells.length)
		.map(([name, ...cells]) => [name, cells]));
	const all = 52;
	const expected = { Admin: ["Built-in", "Tenant", "2", String(all)], Builder: ["Built-in", "Tenant", "1", "8"],
		Consumer: ["Built-in", "Tenant", "2", "4"], Guest: ["Built-in", "Tenant", "2", "1"],
		Staff: ["Custom", "Tenant", "1", "10"], User: ["Custom", "Tenant", "0", "3"],
		Owner: ["Built-in", "Workspace"], Contributor: ["Built-in", "Workspace"],
		Viewer: ["Built-in", "Workspace"] };
	for (const [name, cells] of Object.entries(expected))
		assert.deepEqual(rows[name].slice(0, cells.length), cells, name);
});

test("a role's page shows exactly its permissions {R2 R1}", async () => {
	const admin = await place.as("admin");
	const exactly = {
		Builder: `user:view group:view portal:view portal:use workspace:create workspace:view
			workspace:write workspace:execute`,
		Consumer: "portal:view portal:use workspace:view workspace:write",
		Guest: "workspace:view",
		Staff: `user:view user:invite user:edit user:activity organization:view location:view
			location:edit tag:edit device:view device:edit`,
		User: "portal:view portal:use device:view",
		Auditor: "audit:view audit:export account:view security:view user:view group:view role:view",
		Helpdesk: `user:view user:invite user:password user:factor user:logout user:activity mail:view`,
	};
	for (const [name, keys] of Object.entries(exactly)) {
		const page = await admin.get(`${place.base}/roles/${await place.role(name)}`);
		const shown = [...page.body.matchAll(/<code>([a-z_]+:[a-z_]+)<\/code>/g)].map(([, key]) => key);
		assert.deepEqual(shown.sort(), keys.trim().split(/\s+/).sort(), name);
	}
});

test("the log shows each event with its sentence {L1 L2}", async () => {
	const admin = await place.as("admin");
	const gue = await place.id(place.email("gue"));
	await admin.submit(`${place.base}/users/${gue}/role`, { role: await place.role("Consumer") });
	await new Visitor(site).signIn(place.email("gue"), "wrong password here");
	const person = await place.as("gue");
	await person.submit(`${place.base}/settings`, {}, "/signout");
	const page = await admin.get(`${place.base}/audit`);
	assert.equal(page.status, 200);
	const heads = [...page.body.matchAll(/<th[^>]*>([\s\S]*?)<\/th>/g)]
		.map(([, head]) => head.replace(/<[^>]*>/g, "").trim());
	assert.deepEqual(heads, ["Time", "Category", "Area", "Action", "Parameters", "Details", "Workspace",
		"Done by", "Client", "Address"]);
	for (const sentence of [/Ada gate changed the role of Gue Gate/, /A sign-in as Gue Gate failed/,
		/Gue Gate signed in/, /Gue Gate signed out/, /was refused/])
		assert.match(page.text, sentence);
	const row = /<tr>((?:(?!<\/tr>)[\s\S])*changed the role of Gue Gate[\s\S]*?)<\/tr>/.exec(page.body)[1];
	assert.match(row, /<code>member\.role<\/code>/);
	const cells = [...row.matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map(([, cell]) => cell.replace(/<[^>]*>/g, " ")
		.replace(/\s+/g, " ").trim());
	assert.deepEqual(cells.slice(4, 7), ["", "role Guest Consumer", "-"], "what was changed");
	const refused = /<tr>((?:(?!<\/tr>)[\s\S])*access\.denied[\s\S]*?)<\/tr>/.exec(page.body)[1];
	assert.match(refused, /<td class="fields"><dl[^>]*><div><dt>permission<[\s\S]*<dt>page<[\s\S]*<td class="fields"><\/td>/,
		"what was given");
	assert.match(row, /Web/);
	assert.match(row, /127\.0\.0\.1/);
	assert.match(row, /<time datetime="\d{4}-/);
	assert.doesNotMatch(page.body, new RegExp(`/t/${other.slug}`));
});

test("the log turns pages by key, newest first {L1 E11}", async () => {
	const admin = await place.as("admin");
	const page = await admin.get(`${place.base}/audit?rows=25`);
	const times = (answer) => [...answer.body.matchAll(/<td class="time"><time datetime="([^"]*)"/g)]
		.map(([, time]) => Date.parse(time));
	assert.equal(times(page).length, 25);
	assert.deepEqual(times(page), [...times(page)].sort((a, b) => b - a));
	const next = /<a[^>]*href="([^"]*)"[^>]*rel="next"/.exec(page.body);
	const second = await admin.get(decoded(next[1]));
	assert.equal(second.status, 200);
	assert.ok(times(second).length > 0 && times(second)[0] <= times(page)[24]);
});

test("reading the log is an event, once in ten minutes; so is a refusal {L2}", async () => {
	const aud = await place.as("aud");
	for (let i = 0; i < 4; i++)
		await aud.get(`${place.base}/audit`);
	assert.equal((await place.events("act = 60 AND actor_name = 'Aud Gate'")).length, 1);
	const con = await place.as("con");
	for (let i = 0; i < 4; i++)
		await con.get(`${place.base}/users`);
	assert.equal((await place.events(`act = 15 AND actor_name = 'Con Gate' AND fields LIKE '%/users"%'`))
		.length, 1);
});

// What a visit may leave behind: when somebody was seen and where last, that a link was opened,
// that the log was read.  In the background emails go out and what has expired goes.
const LEFT_BEHIND = { people: ["last_tenant_id"], sessions: ["seen_at"],
	members: ["signed_in_at", "active_at", "status_key"], session_tenants: ["last_at"],
	known_browsers: ["seen_at"], invitations: ["opened_at"] };
const NOT_COMPARED = /^(sqlite_|members_fts|member_days|throttle|outbox|heads|checkpoints)/;

async function everything() {
	const told = {};
	for (const { name } of await site.rows("SELECT name FROM sqlite_master WHERE type = 'table'")) {
		if (NOT_COMPARED.test(name))
			continue;
		const where = name === "events" ? "WHERE act <> 60" : "";
		for (const row of await site.rows(`SELECT * FROM ${name} ${where}`)) {
			// Each event is chained to those before it, and those of reading are among them.
			for (const column of [...LEFT_BEHIND[name] || [], ...(where ? ["seq", "hash"] : [])])
				delete row[column];
			(told[name] ||= []).push(JSON.stringify(row));
		}
		told[name]?.sort();
	}
	return told;
}

test("a GET changes nothing: every link of an administrator's pages, the database compared {L2 E3}", async () => {
	const admin = await place.as("admin");
	await admin.submit(`${place.base}/users/invite`, { name: "Inv Gate", email: "inv@gate.test",
		role: await place.role("Guest") });
	await site.post.get("inv@gate.test");
	const before = await everything();
	assert.ok(Object.keys(before).length > 12, Object.keys(before).join());
	const seen = new Set([place.base, `${place.base}/users?status=invited`, `${place.base}/jobs/zzzzzzzzzzzzz`,
		`${place.base}/users/${await place.id(place.email("gue"))}/unlock`]);
	for (const path of seen) {
		const page = await admin.get(path);
		assert.ok(page.status < 500, `${path}: ${page.status}`);
		const found = [...page.body.matchAll(/<a[^>]* href="(\/[^"#]*)"/g), ...page.body
			.matchAll(/formaction="(\/[^"]*)"/g), ...page.body.matchAll(/<form action="(\/[^"]*)"/g)]
			.map(([, href]) => decoded(href)).concat(page.location || []);
		// Orders and searches of one list are the same page.
		for (const href of found)
			if (!/[?&](sort|dir|rows|before|after|id|q|status|role|factor)=/.test(href))
				seen.add(href);
	}
	assert.ok(seen.size > 60, `${seen.size} addresses`);
	for (const part of ["/role", "/deactivate", "/remove", "/reset", "/cancel", "/resend", "/link", "/logout",
		"/signout", "/users/invite", "/audit", "/roles/", "/legal"])
		assert.ok([...seen].some((path) => path.includes(part)), part);
	assert.deepEqual(await everything(), before);
});

test("a form from elsewhere is refused, changes nothing, and is an event {E3}", async () => {
	const admin = await place.as("admin");
	const gue = await place.id(place.email("gue"));
	const target = `${place.base}/users/${gue}/deactivate`;
	const form = (await admin.get(target)).form(target);
	const stranger = await place.as("admin");
	const strange = (await stranger.get(target)).form(target).fields.csrf;
	const site2 = { "sec-fetch-site": undefined };
	const tries = [
		[{ ...form.fields, csrf: "" }, {}],
		[{ ...form.fields, csrf: "x" }, {}],
		[{ ...form.fields, csrf: strange }, {}],
		[form.fields, { "sec-fetch-site": "cross-site" }],
		[form.fields, { "sec-fetch-site": "same-site" }],
		[form.fields, { ...site2, origin: "null" }],
		[form.fields, { ...site2, origin: undefined }],
		[form.fields, { ...site2, origin: `https://console.test.evil.example` }],
		[form.fields, { ...site2, origin: `${site.base}.evil.example` }],
		[form.fields, { ...site2, origin: site.base.replace("https", "http") }],
	];
	for (const [fields, headers] of tries) {
		const answer = await admin.send(target, fields, { headers });
		assert.equal(answer.status, 403, JSON.stringify(headers));
		assert.match(answer.text, /not sent from a page of this site/);
	}
	const text = await admin.send(target, "csrf=x", { headers: { "content-type": "text/plain" } });
	assert.equal(text.status, 415);
	assert.equal((await site.one(`SELECT status FROM members WHERE email = '${place.email("gue")}'`)).status,
		"active");
	assert.ok((await place.events("act = 14")).length >= 1);
	const cross = await new Visitor(site).send("/signin", { email: place.email("admin"), password: PASSWORD },
		{ headers: { "sec-fetch-site": "cross-site", origin: "https://evil.example" } });
	assert.equal(cross.status, 403);
	assert.deepEqual(cross.all("set-cookie"), []);
	const good = await admin.send(target, form.fields, { headers: site2 });
	assert.equal(good.status, 303, "an older browser sends the origin alone");
});

const HEADERS = {
	"content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
		+ "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	"strict-transport-security": "max-age=31536000; includeSubDomains",
	"x-content-type-options": "nosniff",
	"referrer-policy": "same-origin",
	"cross-origin-opener-policy": "same-origin",
	"cross-origin-resource-policy": "same-origin",
	"cache-control": "no-store",
};

test("every page has exactly the headers it should, errors too {E7}", async () => {
	const admin = await place.as("admin");
	const nobody = new Visitor(site);
	const answers = [
		await admin.get(`${place.base}/users`), await admin.get(`${place.base}/nothing`),
		await admin.get(`${other.base}/users`), await nobody.get("/signin"), await nobody.get("/nothing"),
		await nobody.get("/legal"), await nobody.get("/reset"), await nobody.get("/static/none.css"),
		await nobody.ask("PUT", "/signin"), await nobody.ask("DELETE", `${place.base}/users`),
		await nobody.get(`/${"a".repeat(3000)}`), await nobody.get("/%ff"),
		await nobody.get("/", { headers: { host: "evil.example" } }),
		await nobody.ask("POST", "/forgot", { body: "x".repeat(70000), headers: { origin: site.base,
			"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded" } }),
		await (await place.as("gue")).get(`${place.base}/users`),
	];
	const statuses = answers.map((answer) => answer.status);
	assert.deepEqual(statuses.filter((status) => status >= 500), [], String(statuses));
	for (const answer of answers) {
		for (const [name, value] of Object.entries(HEADERS))
			assert.deepEqual(answer.all(name), [value], `${name} of ${answer.url.slice(0, 60)} (${answer.status})`);
		assert.equal(answer.all("permissions-policy").length, 1);
		assert.match(answer.headers["permissions-policy"], /camera=\(\).*geolocation=\(\).*microphone=\(\)/);
		assert.equal(answer.headers["content-type"], "text/html; charset=utf-8", answer.url.slice(0, 60));
		assert.equal(answer.headers.server, "nginx");
		assert.equal(answer.headers["x-powered-by"], undefined);
		assert.match(answer.body, /<html lang="en"/, answer.url.slice(0, 60));
	}
	assert.deepEqual(statuses, [200, 404, 404, 200, 404, 200, 410, 404, 405, 405, 414, 400, 421, 413, 403]);
	for (const answer of answers.filter((one) => one.status === 405))
		assert.match(answer.headers.allow, /GET/);
});

test("static files are kept for ever, and nothing else is {E16}", async () => {
	const nobody = new Visitor(site);
	const page = await nobody.get("/signin");
	const files = [...page.body.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map(([, file]) => file);
	assert.ok(files.length >= 3);
	for (const file of new Set(files)) {
		const answer = await nobody.get(file);
		assert.equal(answer.status, 200, file);
		assert.equal(answer.headers["cache-control"], "public, max-age=31536000, immutable");
		assert.equal(answer.headers["x-content-type-options"], "nosniff");
		assert.equal(answer.headers["strict-transport-security"], HEADERS["strict-transport-security"]);
		assert.match(answer.headers["content-type"], /^(text\/css|text\/javascript|image\/svg\+xml)/);
	}
	const admin = await place.as("admin");
	const deceived = await admin.get(`${place.base}/settings/x.css`);
	assert.equal(deceived.status, 404);
	assert.equal(deceived.headers["cache-control"], "no-store");
	for (const path of ["/static/../tenantry.conf", "/static/..%2f..%2fetc/passwd", "/static/"])
		assert.ok([400, 404].includes((await nobody.get(path)).status), path);
});

test("cookies are exactly these {S5}", async () => {
	const visitor = new Visitor(site);
	const answer = await visitor.signIn(place.email("admin"), PASSWORD);
	const [session, device] = answer.all("set-cookie");
	assert.match(session, /^__Host-sid=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
	assert.match(device, /^__Host-dev=[\w-]+; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=34560000$/);
	assert.equal(answer.all("set-cookie").length, 2);
	assert.deepEqual((await visitor.get(`${place.base}/users`)).all("set-cookie"), []);
	const link = await visitor.get("/invite?t=abc");
	assert.match(link.all("set-cookie")[0], /^__Host-link=abc; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=600$/);
	assert.equal(link.location, "/invite");
	const left = await visitor.submit(`${place.base}/users`, {}, "/signout");
	assert.match(left.all("set-cookie")[0], /^__Host-sid=; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=0$/);
	assert.equal(left.headers["clear-site-data"], '"cache", "storage"');
	const page = await visitor.get("/signin");
	assert.deepEqual(page.all("set-cookie"), []);
});

test("odd cookies are no session, and never a fault {S5}", async () => {
	const admin = await place.as("admin");
	const sid = admin.cookies.get("__Host-sid");
	const row = await site.one("SELECT hex(hash) AS hash FROM sessions ORDER BY id DESC LIMIT 1");
	for (const cookie of [`__Host-sid=${sid}; __Host-sid=${sid}`, "__Host-sid=", "__Host-sid=!!!!",
		`__Host-sid=${sid}x`, `__Host-sid=${sid.slice(1)}`, `__Host-sid=${"A".repeat(43)}`, ";;;===",
		`__Host-sid=${Buffer.from(row.hash, "hex").toString("base64url")}`, `sid=${sid}`,
		`__Host-sid=${"A".repeat(9000)}`]) {
		const answer = await new Visitor(site).get(`${place.base}/users`, { headers: { cookie } });
		assert.ok([303, 400].includes(answer.status), `${cookie.slice(0, 50)}: ${answer.status}`);
	}
	const twice = await new Visitor(site).get(`${place.base}/users`,
		{ headers: { cookie: [`__Host-sid=${sid}`, `a=b`] } });
	assert.ok([200, 303, 400].includes(twice.status));
});

test("another host's name is not answered, and no header makes an address {E7}", async () => {
	const nobody = new Visitor(site);
	const sent = await nobody.send("/forgot", { email: place.email("bui") }, { headers: {
		"x-forwarded-host": "evil.example", "x-forwarded-proto": "http", forwarded: "host=evil.example" } });
	assert.equal(sent.status, 200);
	const mail = await site.post.get(place.email("bui"));
	assert.ok(mail.link.startsWith(`${site.base}/reset?t=`), mail.link);
});

test("the machine's own pages, and the log with request ids {E7}", async () => {
	const nobody = new Visitor(site);
	assert.equal((await nobody.get("/healthz")).body, "ok\n");
	assert.equal((await nobody.get("/readyz")).body, "ready\n");
	const page = await nobody.get("/nothing");
	const id = /<dt>Request<\/dt><dd><code>([0-9a-f]+)<\/code>/.exec(page.body)[1];
	const line = await until(() => site.log().find((one) => one.request === id), "the request in the log");
	assert.equal(line.status, "404");
	assert.ok(!JSON.stringify(site.log()).includes("?t="), "no query in the log");
});

test("/metrics is for the machine itself {E7}", async () => {
	const here = await new Visitor(site).get("/metrics");
	assert.equal(here.status, 200);
	assert.match(here.headers["content-type"], /^text\/plain; version=0\.0\.4/);
	assert.match(here.body, /^# TYPE tenantry_up gauge\ntenantry_up 1$/m);
	for (const name of ["tenants", "emails_waiting", "emails_due", "emails_late_seconds", "jobs_open",
		"audit_lost_total", "crashes_total"])
		assert.match(here.body, new RegExp(`^tenantry_${name} \\d+$`, "m"));
	assert.equal(Number(/^tenantry_tenants (\d+)$/m.exec(here.body)[1]),
		Number((await site.one("SELECT count(*) AS n FROM tenants")).n));
	for (const headers of [{}, { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1" }])
		assert.equal((await new Visitor(site, { from: "127.0.0.97" }).get("/metrics", { headers })).status, 404);
});

test("legal in the footer and the menu, titles, icon, security.txt {E8 E16}", async () => {
	const admin = await place.as("admin");
	for (const [visitor, path] of [[admin, `${place.base}/users`], [new Visitor(site), "/signin"]]) {
		const page = await visitor.get(path);
		assert.match(page.body, /<footer[\s\S]*<a href="\/legal[^"]*">Security and legal<\/a>[\s\S]*<\/footer>/);
		assert.match(page.body, /<link rel="icon" href="\/static\/favicon/);
		assert.match(page.title, / · (Place gate|Tenantry)$/);
	}
	assert.match((await admin.get(`${place.base}/users`)).body, /id="me-menu"[\s\S]*Security and legal/);
	assert.equal((await new Visitor(site).get("/legal")).status, 200);
	assert.equal((await new Visitor(site).get(`/legal?t=${place.slug}`)).status, 200);
	const txt = await new Visitor(site).get("/.well-known/security.txt");
	assert.match(txt.headers["content-type"], /^text\/plain/);
	assert.match(txt.body, /^Contact: mailto:/m);
	const expires = Date.parse(/^Expires: (.*)$/m.exec(txt.body)[1]);
	assert.ok(expires > Date.now() && expires < Date.now() + 366 * 86400000);
});
