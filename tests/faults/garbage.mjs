// What no web server would send comes to both sockets, while people work (TAP).
// garbage.mjs [COUNT [SEED]]: so many connections to each socket.
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { assert, check, done, note, run } from "./tap.mjs";
import { Visitor } from "./visitor.mjs";
import { World, build, idText, until } from "./world.mjs";

const count = process.argv[2] || "8000", seed = process.argv[3] || String(Date.now());
const program = path.join(build, "tests", "faults", "garbage");

async function flood(world, pool, result) {
	const { stdout } = await promisify(execFile)(program, [world.socket(pool), count, seed]);
	const [sent, hung] = stdout.split(" ").map(Number);
	assert.equal(sent, Number(count));
	result[pool] = hung;
}

// Answers that came are good; one may be lost with each process that died.
async function people(world, visitor, target, work) {
	const seen = { good: 0, lost: 0 };
	while (!work.over) {
		for (const answer of [await visitor.get("/t/acme/users"), await visitor.post(target)]) {
			assert.ok([0, 200, 303].includes(answer.status), String(answer.status));
			seen[answer.status ? "good" : "lost"]++;
		}
	}
	return seen;
}

note(`seed ${seed}`);
await run(new World(), async (world) => {
	const hung = {}, work = { over: false };
	await world.make();
	await world.start({ TENANTRY_NO_PAUSE: "1" });
	const visitor = new Visitor(world, "admin");
	assert.equal((await visitor.enter(world.email, world.password)).status, 200);
	const [member] = await world.rows("SELECT id FROM members WHERE status = 'active' " +
		"ORDER BY id DESC LIMIT 1");
	const events = () => world.number("SELECT count(*) FROM events WHERE act <> 46");
	const before = await events();
	const working = people(world, visitor, `/t/acme/users/${idText(member.id)}/logout`, work);
	await check(`${count} odd connections to each socket come to their end`, async () => {
		await Promise.all([flood(world, "quick", hung), flood(world, "slow", hung)]);
		assert.deepEqual(hung, { quick: 0, slow: 0 });
	});
	work.over = true;
	const seen = await working;
	note(`${seen.good} good answers, ${seen.lost} lost, ${world.count("process_died")} deaths`);
	await check("people are answered meanwhile, but for one with each death", () => {
		assert.ok(seen.good > 20 && seen.lost <= world.count("process_died"));
	});
	await check("no worker was busy for so long that it was killed", () =>
		assert.equal(world.count("watchdog_kill"), 0));
	await check("deaths are the known one only", () => {
		for (const e of world.entries("process_died"))
			assert.ok(["quick", "slow"].includes(e.kind) && ["6", "11"].includes(e.code),
				JSON.stringify(e));
		assert.ok(world.count("process_died") <= Number(count) / 40);
	});
	await check("all workers are there", () =>
		until(() => world.children().length === 8, "8 processes"));
	await check("it left no event but those of the people at work", async () => {
		assert.equal(await events(), before);
		await world.tenantry("audit", "verify");
	});
	await check("sign-in works", async () => {
		const answer = await new Visitor(world, "in").signIn(world.email, world.password);
		assert.equal(answer.status, 303);
	});
	await check("the program stops well", async () => assert.equal(await world.stop(), 0));
});
done();
