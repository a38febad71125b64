// The program with data of its own in a folder of its own; nginx is not needed, see fcgi.mjs.
// What happens is heard from the log and the answers, never waited for by the clock.
import { execFile, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
export const source = process.env.SRCDIR || path.resolve(here, "../..");
export const build = process.env.BUILDDIR || path.join(source, "build");
// Whatever becomes of this process, what it has started ends with it.
export const withUs = ["setpriv", "--pdeathsig", "TERM"];
const PATIENCE_MS = 60000;
const LOOK_MS = 20;

// Until it gives something true; asked again and again, since a file does not tell.
export async function until(look, what) {
	const end = Date.now() + PATIENCE_MS;
	for (;;) {
		const found = await look();
		if (found)
			return found;
		if (Date.now() > end)
			throw new Error(`waited in vain for ${what}`);
		await new Promise((resolve) => {
			setTimeout(resolve, LOOK_MS);
		});
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
	const [head, ...rest] = rows.filter((row) => row.length > 1 || row[0] !== "");
	return rest.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i]])));
}

// An id as addresses have it.
export function idText(id) {
	const digits = "0123456789abcdefghjkmnpqrstvwxyz";
	let text = "", n = BigInt(id);
	for (let i = 0; i < 13; i++, n >>= 5n)
		text = digits[Number(n & 31n)] + text;
	return text;
}

export class World {
	constructor(settings = {}) {
		this.dir = fs.mkdtempSync(path.join(os.tmpdir(), "tenantry-faults-"));
		this.conf = path.join(this.dir, "tenantry.conf");
		this.log = path.join(this.dir, "log");
		this.said = path.join(this.dir, "said");
		this.place = "/t/acme";
		// Passwords and cookies that were used: none may be found in a log.
		this.secrets = new Set();
		this.helpers = [];
		this.settings = {
			base_url: "http://127.0.0.1:8080", state_dir: "state", run_dir: "run",
			log_file: "log", mail_dir: "mail", templates: path.join(source, "templates"),
			static_dir: "static", quick_workers: 4, slow_workers: 2, password_kib: 19456,
			...settings,
		};
		fs.mkdirSync(path.join(this.dir, "static"));
		fs.writeFileSync(path.join(this.dir, "static", "manifest.txt"),
			["app.css", "app.js", "icons.svg", "favicon.svg"].map((name) =>
				`${name} ${name.replace(".", ".00000000.")}\n`).join(""));
		this.configure();
	}

	configure(more = {}) {
		fs.writeFileSync(this.conf, Object.entries({ ...this.settings, ...more })
			.map(([name, value]) => `${name} = ${value}\n`).join(""), { mode: 0o600 });
	}

	get db() {
		return path.resolve(this.dir, this.settings.state_dir, "tenantry.db");
	}

	socket(pool) {
		return path.join(this.dir, "run", `${pool}.sock`);
	}

	tenantry(...args) {
		return new Promise((resolve, reject) => {
			execFile(path.join(build, "tenantry"), ["-c", this.conf, ...args],
				{ maxBuffer: 1 << 28 }, (e, stdout, stderr) =>
					(e ? reject(new Error(`${args.join(" ")}: ${stderr}${stdout}`)) :
						resolve(stdout)));
		});
	}

	async make({ members = 100, events = 0, tenants = 1 } = {}) {
		await this.tenantry("init");
		const said = await this.tenantry("demo", "--tenants", String(tenants), "--members",
			String(members), "--events", String(events));
		[, this.email, this.password] = /Email: (\S+)\nPassword: (\S+)/.exec(said);
		this.secrets.add(this.password);
		this.slow = (await this.tenantry("routes", "--nginx")).split("\n")
			.map((line) => /"~?(.*)"\s+slow;/.exec(line)).filter(Boolean)
			.map(([, text]) => text);
		return this;
	}

	isSlow(method, target) {
		const asked = `${method} ${target.split("?")[0]}`;
		return this.slow.some((text) =>
			(text.startsWith("^") ? new RegExp(text).test(asked) : text === asked));
	}

	async start(env = {}, command = []) {
		const [file, ...args] = [...withUs, ...command, path.join(build, "tenantry"), "-c", this.conf,
			"serve"];
		fs.writeFileSync(this.log, "", { flag: "a", mode: 0o600 });
		const before = this.count("started");
		const said = fs.openSync(this.said, "a");
		this.child = spawn(file, args, { stdio: ["ignore", said, said], cwd: this.dir,
			env: { ...process.env, ...this.sanitizers(), ...env } });
		fs.closeSync(said);
		this.over = false;
		this.ended = new Promise((resolve) => {
			this.child.once("close", (code, signal) => {
				this.over = true;
				resolve(signal || code);
			});
		});
		await until(() => {
			if (this.over)
				throw new Error(`it did not start: ${fs.readFileSync(this.log, "utf8")}`);
			return this.count("started") > before;
		}, "the start");
	}

