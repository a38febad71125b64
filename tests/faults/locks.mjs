// Somebody else holds the write lock (TAP): waiting ends, reading goes on, and when the lock is
// free again everything works by itself.
import { assert, check, done, run } from "./tap.mjs";
import { Visitor } from "./visitor.mjs";
import { World, idText } from "./world.mjs";

const WRITERS = 64, TIMES = 5, READS = 30;

// A process of its own with the lock of the program, or with SQLite's.
async function holdsLock(world) {
	const helper = await world.helper("bash", "-c",
		"exec 9<>\"$0\"; flock 9; echo ready; read -r line", `${world.db}.lock`);
	await helper.ready();
	return helper;
}

async function holdsDatabase(world) {
	const helper = await world.helper("sqlite3", "-bail", world.db);
	helper.child.stdin.write("BEGIN IMMEDIATE;\nSELECT 'ready';\n");
	await helper.ready();
	return helper;
}

// Reads while a change waits; the reads are all answered before the change is.
async function readsGoOn(visitor, change) {
	let answered = false;
	change.then(() => {
		answered = true;
	});
	for (let i = 0; i < READS; i++)
		assert.equal((await visitor.get("/t/acme/users?sort=email")).status, 200);
	assert.equal(answered, false, "the change was answered while others read");
}

async function refused(answer) {
	assert.equal((await answer).status, 503);
	assert.ok(Number((await answer).headers["retry-after"]) > 0);
	assert.match((await answer).body, /Nothing was changed/);
}

async function held(world, visitor, target, hold, name) {
	const holder = await hold(world);
	holder.child.kill("SIGSTOP");
	const change = visitor.post(target);
	const signIn = new Visitor(world, "in").signIn(world.email, world.password);
	await check(`${name}, stopped: pages are answered while a change waits`,
		readsGoOn(visitor, change));
	await check(`${name}, stopped: the wait ends with 503 and Retry-After`, refused(change));
	await check(`${name}, stopped: so does a sign-in's`, refused(signIn));
	const waits = visitor.post(target);
	await readsGoOn(visitor, waits);
	await holder.kill("SIGKILL");
	await check(`${name}, killed: who waits goes on`, async () =>
		assert.equal((await waits).status, 303));
}

// A session that is noted once a minute, after the answer.
async function late(world, visitor) {
	await world.stop();
	await world.start({ TENANTRY_NOW_PLUS_MS: "600000" });
	const holder = await holdsLock(world);
	const change = visitor.post("/t/acme/users/logout");
	await check("pages whose reader was long away are answered too", readsGoOn(visitor, change));
	await holder.kill("SIGKILL");
	assert.equal((await change).status, 303);
	const seen = "SELECT max(seen_at) FROM sessions WHERE user_agent = 'admin/1'";
	const before = await world.number(seen);
	await visitor.get("/t/acme/users");
	await check("and noted as soon as that is possible", async () => {
		while (await world.number(seen) === before)
			assert.equal((await visitor.get("/t/acme/users")).status, 200);
	});
}

async function writers(world, visitor, target) {
	await world.stop();
	world.configure({ quick_workers: WRITERS });
	await world.start();
	const events = () => world.number("SELECT count(*) FROM events WHERE act = 46 AND client = 'Web'");
	const before = await events();
	await check(`${WRITERS} write at once: each is answered, each is there`, async () => {
		await Promise.all(Array.from({ length: WRITERS }, async () => {
			for (let i = 0; i < TIMES; i++)
				assert.equal((await visitor.post(target)).status, 303);
		}));
		assert.equal(await events(), before + WRITERS * TIMES);
		await world.tenantry("audit", "verify");
	});
}

await run(new World(), async (world) => {
	await world.make();
	await world.start();
	const visitor = new Visitor(world, "admin");
	assert.equal((await visitor.enter(world.email, world.password)).status, 200);
	const [member] = await world.rows("SELECT id FROM members WHERE status = 'active' " +
		"ORDER BY id DESC LIMIT 1");
	const target = `/t/acme/users/${idText(member.id)}/logout`;
	await held(world, visitor, target, holdsLock, "the lock file");
	await held(world, visitor, target, holdsDatabase, "SQLite's lock");
	await late(world, visitor);
	await writers(world, visitor, target);
	await check("no process died or was killed, and no statement failed", () => {
		for (const what of ["process_died", "watchdog_kill", "database error"])
			assert.equal(world.count(what), 0, what);
	});
});
done();
