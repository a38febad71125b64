// Reloads while people work, through nginx (TAP).  reload.mjs [SECONDS]: no request fails, and a
// bad configuration or template changes nothing.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { assert, check, done, note, run } from "./tap.mjs";
import { Visitor } from "./visitor.mjs";
import { World, build, idText, source, until, withUs } from "./world.mjs";

const seconds = Number(process.argv[2] || 20);
const CLIENTS = 8, EVERY_MS = 2000;

function freePort() {
	return new Promise((resolve) => {
		const server = net.createServer();
		server.listen(0, "127.0.0.1", () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

// What "bootstrap run" sets up, with nginx before it.
class Site extends World {
	constructor() {
		super();
		this.log = path.join(this.dir, "tenantry.log");
		fs.cpSync(path.join(source, "templates"), path.join(this.dir, "templates"), { recursive: true });
	}

	async begin() {
		fs.rmSync(this.conf);
		this.port = await freePort();
		const said = fs.openSync(this.said, "a");
		this.child = spawn(withUs[0], [...withUs.slice(1), path.join(source, "bootstrap"), "run",
			"--build", build, "--dir", this.dir, "--port", String(this.port), "--demo"], {
			stdio: ["ignore", said, said],
			env: { ...process.env, ...this.sanitizers() } });
		fs.closeSync(said);
		this.ended = new Promise((resolve) => {
			this.child.once("close", resolve);
		});
		const text = () => fs.readFileSync(this.said, "utf8");
		await until(() => {
			assert.equal(this.child.exitCode, null, text());
			return text().includes("Tenantry is on");
		}, "the start");
		[, this.email, this.password] = /Email: (\S+)\nPassword: (\S+)/.exec(text());
		this.good = fs.readFileSync(this.conf, "utf8")
			.replace(/^templates =.*/m, "templates = templates");
		fs.writeFileSync(this.conf, this.good);
		this.supervisor = Number(fs.readFileSync(path.join(this.dir, "run", "tenantry.pid"), "utf8"));
	}

	children() {
		return fs.readFileSync(`/proc/${this.supervisor}/task/${this.supervisor}/children`, "utf8")
			.split(" ").filter(Boolean);
	}

	hangUp() {
		process.kill(this.supervisor, "SIGHUP");
	}
}

class Load {
	constructor(site, target) {
		Object.assign(this, { site, target, going: true, good: { GET: 0, POST: 0 }, bad: [] });
	}

	#note(method, answer, status) {
		if (answer.status === status && (method === "POST" || answer.body.trimEnd().endsWith("</html>")))
			this.good[method]++;
		else
			this.bad.push(`${method} ${answer.status}`);
	}

	async client(n) {
		const visitor = new Visitor(this.site, `c${n}`);
		assert.equal((await visitor.enter(this.site.email, this.site.password)).status, 200);
		while (this.going) {
			this.#note("GET", await visitor.get("/t/acme/users"), 200);
			this.#note("POST", await visitor.post(this.target), 303);
		}
	}
}

// Refused, and the same processes go on.
async function refused(site, spoil, mend) {
	const before = site.children().sort(), times = site.count("reload_refused");
	spoil();
	site.hangUp();
	await site.heard("reload_refused", times + 1);
	assert.deepEqual(site.children().sort(), before);
	mend();
}

function pause() {
	return new Promise((resolve) => {
		setTimeout(resolve, EVERY_MS);
	});
}

async function reloads(site) {
	const broken = path.join(site.dir, "templates", "broken.mustache");
	let n = 0;
	for (const end = Date.now() + seconds * 1000; Date.now() < end; n++) {
		const times = site.count("started");
		site.hangUp();
		await site.heard("started", times + 1);
		await pause();
	}
	// The old ones have gone, so that the processes can be compared.
	await until(() => site.children().length === 8, "the end of the old processes");
	await check("a bad configuration changes nothing", refused(site,
		() => fs.appendFileSync(site.conf, "no_such_key = 1\n"),
		() => fs.writeFileSync(site.conf, site.good)));
	await check("a bad template changes nothing", refused(site,
		() => fs.writeFileSync(broken, "{{#never_closed}}"), () => fs.rmSync(broken)));
	return n;
}

await run(new Site(), async (site) => {
	await site.begin();
	const [member] = await site.rows("SELECT id FROM members WHERE status = 'active' " +
		"ORDER BY id DESC LIMIT 1");
	const load = new Load(site, `/t/acme/users/${idText(member.id)}/logout`);
	const clients = Promise.all(Array.from({ length: CLIENTS }, (unused, n) => load.client(n)));
	clients.catch(() => {});        // its time is below
	const n = await reloads(site);
	load.going = false;
	await clients;
	note(`${n} reloads, ${load.good.GET} GETs, ${load.good.POST} POSTs`);
	await check("no request failed, no page was cut", () => {
		assert.deepEqual(load.bad, []);
		assert.ok(load.good.GET > 5 * seconds && load.good.POST > 5 * seconds && n >= seconds / 4);
	});
	await check("each change that was answered is in the log once", async () =>
		assert.equal(await site.number("SELECT count(*) FROM events WHERE act = 46 AND " +
			"user_agent LIKE 'c%'"), load.good.POST));
	await check("the chains are whole", site.tenantry("audit", "verify"));
	await check("no process died", () => assert.equal(site.count("process_died"), 0));
	// As Ctrl-C does.
	const status = await site.stop("SIGINT");
	await check("an interrupt ends it as it should", () => assert.equal(status, 0));
	await check("no process and no socket is left over", () => {
		assert.deepEqual(site.left(site.dir), []);
		assert.deepEqual(fs.readdirSync(path.join(site.dir, "run")).filter((name) => name.endsWith(".sock")), []);
	});
	await check("an event that somebody changed is named, and the status says so", () => {
		site.settings.state_dir = "data";
		site.write("DROP TRIGGER events_stay; UPDATE events SET actor_name = 'Nobody' " +
			"WHERE tenant_id = (SELECT id FROM tenants) AND seq = 7");
		const verify = spawnSync(path.join(build, "tenantry"), ["-c", site.conf, "audit", "verify"],
			{ encoding: "utf8" });
		assert.equal(verify.status, 1, verify.stderr);
		assert.match(verify.stdout, /^acme: BROKEN at 7: /m);
	});
});
done();