	// Its exit status, or the signal that ended it.
	async stop(signal = "SIGTERM") {
		if (!this.child)
			return null;
		this.child.kill(signal);
		const status = await this.ended;
		this.child = null;
		return status;
	}

	// { pid, kind } of each child.
	children() {
		const { pid } = this.child, all = [];
		let list = "";
		try {
			list = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
		} catch {
			return all;
		}
		for (const child of list.split(" ").filter(Boolean)) {
			try {
				const name = fs.readFileSync(`/proc/${child}/comm`, "utf8").trim();
				if (name.startsWith("tnt:"))
					all.push({ pid: Number(child), kind: name.slice(4) });
			} catch {
				// It has ended meanwhile.
			}
		}
		return all;
	}

	// Processes that have this world's configuration, or another path, in their command line.
	left(named = this.conf) {
		return fs.readdirSync("/proc").filter((name) => {
			try {
				return /^\d+$/.test(name) &&
					fs.readFileSync(`/proc/${name}/cmdline`, "utf8").includes(named);
			} catch {
				return false;
			}
		});
	}

	// Findings go to files here.  Two things are no findings: the known death of libfcgi asks for
	// more memory than there is, and it forgets what it has read of a broken record.
	sanitizers() {
		const known = path.join(this.dir, "known"), log = `log_path=${path.join(this.dir, "finding")}`;
		fs.writeFileSync(known, "leak:libfcgi\n");
		return {
			ASAN_OPTIONS: `${process.env.ASAN_OPTIONS || ""}:allocator_may_return_null=1:${log}`,
			UBSAN_OPTIONS: `${process.env.UBSAN_OPTIONS || ""}:print_stacktrace=1:${log}`,
			LSAN_OPTIONS: `suppressions=${known}:print_suppressions=0`,
		};
	}

	findings() {
		return fs.readdirSync(this.dir).filter((name) => name.startsWith("finding."))
			.map((name) => fs.readFileSync(path.join(this.dir, name), "utf8"))
			.filter((text) => text && !/^.*Sanitizer failed to allocate.*\n$/.test(text));
	}

	logText() {
		return fs.readFileSync(this.log, "utf8");
	}

	entries(what) {
		return this.logText().split("\n").filter((line) => line.includes(`"what":"${what}"`))
			.map((line) => JSON.parse(line));
	}

	count(what) {
		return this.entries(what).length;
	}

	heard(what, times = 1) {
		return until(() => this.count(what) >= times, `${times} × ${what} in the log`);
	}

	// Rows of the database as the program reads it.
	async rows(sql) {
		return parseCsv(await this.tenantry("sql", "--readonly", sql));
	}

	async number(sql) {
		return Number(Object.values((await this.rows(sql))[0])[0]);
	}

	// What no page sets; only while the program is stopped.
	write(sql) {
		if (this.child)
			throw new Error("the program runs");
		const done = spawnSync("sqlite3", ["-bail", this.db], { encoding: "utf8", input:
			`PRAGMA foreign_keys = ON;\n${sql}\n` });
		if (done.status !== 0)
			throw new Error(`sqlite3: ${done.stderr}`);
	}

	// Another program, which ends with us; resolves when it has said "ready".
	async helper(file, ...args) {
		const child = spawn(withUs[0], [...withUs.slice(1), file, ...args],
			{ stdio: ["pipe", "pipe", "inherit"] });
		const ended = new Promise((resolve) => {
			child.once("close", resolve);
		});
		let said = "";
		child.stdin.on("error", () => {});
		child.stdout.on("data", (part) => {
			said += part;
		});
		this.helpers.push(child);
		const helper = {
			child,
			kill(signal) {
				child.kill(signal);
				return ended;
			},
			ready: () => until(() => said.includes("ready"), `${file} to be ready`),
		};
		return helper;
	}

	async close() {
		for (const child of this.helpers) {
			child.kill("SIGKILL");
		}
		await this.stop();
		if (process.env.KEEP)
			console.log(`# kept: ${this.dir}`);
		else
			fs.rmSync(this.dir, { recursive: true, force: true });
	}
}
