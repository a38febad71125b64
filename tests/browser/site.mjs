// The whole console as it is deployed: nginx with TLS, the program, a mail server that collects.
// One for all tests, in a folder of its own; what the tests do there is in *.test.mjs.
import { execFile, spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Post } from "./post.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
export const source = process.env.SRCDIR || path.resolve(here, "../..");
export const build = process.env.BUILDDIR || path.join(source, "build");
export const host = "console.test";
// Longer than anything here takes, and far below the limit of a whole run.
export const PATIENCE_MS = 30000;
export const HOUR = 3600000;
export const DAY = 24 * HOUR;

export function patience(promise, what) {
	let timer;
	const late = new Promise((resolve, reject) => {
		timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), PATIENCE_MS);
	});
	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// Asks again and again until the answer is a true one: for what is done behind an answer.
export async function until(ask, what) {
	const end = Date.now() + PATIENCE_MS;
	for (;;) {
		const got = await ask();
		if (got)
			return got;
		if (Date.now() > end)
			throw new Error(`waited in vain for ${what}`);
	}
}

function run(file, args, options = {}) {
	return new Promise((resolve, reject) => {
		const child = execFile(file, args, { maxBuffer: 1 << 24, ...options }, (e, stdout, stderr) =>
			(e ? reject(new Error(`${path.basename(file)} ${args.join(" ")}: ${stderr}${stdout}`)) :
				resolve(stdout)));
		if (options.input !== undefined)
			child.stdin.end(options.input);
	});
}

function listens(port) {
	return new Promise((resolve) => {
		const server = net.createServer();
		server.once("error", () => resolve(null));
		server.listen(port, "127.0.0.1", () => {
			const got = server.address().port;
			server.close(() => resolve(got));
		});
	});
}

// A free port whose neighbour is free too: that one leads from http to https.
async function freePort() {
	for (;;) {
		const port = await listens(0);
		if (port < 65000 && await listens(port + 1))
			return port;
	}
}

export function parseCsv(text) {
	const rows = [[""]];
	let quoted = false;
	for (let i = 0; i < text.length; i++) {
		const row = rows[rows.length - 1];
		if (quoted && text[i] === '"' && text[i + 1] === '"')
			row[row.length - 1] += text[i++];
		else if (text[i] === '"')
			quoted = !quoted;
		else if (!quoted && text[i] === ",")
			row.push("");
		else if (!quoted && text[i] === "\n")
			rows.push([""]);
		else if (quoted || text[i] !== "\r")
			row[row.length - 1] += text[i];
	}
	return rows.filter((row) => row.length > 1 || row[0] !== "");
}

class Site {
	constructor() {
		this.dir = fs.mkdtempSync(path.join(os.tmpdir(), "tenantry-browser-"));
		this.conf = path.join(this.dir, "tenantry.conf");
		this.post = new Post();
		this.ahead = 0;
		// Passwords, tokens and cookies that were used: none may be found in a log or in the database.
		this.secrets = new Set();
		// What the log says of faults that a test made on purpose.
		this.faults = new Set();
	}

	get base() {
		return `https://${host}:${this.port}`;
	}

	async make() {
		await this.post.listen();
		this.port = await freePort();
		fs.writeFileSync(this.conf, [
			"state_dir = data", "run_dir = run", "log_file = tenantry.log", "mail_dir = mail",
			`smtp_url = smtp://127.0.0.1:${this.post.port}`, "smtp_tls = none",
			`mail_from = post@${host}`, "quick_workers = 3", "slow_workers = 2",
			"password_kib = 19456", "",
		].join("\n"), { mode: 0o600 });
		await this.start();
		return this;
	}

	// "ahead": how far the program's clock goes before the real one.
	async start({ tls = true, port = this.port, ahead = this.ahead } = {}) {
		const args = ["run", "--build", build, "--dir", this.dir, "--port", String(port)];
		if (tls)
			args.push("--tls", "--host", host);
		this.ahead = ahead;
		this.said = "";
		this.child = spawn(path.join(source, "bootstrap"), args, {
			stdio: ["ignore", "pipe", "pipe"],
			// What the sanitizers keep of freed memory must not hide how much the program takes.
			env: { ...process.env, TENANTRY_NOW_PLUS_MS: String(ahead),
				ASAN_OPTIONS: `${process.env.ASAN_OPTIONS || ""}:quarantine_size_mb=2` },
		});
		this.ended = new Promise((resolve) => {
			this.child.once("close", resolve);
		});
		await patience(new Promise((resolve, reject) => {
			const hear = (part) => {
				this.said += part;
				if (this.said.includes("Tenantry is on"))
					resolve();
			};
			this.child.stdout.setEncoding("utf8").on("data", hear);
			this.child.stderr.setEncoding("utf8").on("data", hear);
			this.ended.then(() => reject(new Error(`it did not start: ${this.said}`)));
		}), "the start");
		const link = /https?:\/\/\S+\/setup\?t=\S+/.exec(this.said);
		if (link)
			this.setupLink = link[0];
	}

	async stop() {
		if (!this.child)
			return;
		this.child.kill("SIGTERM");
		await patience(this.ended, "the end");
		this.child = null;
	}

