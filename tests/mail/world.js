// A database, the courier and time, for one test: everything is in a folder of its own, and
// the courier is the real one, run by mail_driver.  What happens is heard from the courier's
// log and the servers, never waited for by the clock.
"use strict";

const fs = require("fs");
const os = require("os");
const path = require("path");
const { execFile, spawn } = require("child_process");
const { once } = require("events");

const driver = path.join(process.env.BUILDDIR, "tests", "mail", "mail_driver");
// Longer than anything here takes, and shorter than the courier's own look every 30 s.
const PATIENCE_MS = 20000;

function patience(promise, what) {
	let timer;
	const late = new Promise((resolve, reject) => {
		timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), PATIENCE_MS);
	});
	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

class Courier {
	constructor(conf, env) {
		this.log = [];
		this.text = "";
		this.waiting = [];
		this.child = spawn(driver, [conf, "courier"], {
			stdio: ["pipe", "inherit", "pipe"],
			env: { ...process.env, ...env },
		});
		this.child.stdin.on("error", () => {});
		this.child.stderr.setEncoding("utf8");
		this.child.stderr.on("data", (part) => this.#read(part));
		this.ended = once(this.child, "close").then(([code, signal]) => {
			this.over = true;
			this.#wake();
			return signal || code;
		});
	}

	#read(part) {
		const lines = (this.rest || "") + part;
		this.text += part;
		const all = lines.split("\n");
		this.rest = all.pop();
		for (const line of all)
			if (line.startsWith("{"))
				this.log.push(JSON.parse(line));
		this.#wake();
	}

	#wake() {
		this.waiting = this.waiting.filter((look) => !look());
	}

	count(what) {
		return this.log.filter((entry) => entry.what === what).length;
	}

	// Until the log has so many lines of this kind.
	heard(what, times = 1) {
		return patience(new Promise((resolve, reject) => {
			const look = () => {
				if (this.count(what) >= times)
					resolve();
				else if (this.over)
					reject(new Error(`the courier ended before ${what}: ${this.text}`));
				else
					return false;
				return true;
			};
			if (!look())
				this.waiting.push(look);
		}), `${times} × ${what}; the log: ${this.text}`);
	}

	wake() {
		this.child.stdin.write("w");
	}

	kill(signal) {
		process.kill(this.child.pid, signal);
	}

	// How it ended: its status, or the signal that killed it.
	exit() {
		return patience(this.ended, "the courier's end");
	}

	// Ends it as the end of its supervisor does.
	stop() {
		this.child.stdin.end();
		return this.exit();
	}
}

class World {
	constructor(settings) {
		this.folder = fs.mkdtempSync(path.join(os.tmpdir(), "tenantry-mail-"));
		this.conf = path.join(this.folder, "tenantry.conf");
		this.couriers = [];
		this.configure(settings);
	}

	configure(settings) {
		const all = {
			base_url: "http://127.0.0.1:8080",
			state_dir: this.folder,
			mail_from: "post@console.example",
			smtp_ca_file: path.join(process.env.MAIL_CERTS, "ca.crt"),
			...settings,
		};
		fs.writeFileSync(this.conf, Object.entries(all).map(([k, v]) => `${k} = ${v}\n`).join(""),
			{ mode: 0o600 });
	}

	run(...args) {
		return new Promise((resolve, reject) => {
			execFile(driver, [this.conf, ...args], (e, stdout, stderr) =>
				(e ? reject(new Error(`${args[0]}: ${stderr}`)) : resolve(stdout)));
		});
	}

	async make() {
		await this.run("make");
		return this;
	}

	add(values = {}) {
		return this.run("add", ...Object.entries(values).map(([k, v]) => `${k}=${v}`));
	}

	sql(text) {
		return this.run("sql", text);
	}

	// Settings with which the courier signs in.
	login(settings, user, password) {
		const file = path.join(this.folder, "password");
		fs.writeFileSync(file, `${password}\n`, { mode: 0o600 });
		this.configure({ ...settings, smtp_user: user, smtp_password_file: file });
	}

	// As if the time had come for all that wait.
	hurry() {
		return this.sql("UPDATE outbox SET due_at = 1, claimed_until = 0 WHERE state = 'waiting'");
	}

	async rows() {
		const lines = (await this.run("rows")).trim().split(/\r?\n/);
		const names = lines.shift().split(",");
		return lines.map((line) => {
			const values = line.split(",");
			return Object.fromEntries(names.map((name, i) => [name, values[i]]));
		});
	}

	async row() {
		return (await this.rows())[0];
	}

	// Holds the write lock until release() is called.
	async lock() {
		const child = spawn(driver, [this.conf, "lock"], { stdio: ["pipe", "pipe", "inherit"] });
		await patience(once(child.stdout, "data"), "the lock");
		return {
			async release() {
				child.stdin.end();
				await patience(once(child, "close"), "the lock's end");
			},
		};
	}

	courier(env = {}) {
		const courier = new Courier(this.conf, env);
		this.couriers.push(courier);
		return courier;
	}

	async close() {
		for (const courier of this.couriers) {
			if (!courier.over)
				courier.kill("SIGKILL");
			await courier.ended;
		}
		fs.rmSync(this.folder, { recursive: true });
	}
}

module.exports = { World, patience };
