// The housekeeper is killed again and again in the midst of acts on many (TAP): each row is done
// once, with one event and one email, and the job comes to its end.
import { assert, check, done, note, run } from "./tap.mjs";
import { Visitor } from "./visitor.mjs";
import { World, until } from "./world.mjs";

const MEMBERS = 900, INVITED = 400, PAUSE_MOST_MS = 60;
const act = { deactivated: 42, invited: 30 };
let kills = 0;

// Until the job has ended: kills whoever works it, after a pause that is another each time.
async function killWhile(world, job) {
	for (let i = 0; ; i++) {
		const [row] = await world.rows(`SELECT state FROM jobs WHERE kind = '${job}'`);
		if (!["waiting", "running"].includes(row.state))
			return row.state;
		await new Promise((resolve) => {
			setTimeout(resolve, (i * 7) % PAUSE_MOST_MS);
		});
		for (const { pid } of world.children().filter((child) => child.kind === "keeper")) {
			process.kill(pid, "SIGKILL");
			kills++;
		}
		await until(() => world.children().some((child) => child.kind === "keeper"), "another housekeeper");
	}
}

function field(body, name) {
	return new RegExp(`name="${name}" value="([^"]*)"`).exec(body)[1];
}

await run(new World(), async (world) => {
	await world.make({ members: MEMBERS });
	world.write("UPDATE tenants SET invites_daily = 0;");
	await world.start({ TENANTRY_NO_PAUSE: "1" });
	const visitor = new Visitor(world, "bulk");
	assert.equal((await visitor.enter(world.email, world.password)).status, 200);
	const asked = await visitor.get("/t/acme/users/bulk/deactivate?all=1&status=active&status=dormant");
	const n = /Deactivate ([\d,]+) users/.exec(asked.body)[1].replace(",", "");
	const began = await visitor.post("/t/acme/users/bulk/deactivate", { all: "1",
		filter: "status=active&status=dormant", form_id: field(asked.body, "form_id"), typed: n });
	await check("the act on many begins", () => assert.equal(began.status, 303));
	assert.equal(await killWhile(world, "users.deactivate"), "done");
	note(`${kills} kills`);
	await check("each row is done once, and all of them", async () => {
		const [job] = await world.rows("SELECT done, refused, total FROM jobs WHERE kind = 'users.deactivate'");
		assert.deepEqual(job, { done: String(n - 1), refused: "1", total: String(n) });
		assert.equal(await world.number(`SELECT count(*) FROM events WHERE act = ${act.deactivated} ` +
			"AND client = 'Automation'"), n - 1);
		assert.equal(await world.number("SELECT count(DISTINCT subject_id) FROM events " +
			`WHERE act = ${act.deactivated} AND client = 'Automation'`), n - 1);
		assert.equal(await world.number("SELECT count(*) FROM outbox WHERE kind = 'deactivated'"), n - 1);
	});
	const pasted = Array.from({ length: INVITED }, (unused, i) => `p${i}@killed.example`).join("\n");
	const role = /name="role" value="(\w+)"(?! disabled)/.exec((await visitor.get("/t/acme/users/invite/many")).body)[1];
	const kept = await visitor.post("/t/acme/users/invite/many", { pasted, role });
	await check("the addresses are kept", () => assert.equal(kept.status, 303));
	await visitor.get(kept.headers.location);
	assert.equal((await visitor.post(kept.headers.location)).status, 303);
	assert.equal(await killWhile(world, "users.invite"), "done");
	note(`${kills} kills`);
	await check("each address is invited once, and all of them", async () => {
		const whose = "LIKE '%@killed.example'";
		assert.equal(await world.number("SELECT done FROM jobs WHERE kind = 'users.invite'"), INVITED);
		assert.equal(await world.number(`SELECT count(*) FROM members WHERE email ${whose}`), INVITED);
		assert.equal(await world.number(`SELECT count(*) FROM people WHERE email ${whose}`), INVITED);
		assert.equal(await world.number(`SELECT count(*) FROM outbox WHERE address ${whose}`), INVITED);
		assert.equal(await world.number(`SELECT count(*) FROM events WHERE act = ${act.invited} ` +
			"AND client = 'Automation'"), INVITED);
		assert.equal(await world.number("SELECT count(*) FROM upload_parts"), 0);
	});
	await check("enough was killed to prove something", () => assert.ok(kills > 10, `${kills}`));
	await check("the audit chains are whole", world.tenantry("audit", "verify"));
});
done();