	// As before the first start: without any data.
	async empty() {
		await this.stop();
		fs.rmSync(path.join(this.dir, "data"), { recursive: true });
		await this.start();
	}

	// Starts it again, by another clock.
	async restart(ahead) {
		await this.stop();
		await this.start({ ahead });
	}

	async close() {
		await this.stop();
		await this.post.close();
		if (!process.env.KEEP)
			fs.rmSync(this.dir, { recursive: true, force: true });
	}

	tenantry(...args) {
		return run(path.join(build, "tenantry"), ["-c", this.conf, ...args]);
	}

	async addTenant(slug, name) {
		await this.tenantry("tenant", "add", "--slug", slug, "--name", name);
	}

	async addOrganization(tenant, name, parent = "/") {
		return (await this.tenantry("organization", "add", "--tenant", tenant, "--name", name,
			"--parent", parent)).trim();
	}

	// A custom role, which no page makes yet, in a transaction of its own beside the program.
	addRole(tenant, name, permissions) {
		return run("sqlite3", ["-bail", "-cmd", ".timeout 10000", path.join(this.dir, "data", "tenantry.db"),
			`INSERT INTO roles (tenant_id, id, scope, builtin, name, name_key, description, permissions,
				status, created_at, version)
			SELECT t.id, max(r.id) + 1, 'tenant', '', '${name}', lower('${name}'), '', '${permissions}',
				'active', t.created_at, 1
			FROM tenants t JOIN roles r ON r.tenant_id = t.id WHERE t.slug = '${tenant}'`]);
	}

	// The last proof of these people's sessions becomes one of twenty minutes ago.
	stale(...emails) {
		return run("sqlite3", ["-bail", "-cmd", ".timeout 10000", path.join(this.dir, "data", "tenantry.db"),
			`UPDATE sessions SET proved_at = proved_at - 1200000 WHERE person_id IN (SELECT id FROM people
				WHERE email IN ('${emails.join("', '")}'))`]);
	}

	// "suspended" and "active" again, for which there is no page yet.
	setTenant(slug, status) {
		return run("sqlite3", ["-bail", "-cmd", ".timeout 10000", path.join(this.dir, "data", "tenantry.db"),
			`UPDATE tenants SET status = '${status}' WHERE slug = '${slug}'`]);
	}

	// Two accounts change their addresses.
	swap(one, two) {
		return run("sqlite3", ["-bail", "-cmd", ".timeout 10000", path.join(this.dir, "data", "tenantry.db"),
			`BEGIN IMMEDIATE; UPDATE tenants SET slug = 'between' WHERE slug = '${one}';
			UPDATE tenants SET slug = '${one}' WHERE slug = '${two}';
			UPDATE tenants SET slug = '${two}' WHERE slug = 'between'; COMMIT`]);
	}

	// Codes of these people's authenticators may be used again, so that no test has to wait for the next.
	forgetCodes(...emails) {
		return run("sqlite3", ["-bail", "-cmd", ".timeout 10000", path.join(this.dir, "data", "tenantry.db"),
			`UPDATE factors SET last_step = 0 WHERE person_id IN (SELECT id FROM people
				WHERE email IN ('${emails.join("', '")}'))`]);
	}

	// The code of a key now, and of the steps of 30 s before and after, by another program.
	async totp(secret, steps = 0) {
		const at = new Date(Date.now() + this.ahead + steps * 30000).toISOString();
		return (await run("oathtool", ["--totp", "-b", secret.replace(/ /g, ""), "--now", at])).trim();
	}

	// These people's sessions end, as by housekeeping.
	endSessions(...emails) {
		return run("sqlite3", ["-bail", "-cmd", ".timeout 10000", path.join(this.dir, "data", "tenantry.db"),
			`PRAGMA foreign_keys = ON; DELETE FROM sessions WHERE person_id IN (SELECT id FROM people
				WHERE email IN ('${emails.join("', '")}'))`]);
	}

	addUser(tenant, { email, name, role, organization = "/", password }) {
		this.secrets.add(password);
		return run(path.join(build, "tenantry"), ["-c", this.conf, "user", "add", "--tenant", tenant,
			"--email", email, "--name", name, "--role", role, "--organization", organization,
			"--password-stdin"], { input: `${password}\n` });
	}

	// What is in the database, as rows of names and values.
	async rows(sql) {
		const [head, ...rows] = parseCsv(await this.tenantry("sql", "--readonly", sql));
		return rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i]])));
	}

	async one(sql) {
		return (await this.rows(sql))[0];
	}

	// What no page sets yet; only while the program is stopped.
	async write(sql) {
		if (this.child)
			throw new Error("the program runs");
		await run("sqlite3", ["-bail", path.join(this.dir, "data", "tenantry.db"),
			`PRAGMA foreign_keys = ON; ${sql}`]);
	}

	log() {
		return fs.readFileSync(path.join(this.dir, "tenantry.log"), "utf8").split("\n")
			.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
	}
}

let made;
// The site that all tests share.
export function theSite() {
	made ||= new Site().make();
	return made;
}

export async function closeSite() {
	if (made)
		await (await made).close();
}
