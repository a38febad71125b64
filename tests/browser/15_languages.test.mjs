// Languages: whose a page and an email are in, German complete and nowhere too wide, and by a made
// language that marks each of its texts, that no page has any text of another kind.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { signIn, withChrome } from "./chrome.mjs";
import { makePlace, PASSWORD, PASSWORD2 } from "./fixtures.mjs";
import { source, until } from "./site.mjs";
import { decoded, Visitor } from "./visitor.mjs";

// All English texts, as translators get them.
const pot = execFileSync(process.env.AWK || "awk", ["-v", `root=${source}/`, "-f",
	path.join(source, "src/tools/pot.awk"), ...walk("templates", /\.mustache$/), ...walk("src", /\.(c|def)$/)],
{ encoding: "utf8", maxBuffer: 1 << 24 });

function walk(folder, wanted) {
	return fs.readdirSync(path.join(source, folder), { recursive: true }).filter((name) => wanted.test(name))
		.sort().map((name) => path.join(source, folder, name));
}

// Entries as { context, id, plural, forms }.
function entries(text) {
	return text.split(/\n\n+/).map((block) => {
		const got = {}, forms = [];
		let part;
		for (const line of block.split("\n").filter((one) => one && !one.startsWith("#"))) {
			const [, word, form] = /^(msg[a-z_]+)(?:\[(\d)\])? /.exec(line) || [];
			if (word)
				part = word === "msgstr" ? `form${form || 0}` : word;
			got[part] = (got[part] || "") + JSON.parse(line.slice(line.indexOf("\"")).replace(/\t/g, "\\t"));
		}
		for (let i = 0; `form${i}` in got; i++)
			forms.push(got[`form${i}`]);
		return { context: got.msgctxt, id: got.msgid, plural: got.msgid_plural, forms };
	}).filter((entry) => entry.id);
}

const key = (entry) => `${entry.context || ""}\u0004${entry.id}`;

test("German has every text that templates and sources say {E5}", () => {
	const said = entries(pot);
	const german = entries(fs.readFileSync(path.join(source, "locales/de.po"), "utf8"));
	const have = new Map(german.map((entry) => [key(entry), entry]));
	assert.ok(said.length > 700, `${said.length} texts`);
	assert.deepEqual(said.filter((entry) => !have.has(key(entry))).map((entry) => entry.id), []);
	assert.deepEqual(german.filter((entry) => entry.forms.length !== (entry.plural ? 2 : 1) ||
		entry.forms.some((form) => !form)).map((entry) => entry.id), []);
});

let place, site, pages, links, secret;

// What a reader sees of a page, piece by piece.
function shown(body) {
	// Time zones are named by cities, whatever the language.
	const page = body.replace(/<(script|style|template)[\s\S]*?<\/\1>/g, " ").replace(/<\/?bdi>/g, "")
		.replace(/<select[^>]*name="timezone"[\s\S]*?<\/select>/g, " ");
	const pieces = [...page.matchAll(/\s(?:title|aria-label|placeholder|alt)="([^"]*)"/g)].map(([, text]) => text);
	return [...pieces, ...page.replace(/<[^>]*>/g, "\n").split("\n")].map((text) =>
		decoded(text).trim()).filter(Boolean);
}

// A second factor for somebody; its key.
async function enrol(key) {
	const visitor = await place.as(key), target = `${place.base}/profile/factor/on`;
	const page = await visitor.get(target);
	const found = decoded(/id="secret" value="([^"]*)"/.exec(page.body)[1]);
	site.secrets.add(found.replace(/ /g, ""));
	const on = await visitor.send(target, { ...page.form(target).fields, code: await site.totp(found),
		password: PASSWORD });
	assert.equal(on.status, 200, on.text);
	return found;
}

