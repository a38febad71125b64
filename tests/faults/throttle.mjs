// Failed sign-ins are counted for all workers and over restarts, the owner of an address cannot be
// locked out, and the table of counts is bounded (TAP).  throttle.mjs [TRIES].
import { assert, check, done, note, run } from "./tap.mjs";
import { Visitor } from "./visitor.mjs";
import { World, until } from "./world.mjs";

const tries = Number(process.argv[2] || 1000);
const LIMIT = 5, STRANGERS = 100, ROWS_MOST = 65536, AT_ONCE = 4;

function address(n) {
	return `10.${n >> 16 & 255}.${n >> 8 & 255}.${n & 255}`;
}

function attempt(world, peer, email, password = "not the password at all") {
	return new Visitor(world, "try", peer).signIn(email, password);
}

async function statuses(n, body) {
	return Promise.all(Array.from({ length: n }, async (unused, i) => (await body(i)).status));
}

function says429(answer) {
	assert.equal(answer.status, 429);
	assert.ok(Number(answer.headers["retry-after"]) > 0);
}

// More tries at once than there are workers, so that each has some.
async function acrossWorkers(world, email, name) {
	const peer = "192.0.2.77";
	for (let i = 0; i < LIMIT; i++)
		assert.equal((await attempt(world, peer, email)).status, 422);
	await check(`${name}: after ${LIMIT} failures every worker says 429`, async () => {
		assert.deepEqual(await statuses(24, () => attempt(world, peer, email)), Array(24).fill(429));
		says429(await attempt(world, peer, email));
	});
	await check(`${name}: from elsewhere it is still asked`, async () =>
		assert.equal((await attempt(world, "192.0.2.78", email)).status, 422));
	await world.stop();
	await world.start();
	await check(`${name}: a restart does not forget`, async () =>
		says429(await attempt(world, peer, email)));
	return (await attempt(world, peer, email)).body.replaceAll(email, "");
}

async function owner(world) {
	const browser = new Visitor(world, "owner", "198.51.100.1");
	assert.equal((await browser.signIn(world.email, world.password)).status, 303);
	const [{ email }] = await world.rows("SELECT email FROM members WHERE status = 'active' " +
		`AND email <> '${world.email}' LIMIT 1`);
	const friend = new Visitor(world, "friend", "198.51.100.2");
	assert.equal((await friend.signIn(email, world.password)).status, 303);
	friend.jar.delete("sid");
	let next = 0;
	const seen = { 422: 0, 429: 0 };
	await Promise.all(Array.from({ length: AT_ONCE }, async () => {
		while (next < tries)
			seen[(await attempt(world, address(next++), email)).status]++;
	}));
	note(`${seen[422]} tries were looked at, ${seen[429]} not`);
	await check(`${tries} tries from as many sources: unknown browsers are refused after ` +
		`${STRANGERS}`, async () => {
		assert.equal(seen[422] + seen[429], tries);
		assert.ok(seen[422] >= STRANGERS && seen[422] < STRANGERS + AT_ONCE, String(seen[422]));
		says429(await attempt(world, "203.0.113.9", email, world.password));
	});
	await check("the owner's browser gets in all the same", async () =>
		assert.equal((await friend.signIn(email, world.password)).status, 303));
	await check("it costs one email at the most, and rows only for tries that were looked at",
		async () => {
			assert.equal(await world.number("SELECT count(*) FROM outbox"), 1);
			assert.ok(await world.number("SELECT count(*) FROM throttles") <=
				2 * (STRANGERS + AT_ONCE) + 20);
		});
	await check("nobody else is kept out", async () =>
		assert.equal((await attempt(world, "203.0.113.9", world.email, world.password)).status, 303));
}

// Puts as many rows in as there may be; "ago": when they began.
async function fillTable(world, ago) {
	await world.stop();
	world.write("DELETE FROM throttles; WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL " +
		`SELECT i + 1 FROM n WHERE i < ${ROWS_MOST}) INSERT INTO throttles ` +
		"SELECT 'pair', 'x' || i, '10.0.0.1', 5, t, t + 600000 FROM n, " +
		`(SELECT unixepoch() * 1000 - ${ago} AS t);`);
	await world.start();
}

async function bounded(world) {
	const rows = () => world.number("SELECT count(*) FROM throttles");
	const browser = new Visitor(world, "owner", "198.51.100.1");
	assert.equal((await browser.signIn(world.email, world.password)).status, 303);
	browser.jar.delete("sid");
	await fillTable(world, 0);
	await check("a full table takes no new source: 429, whatever the password", async () => {
		for (let i = 0; i < 20; i++)
			says429(await attempt(world, address(i), world.email));
		says429(await attempt(world, address(99), world.email, world.password));
		assert.equal(await rows(), ROWS_MOST);
	});
	await check("who waits in it still waits", async () =>
		says429(await attempt(world, "10.0.0.1", "x77")));
	await check("a known browser gets in", async () =>
		assert.equal((await browser.signIn(world.email, world.password)).status, 303));
	// Still good at the start, when the housekeeper sweeps anyway, and over 4 s later.
	await fillTable(world, 596000);
	await check("expired ones make room soon", async () => {
		await until(async () => await rows() < 10, "the sweep");
		assert.equal((await attempt(world, address(1), world.email)).status, 422);
	});
	await world.stop();
	world.write("CREATE TEMP TABLE t (x CHECK (x = 0)); INSERT INTO t SELECT count(*) - " +
		"(SELECT n FROM throttle_size) FROM throttles;");
}

await run(new World({ slow_workers: 4 }), async (world) => {
	await world.make();
	await world.start();
	const known = await acrossWorkers(world, world.email, "a known address");
	const unknown = await acrossWorkers(world, "nobody@acme.example", "an unknown address");
	await check("both get the same page", () => {
		const plain = (text) => text.replace(/value="[\w-]{20,}"/g, "").replace(/\d+ minutes?/g, "");
		assert.equal(plain(known), plain(unknown));
	});
	await owner(world);
	await bounded(world);
});
done();
