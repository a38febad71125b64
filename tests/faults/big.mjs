// Lists of a large tenant (TAP).  big.mjs [MEMBERS [EVENTS]]: pages follow each other without a gap
// or a repetition, searches find what is there, numbers are right.  How fast: make bench.
import { assert, check, done, note, run } from "./tap.mjs";
import { Visitor } from "./visitor.mjs";
import { World, idText } from "./world.mjs";

const members = Number(process.argv[2] || 1000000), events = Number(process.argv[3] || 100000);
const STEPS = 40, ROWS = 100;
const keys = { name: "name_key", email: "email_key", role: "role_key", status: "status_key",
	last_seen: "signed_in_at", registered: "created_at" };

const ours = "status <> 'removed' AND tenant_id = (SELECT id FROM tenants WHERE slug = 'acme')";

function idsOf(page) {
	const found = page.body.matchAll(/<a [^>]*href="\/t\/acme\/users\/([0-9a-z]{13})"/g);
	return [...new Set([...found].map(([, id]) => id))];
}

function linkOf(page, rel) {
	const link = new RegExp(`href="([^"]+)" rel="${rel}"`).exec(page.body);
	return link && link[1].replaceAll("&amp;", "&");
}

async function page(visitor, target) {
	const answer = await visitor.get(target);
	assert.equal(answer.status, 200, target);
	return answer;
}

// Page after page, and then back to the first.
async function walk(world, visitor, sort, down, where) {
	const dir = down ? "desc" : "asc", got = [];
	let target = `/t/acme/users?rows=${ROWS}&sort=${sort}&dir=${dir}${where.query}`, last, steps = 0;
	for (; target && steps < STEPS; steps++) {
		last = await page(visitor, target);
		got.push(...idsOf(last));
		target = linkOf(last, "next");
	}
	const wanted = await world.rows(`SELECT id FROM members WHERE ${ours} ${where.sql} ` +
		`ORDER BY ${keys[sort]} ${dir}, id ${dir} LIMIT ${got.length}`);
	assert.ok(got.length > ROWS || !target);
	assert.deepEqual(got, wanted.map((row) => idText(row.id)));
	if (got.length <= ROWS)
		return;
	const before = await page(visitor, linkOf(last, "prev"));
	const from = got.length - idsOf(last).length;
	assert.deepEqual(idsOf(before), got.slice(from - ROWS, from));
}

async function search(world, visitor, term) {
	const answer = await page(visitor, `/t/acme/users?rows=${ROWS}&q=${encodeURIComponent(term)}`);
	const wanted = await world.rows(`SELECT id FROM members WHERE ${ours} ` +
		`AND search LIKE '%${term}%' ORDER BY name_key, id LIMIT ${ROWS}`);
	assert.deepEqual(idsOf(answer), wanted.map((row) => idText(row.id)), term);
}

async function total(world, visitor, query, sql) {
	const text = /class="total">([^<]*)</.exec((await page(visitor, `/t/acme/users${query}`)).body)[1];
	const n = await world.number(`SELECT count(*) FROM members WHERE ${ours} ${sql}`);
	const said = text.replaceAll(/[,.\u00a0\u202f]/g, "");
	assert.ok(n > 1000 && said.startsWith("more than") ? said.includes("1000") :
		said.includes(String(n)), `${text} for ${n}`);
}

await run(new World(), async (world) => {
	// While they are made, what was changed stays in memory until it is committed.
	world.configure({ database: "sqlite:state/tenantry.db?cache=1500000" });
	await world.make({ members, events, tenants: 2 });
	world.configure();
	await world.start();
	const visitor = new Visitor(world, "admin");
	assert.equal((await visitor.enter(world.email, world.password)).status, 200);
	note(`${await world.number("SELECT count(*) FROM members")} members, ` +
		`${await world.number("SELECT count(*) FROM events")} events`);
	const all = { query: "", sql: "" };
	const off = { query: "&status=deactivated", sql: "AND status = 'deactivated'" };
	for (const sort of Object.keys(keys))
		for (const down of [false, true]) {
			await check(`by ${sort}, ${down ? "down" : "up"}`, walk(world, visitor, sort, down, all));
			await check(`by ${sort}, ${down ? "down" : "up"}, deactivated ones only`,
				walk(world, visitor, sort, down, off));
		}
	for (const term of ["nakamura", "zoe", "77@acme", "hana", "123456", "nobodyatall"])
		await check(`search for ${term}`, search(world, visitor, term));
	await check("the number of all", total(world, visitor, "", ""));
	await check("the number of a filter", total(world, visitor, "?status=deactivated",
		"AND status = 'deactivated'"));
	await check("the number of a search", total(world, visitor, "?q=1234",
		"AND search LIKE '%1234%'"));
	await check("the log, page by page", async () => {
		let target = "/t/acme/audit", n = 0;
		for (; target && n < STEPS; n++)
			target = linkOf(await page(visitor, target), "next");
		assert.ok(n === STEPS || events < STEPS * 50);
	});
	await check("the chains are whole", world.tenantry("audit", "verify"));
	await check("no process died", () => assert.equal(world.count("process_died"), 0));
});
done();