// A table of people, as the form for it is sent.
async function sendTable(visitor, kind, text) {
	const target = `${place.base}/users/${kind}`, line = "----lingua";
	const { csrf, form_id } = (await visitor.get(target)).form(target).fields;
	const part = (name, value, more = "") =>
		`--${line}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
	return visitor.send(target, part("csrf", csrf) + (form_id ? part("form_id", form_id) : "") +
		part("role", await place.role("Guest")) + part("file", text, `; filename="people.csv"\r\ncontent-type: text/csv`) +
		`--${line}--\r\n`, { headers: { "content-type": `multipart/form-data; boundary=${line}` } });
}

// Answers that no address alone leads to: the second step, proofs, what is wrong with a form, refusals.
async function answers(language) {
	const { base } = place, all = [];
	const keep = (status, answer) => {
		assert.equal(answer.status, status, `${answer.url}: ${answer.text.slice(0, 200)}`);
		all.push([answer.url, answer]);
		return answer;
	};
	const fay = new Visitor(site, { language }), factor = `${base}/profile/factor`;
	await fay.signIn(place.email("fay"), PASSWORD);
	const { fields } = keep(200, await fay.get("/signin/code")).form("/signin/code");
	keep(422, await fay.send("/signin/code", { ...fields, code: "12345" }));
	keep(200, await fay.send("/signin/code", { ...fields, change: "recovery" }));
	await site.forgetCodes(place.email("fay"));
	assert.equal((await fay.send("/signin/code", { ...fields, code: await site.totp(secret) })).status, 303);
	keep(200, await fay.get(factor));
	keep(200, await fay.get(`${factor}/off`));
	keep(422, await fay.submit(`${factor}/off`, { password: "", code: "" }));
	keep(200, await fay.get(`${factor}/codes`));
	for (const [, code] of keep(200, await fay.submit(`${factor}/codes`)).body.matchAll(/<code>([A-Z2-7-]{29})</g))
		site.secrets.add(code);
	await site.stale(place.email("fay"));
	keep(200, await fay.open(`${base}/profile/data`));
	const sue = await place.as("sue"), role = `${base}/users/${await place.id(place.email("bo"))}/role`;
	const form = (await sue.get(role)).form(role);
	await site.stale(place.email("sue"));
	keep(200, await sue.open(role));
	const asked = keep(401, await sue.send(role, form.fields));
	keep(422, await sue.send("/signin/proof", { ...asked.form("/signin/proof").fields, password: "" }));
	const admin = await place.as("admin");
	const tom = `${base}/users/${await place.id(place.email("tom"))}/password`;
	assert.equal((await admin.submit(tom, { password: PASSWORD2 })).status, 303);
	const forced = new Visitor(site, { language });
	await forced.signIn(place.email("tom"), PASSWORD2);
	keep(200, await forced.get("/signin/password"));
	keep(422, await forced.submit("/signin/password", { password: "short", again: "other" }));
	keep(422, await admin.submit(`${base}/users/invite`, { name: "", email: "nothing", phone: "nothing" }));
	keep(422, await admin.submit(`${base}/profile/password`, { current: "", password: "short", again: "other" }));
	keep(422, await sendTable(admin, "import", ""));
	keep(422, await sendTable(admin, "import", "color\nred\n"));
	keep(404, await admin.get(`${base}/users/nothing`));
	keep(403, await (await place.as("gus")).get(`${base}/users`));
	keep(410, await new Visitor(site, { language }).get("/invite"));
	return all;
}

test("an account in German, and everything that its pages show", async () => {
	place = await makePlace("lingua", { bo: ["Bo Lingua", "Builder"], off: ["Off Lingua", "User"],
		gus: ["Gus Lingua", "Guest"], fay: ["Fay Lingua", "Guest"], sue: ["Sue Lingua", "Admin"],
		tom: ["Tom Lingua", "Guest"] });
	site = place.site;
	await site.stop();
	await site.write(`UPDATE tenants SET language = 'de' WHERE slug = '${place.slug}';
		UPDATE people SET language = 'de' WHERE email LIKE '%@${place.slug}.test'`);
	await site.start();
	const admin = await place.as("admin");
	await admin.submit(`${place.base}/users/${await place.id(place.email("off"))}/deactivate`);
	await admin.submit(`${place.base}/users/invite`, { name: "Dee Lingua", email: `dee@${place.slug}.test`,
		role: await place.role("Guest") });
	// From elsewhere: so many emails an hour are asked for from one address, and the others did.
	await new Visitor(site, { from: "127.0.0.95" }).submit("/forgot", { email: place.email("bo") });
	links = { invite: (await site.post.get(`dee@${place.slug}.test`)).link,
		reset: (await site.post.get(place.email("bo"))).link };
	secret = await enrol("fay");
	const [bo, dee, off, fay] = [await place.id(place.email("bo")), await place.id(`dee@${place.slug}.test`),
		await place.id(place.email("off")), await place.id(place.email("fay"))];
	const { base } = place;
	const table = await sendTable(admin, "import", `email,name\n${place.email("bo")},Bo Lingua\n` +
		`dee@${place.slug}.test,Dee Lingua\ntest,Gus Lingua\nada@test.test,Ada Lingua\nada@test.test,\n`);
	const group = await place.group("Lingua", "Staff", "bo");
	const space = await place.workspace("Lingua", { bo: "Contributor" });
	const many = `users/bulk/deactivate?id=${await place.id(place.email("admin"))}&id=${dee}`;
	const job = await admin.submit(`${base}/${many}`);
	pages = ["users", "users?q=niemand", "users?status=invited", `users/${bo}`, `users/${bo}/role`,
		`users/${bo}/edit`, `users/${bo}/activity`, `users/${bo}/sessions`,
		`users/${bo}/access`, `users/${bo}/why?permission=user:view`, `users/${bo}/why?permission=audit:view`, `users/${bo}/deactivate`,
		`users/${bo}/remove`, `users/${bo}/reset`, `users/${bo}/delete`, `users/${off}/reactivate`, `users/${dee}`,
		`users/${dee}/resend`, `users/${dee}/cancel`, `users/${dee}/link`, "users/invite", "users/logout",
		"groups", "groups/new", ...["", "/edit", "/delete", "/add", `/members/${bo}/until`,
			`/members/${bo}/remove`].map((one) => `groups/${group}${one}`), "workspaces", "workspaces/new", "portal", "why", "general", "security",
		...["", "/access", "/edit", "/delete", "/add", "/leave", `/members/${bo}/role`, `/members/${bo}/remove`]
			.map((one) => `workspaces/${space}${one}`), "roles", `roles/${await place.role("Staff")}`, "settings", "audit", "search?q=lingua", "search?q=zz", "search",
		"profile", "profile/password", "profile/email", "profile/sessions", "profile/activity", "profile/data",
		"profile/delete", "profile/factor", "profile/factor/on", "users/columns", "users/export",
		`users/export?id=${bo}`, "users/invite/many", "users/import", `users/${bo}/password`, `users/${fay}/factor`,
		`users/${bo}/send-activity`, many, ...["remove", "role", "logout"].map((act) =>
			`users/bulk/${act}?id=${bo}&id=${off}`), `users/bulk/reactivate?id=${off}`,
		`users/bulk/resend?id=${dee}`].map((one) => `${base}/${one}`);
	assert.deepEqual([table.status, job.status], [303, 303], table.text);
	pages.push(table.location, job.location.split("?")[0]);
	await until(async () => !(await admin.get(job.location)).body.includes("http-equiv=\"refresh\""), "the job");
});

test("who reads decides: the person, the account, and for strangers the browser {E5}", async () => {
	const admin = await place.as("admin");
	const english = { headers: { "accept-language": "en" } };
	assert.match((await admin.get(`${place.base}/users`, english)).body, /<html lang="de"/);
	const stranger = new Visitor(site);
	const lang = async (header) => /<html lang="([^"]*)"/.exec((await stranger.get("/signin",
		{ headers: { "accept-language": header } })).body)[1];
	assert.equal(await lang("de-CH, en;q=0.8"), "de");
	assert.equal(await lang("en-US, de;q=0.8"), "en");
	for (const header of ["../../etc/passwd", "xx", "*", "de;q=x", ",".repeat(900), "\"'<script>"])
		assert.equal(await lang(header), "en", header);
	assert.match((await stranger.get("/signin", { headers: { "accept-language": "de" } })).heading, /Anmelden/);
});

test("what nginx says by itself is in the browser's language, too {E5}", async () => {
	const stranger = new Visitor(site);
	const page = async (header) => {
		const answer = await stranger.get("/static/nothing.css", { headers: { "accept-language": header } });
		assert.equal(answer.status, 404);
		return [/<html lang="(..)"/.exec(answer.body)[1], answer.heading];
	};
	assert.deepEqual(await page("de-AT, en;q=0.5"), ["de", "Seite nicht gefunden"]);
	assert.deepEqual(await page("en, de;q=0.5"), ["en", "Page not found"]);
	assert.deepEqual(await page(undefined), ["en", "Page not found"]);
	for (const page_ of ["404", "502"])
		assert.match(fs.readFileSync(path.join(source, "nginx/errors.de.txt"), "utf8"), new RegExp(`^${page_}\\|`, "m"));
});

test("emails are in their recipient's language {E5}", async () => {
	const invitation = await site.post.get(`dee@${place.slug}.test`);
	assert.match(invitation.subject, /beitreten/);
	assert.match(invitation.text, /lädt Sie in das Konto/);
	assert.doesNotMatch(invitation.text, /\b(the|you|your|Hello)\b/);
	await place.as("gus");
	await place.as("gus", { agent: "Mozilla/5.0 (Windows NT 10.0; rv:142.0) Gecko/20100101 Firefox/142.0" });
	const news = await site.post.get(place.email("gus"), /Anmeldung/);
	assert.match(news.text, /Firefox auf Windows/, "and not in that of whoever signs in");
});

test("no page in German shows an English text {E5}", async () => {
	const english = new Map(entries(fs.readFileSync(path.join(source, "locales/de.po"), "utf8"))
		.filter((entry) => entry.forms[0] !== entry.id && !entry.id.includes("[") && !/[|]/.test(entry.id) &&
			!entry.context).map((entry) => [entry.id, entry.forms[0]]));
	const german = new Set([...english.values()]);
	const admin = await place.as("admin");
	const found = [];
	const all = await answers("de");
	for (const target of pages)
		all.push([target, await admin.get(target)]);
	for (const [target, page] of all) {
		assert.notEqual(page.status, 500, target);
		assert.notEqual(page.status, 303, target);
		for (const piece of shown(page.body))
			if (english.has(piece) && !german.has(piece) && !["Command line", "Guest", "User", "Auditor", "Helpdesk"].includes(piece))
				found.push(`${target}: ${piece}`);
	}
	assert.deepEqual([...new Set(found)], []);
});

test("no page in German scrolls sideways on a phone {E5 E2}", async () => {
	const wide = [];
	await withChrome(site, { viewport: { width: 390, height: 800 }, locale: "de-DE" }, async (page) => {
		for (const target of ["/signin", "/forgot", links.invite, links.reset]) {
			await page.goto(target);
			assert.equal(await page.locator("html").getAttribute("lang"), "de", target);
			if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth))
				wide.push(target.split("?")[0]);
		}
		await page.goto("/signin");
		await page.locator("#email").fill(place.email("admin"));
		await page.locator("#password").fill(PASSWORD);
		await page.getByRole("button", { name: "Anmelden" }).click();
		await page.waitForURL((url) => url.pathname !== "/signin");
		for (const target of pages) {
			await page.goto(target);
			const [inner, whole] = await page.evaluate(() =>
				[document.documentElement.clientWidth, document.documentElement.scrollWidth]);
			if (whole > inner)
				wide.push(`${target}: ${whole} of ${inner}`);
		}
	});
	assert.deepEqual(wide, []);
});

// A language of the test's own: each text in brackets that nothing else has.
function marked() {
	const quoted = (text) => JSON.stringify(text);
	const of = (text) => `⟦${text.replace(/\[\[/g, "(")}⟧`;
	return ["msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\"X-Language-Name: Marked\\n\"\n" +
		"\"Plural-Forms: nplurals=2; plural=n != 1;\\n\"", ...entries(pot).map((entry) => {
		const fixed = ["direction", "language-code", "thousands"].includes(entry.context);
		return [entry.context ? `msgctxt ${quoted(entry.context)}\n` : "", `msgid ${quoted(entry.id)}\n`,
			entry.plural ? `msgid_plural ${quoted(entry.plural)}\nmsgstr[0] ${quoted(of(entry.id))}\nmsgstr[1] ${
				quoted(of(entry.plural))}` : `msgstr ${quoted(fixed ? entry.id : of(entry.id))}`].join("");
	})].join("\n\n") + "\n";
}

// What stands outside the brackets: data, or a text that the catalogues do not know.
function outside(text) {
	let depth = 0, out = "";
	for (const c of text)
		if (c === "⟦")
			depth++;
		else if (c === "⟧")
			depth--;
		else if (depth === 0)
			out += c;
	return out;
}

const DATA = /\b(Tenantry|Lingua|Ada|Dee|Gus|Off|Fay|Sue|Tom|Place|lingua\d*|Admin|Builder|Consumer|Guest|Staff|User|Owner|Contributor|Viewer|Auditor|Helpdesk|Visitor|Chrome|Chromium|UTC|niemand|admin|dee|test|console|DELETE|CONFIRM|Tenantry|English|Deutsch|Marked)\b/gi;

test("a made language marks every text, and nothing else is shown {E5}", async () => {
	const locales = path.join(site.dir, "locales");
	const supervisor = () => Number(fs.readFileSync(path.join(site.dir, "run/tenantry.pid"), "utf8"));
	const conf = fs.readFileSync(site.conf, "utf8");
	// With another folder of catalogues, and when nobody who had the one before answers any more.
	const reload = async (text, lang) => {
		const before = fs.readFileSync(`/proc/${supervisor()}/task/${supervisor()}/children`, "utf8").trim().split(" ");
		fs.writeFileSync(site.conf, text);
		process.kill(supervisor(), "SIGHUP");
		await until(() => before.every((pid) => !fs.existsSync(`/proc/${pid}`)), "the old workers to end");
		await until(async () => (await new Visitor(site).get("/signin",
			{ headers: { "accept-language": lang } })).body.includes(`<html lang="${lang}"`), `the language ${lang}`);
	};
	fs.mkdirSync(locales);
	fs.writeFileSync(path.join(locales, "xx.po"), marked());
	await site.stop();
	await site.write(`UPDATE people SET language = 'xx' WHERE email LIKE '%@${place.slug}.test'`);
	await site.start();
	await reload(fs.readFileSync(site.conf, "utf8").replace(/^locales = .*/m, `locales = ${locales}`), "xx");
	try {
		const admin = await place.as("admin");
		const found = [];
		const all = await answers("xx");
		for (const target of pages)
			all.push([target, await admin.get(target)]);
		for (const [target, page] of all) {
			// What a job refused, it said when it did.
			for (const piece of shown(page.body.replace(/<ul class="why-not">[\s\S]*?<\/ul>/, ""))) {
				const rest = outside(piece)
					.replace(/\S+@\S+|\/t\/\S*|https?:\S+|[0-9A-Z]{26}|[0-9a-f]{26}|\b[0-9a-z]{13}\b/g, "")
					.replace(/\b[a-z_]+[.:][a-z_.:]+|\b[A-Z][A-Za-z_]+\/[A-Z][A-Za-z_]+(\/\w+)?/g, "").replace(/Mozilla\/.*/, "").replace(DATA, "");
				if (/[A-Za-z]{3}/.test(rest) && !/^(\d{4}-\d\d-\d\dT|name, email,|([A-Z2-7]{4}-?){6}$)/.test(piece))
					found.push(`${target.replace(place.base, "")}: ${piece}`);
			}
		}
		assert.deepEqual([...new Set(found)], []);
	} finally {
		await reload(conf, "de");
	}
});
