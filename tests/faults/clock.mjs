// The machine's clock is set while people work (TAP): forwards, backwards, beyond 2038.  The clock is
// libfaketime's, read from a file at each call; the monotonic one goes on as it does in life.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { assert, check, done, run } from "./tap.mjs";
import { Visitor } from "./visitor.mjs";
import { World, build, idText, until } from "./world.mjs";

// The linker knows the folder of this machine.
const FAKETIME = "/usr/$LIB/faketime/libfaketimeMT.so.1";
const HOUR = 3600, DAY = 24 * HOUR, YEAR = 365 * DAY, LIMIT = 5;
// Seconds from now to a day behind the end of 32 bits.
const BEYOND_2038 = 2 ** 31 + DAY - Math.floor(Date.now() / 1000);

// The sanitizers want to be loaded before anything else.
function libraries() {
	const asan = /=> (\S*libasan\S*)/.exec(execFileSync("ldd", [path.join(build, "tenantry")], { encoding: "utf8" }));
	return [...asan ? [asan[1]] : [], FAKETIME].join(":");
}

class Clock {
	constructor(world) {
		this.world = world;
		this.file = path.join(world.dir, "clock");
		this.ahead = 0;
	}

	// By a rename, so that no process reads half of it.
	set(seconds) {
		this.ahead = seconds;
		fs.writeFileSync(`${this.file}.new`, `${seconds < 0 ? "-" : "+"}${Math.abs(seconds)}s\n`);
		fs.renameSync(`${this.file}.new`, this.file);
	}

	start() {
		return this.world.start({}, ["env", `LD_PRELOAD=${libraries()}`, `FAKETIME_TIMESTAMP_FILE=${this.file}`,
			"FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", "NO_FAKE_STAT=1"]);
	}

	// What the program should take for now, in ms.
	now() {
		return Date.now() + this.ahead * 1000;
	}
}

let browsers = 0;

async function enter(world) {
	const visitor = new Visitor(world, `clock${++browsers}`, "192.0.2.9");
	assert.equal((await visitor.enter(world.email, world.password)).status, 200);
	return visitor;
}

const list = (visitor) => visitor.get(`${visitor.world.place}/users`);

async function sessions(world, clock) {
	const visitor = await enter(world);
	await check("an hour later the session goes on", async () => {
		clock.set(HOUR);
		assert.equal((await list(visitor)).status, 200);
	});
	await check("an hour back as well, for it began before that", async () => {
		clock.set(0);
		assert.equal((await list(visitor)).status, 200);
	});
	for (const [name, ahead] of [["a year later", YEAR], ["a day before it began", -DAY],
		["a year before it began", -YEAR]]) {
		await check(`${name} it is over, and one signs in again`, async () => {
			clock.set(0);
			const before = await enter(world);
			clock.set(ahead);
			assert.match((await list(before)).headers.location || "", /^\/signin/);
			await enter(world);
		});
	}
	clock.set(0);
}

async function throttle(world, clock) {
	const attempt = async (password) => new Visitor(world, "wrong", "192.0.2.50")
		.signIn("nobody@acme.example", password);
	const exhaust = async () => {
		for (let i = 0; i < LIMIT; i++)
			assert.equal((await attempt("not this one")).status, 422);
	};
	const waits = async () => {
		const { status, headers } = await attempt("not this one");
		assert.equal(status, 429);
		assert.ok(Number(headers["retry-after"]) > 0 && Number(headers["retry-after"]) <= 600,
			headers["retry-after"]);
	};
	await exhaust();
	await check("a wait is at most ten minutes", waits);
	await check("an hour later it is over, and counts anew", async () => {
		clock.set(HOUR);
		await exhaust();
		await waits();
	});
	await check("a year back it neither lasts for a year nor stops counting", async () => {
		clock.set(HOUR - YEAR);
		await exhaust();
		await waits();
	});
	clock.set(0);
}

async function log(world) {
	await check("events are in the order in which they came, whatever their time", async () => {
		const events = await world.rows("SELECT seq, at FROM events WHERE tenant_id > 0 ORDER BY tenant_id, seq");
		const times = events.map((e) => Number(e.at));
		assert.ok(times.some((at, i) => i > 0 && at < times[i - 1]), "the clock went back");
		await world.tenantry("audit", "verify");
	});
}

// Beyond the numbers of 32 bits; people, links and lists go on.
async function far(world, clock) {
	clock.set(BEYOND_2038);
	const visitor = await enter(world);
	await check("in 2038 and later pages, changes and dates are right", async () => {
		const [member] = await world.rows("SELECT id FROM members WHERE status = 'active' " +
			`AND email <> '${world.email}' LIMIT 1`);
		const [role] = await world.rows("SELECT id FROM roles WHERE builtin = 'guest'");
		const answer = await visitor.post(`${world.place}/users/${idText(member.id)}/role`,
			{ role: idText(role.id) });
		assert.equal(answer.status, 303);
		const page = await visitor.get(`${world.place}/audit`);
		assert.equal(page.status, 200);
		assert.match(page.body, /2038-01-2\d/);
		const [event] = await world.rows("SELECT at FROM events WHERE act = 41 ORDER BY tenant_id, seq DESC LIMIT 1");
		assert.ok(Math.abs(Number(event.at) - clock.now()) < 10 * 60 * 1000, event.at);
	});
	clock.set(0);
}

// Steps under load: nothing fails but sessions that began in what is the future now, be it between the
// sign-in and the first page.
async function underLoad(world, clock) {
	const steps = [0, 37, -37, 1, 0, HOUR, 0, -1, 0];
	let going = true, asked = 0;
	const over = (answer) => answer.status === 303 && answer.headers.location?.startsWith("/signin");
	const work = async () => {
		let visitor = null;
		while (going) {
			const fresh = !visitor;
			visitor ??= new Visitor(world, `clock${++browsers}`, "192.0.2.9");
			const answer = await (fresh ? visitor.enter(world.email, world.password) : list(visitor));
			assert.ok(answer.status === 200 || over(answer), `${answer.status} ${answer.headers.location}`);
			if (answer.status !== 200)
				visitor = null;
			asked++;
		}
	};
	const step = async () => {
		for (const seconds of steps) {
			const before = asked;
			clock.set(seconds);
			await until(() => !going || asked >= before + 40, "answers");
		}
	};
	await check("a clock that is set again and again under load makes no answer fail", async () => {
		const ends = (promise) => promise.finally(() => {
			going = false;
		});
		await Promise.all([step(), work(), work(), work(), work()].map(ends));
	});
	await check("no process died or was taken for stuck", () => {
		assert.equal(world.count("process_died"), 0);
		assert.equal(world.count("watchdog_kill"), 0);
	});
}

await run(new World(), async (world) => {
	await world.make({ members: 30 });
	const clock = new Clock(world);
	clock.set(0);
	await clock.start();
	await sessions(world, clock);
	await throttle(world, clock);
	await underLoad(world, clock);
	await far(world, clock);
	await log(world);
});
done();
