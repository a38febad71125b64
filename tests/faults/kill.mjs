// Workers and the housekeeper are killed while people work (TAP).
// kill.mjs [SECONDS [SEED]]: what was answered is there, what was not is there whole or not at
// all, and nothing else has come to harm.
import fs from "node:fs";
import { assert, check, done, note, run } from "./tap.mjs";
import { Visitor } from "./visitor.mjs";
import { World, idText, until } from "./world.mjs";

const seconds = Number(process.argv[2] || 20);
let random = BigInt(process.argv[3] || Date.now());
const CLIENTS = 12, MEMBERS = 1200, PAUSE_LEAST_MS = 10, PAUSE_MOST_MS = 120;
const act = { signedIn: 10, failed: 11, waits: 13, invited: 30, role: 41, loggedOut: 46 };

note(`seed ${random}`);

function draw(below) {
	random = (random * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
	return Number(random >> 33n) % below;
}

function pick(list) {
	return list[draw(list.length)];
}

class Load {
	constructor(world) {
		this.world = world;
		this.going = true;
		this.lost = 0;
		this.odd = [];              // answers that nobody should get
		this.asked = [];            // { agent, kind, done } of each request that changes
		this.pages = 0;
		this.kills = { quick: 0, slow: 0, keeper: 0 };
	}

	async prepare() {
		this.roles = (await this.world.rows("SELECT id, name FROM roles WHERE scope = 'tenant' " +
			"AND builtin <> 'admin' ORDER BY id")).map((r) => ({ ...r, text: idText(r.id) }));
		this.members = (await this.world.rows("SELECT m.id, m.email, m.role_id FROM members AS m " +
			"JOIN roles AS r ON r.tenant_id = m.tenant_id AND r.id = m.role_id " +
			"WHERE m.status = 'active' AND r.builtin <> 'admin' ORDER BY m.id"))
			.map((m) => ({ ...m, text: idText(m.id), maybe: [m.role_id] }));
		this.invited = await this.world.number("SELECT count(*) FROM invitations");
		this.sent = await this.world.number("SELECT count(*) FROM invitation_sends");
	}

	// What became of a request: "expected" is the answer of one that was done.
	#note(kind, answer, expected, more = {}) {
		const leads = answer.headers.location || "";
		const good = answer.status === expected && !leads.startsWith("/signin");
		if (answer.status === 0)
			this.lost++;
		else if (!good)
			this.odd.push(`${kind}: ${answer.status} ${leads}`);
		if (kind === "page")
			this.pages++;
		else
			this.asked.push({ agent: answer.agent, kind, done: good, ...more });
		return good;
	}

	async #list(visitor) {
		const query = pick(["", "?q=an", "?sort=email", "?status=active", "?sort=role&dir=desc"]);
		this.#note("page", await visitor.get(`/t/acme/users${query}`), 200);
	}

	// A role that the member has not, whatever became of the change before.
	async #role(visitor, mine) {
		const member = pick(mine);
		const role = pick(this.roles.filter((r) => !member.maybe.includes(r.id)));
		const answer = await visitor.post(`/t/acme/users/${member.text}/role`, { role: role.text });
		const good = this.#note("role", answer, 303, { member: member.id, role: role.name });
		if (good)
			member.maybe = [role.id];
		else
			member.maybe.push(role.id);
		if (member.maybe.length >= this.roles.length)
			mine.splice(mine.indexOf(member), 1);
	}

	async #logOut(visitor, mine) {
		const member = pick(mine);
		this.#note("logOut", await visitor.post(`/t/acme/users/${member.text}/logout`), 303,
			{ member: member.id });
	}

	async #invite(visitor) {
		const form = await visitor.get("/t/acme/users/invite");
		this.#note("page", form, 200);
		const formId = /name="form_id" value="([\w-]+)"/.exec(form.body);
		if (!formId)
			return;
		const email = `${visitor.mark.replace("/", ".")}.${visitor.sent}@new.example`;
		this.#note("invite", await visitor.post("/t/acme/users/invite", { name: "New Person", email,
			phone: "", role: this.roles[0].text, form_id: formId[1] }), 303, { email });
	}

	#address() {
		return [10, draw(200), draw(200), 1 + draw(200)].join(".");
	}

	async #signIn(mark) {
		const visitor = new Visitor(this.world, mark, this.#address());
		this.#note("signIn", await visitor.signIn(pick(this.members).email, this.world.password),
			303);
	}

	async #fail(mark) {
		const visitor = new Visitor(this.world, mark, this.#address());
		this.#note("fail", await visitor.signIn(pick(this.members).email, "not the password at all"),
			422, { peer: visitor.peer });
	}

	async client(n) {
		const visitor = new Visitor(this.world, `c${n}`, `192.0.2.${n + 1}`);
		const mine = this.members.filter((m, i) => i % CLIENTS === n);
		while (this.going && (await visitor.enter(this.world.email, this.world.password)).status !== 200)
			;
		for (let i = 0; this.going; i++) {
			const what = draw(100), mark = `c${n}.${i}`;
			if (what < 45)
				await this.#list(visitor);
			else if (what < 65)
				await this.#role(visitor, mine);
			else if (what < 77)
				await this.#logOut(visitor, mine);
			else if (what < 87)
				await this.#invite(visitor);
			else if (what < 96)
				await this.#signIn(mark);
			else
				await this.#fail(mark);
		}
	}

	// One job after the other, so that the housekeeper always has work.
	async jobs() {
		const visitor = new Visitor(this.world, "jobs", "192.0.2.200");
		while (this.going && (await visitor.enter(this.world.email, this.world.password)).status !== 200)
			;
		while (this.going) {
			const answer = await visitor.post("/t/acme/users/logout");
			if (!this.#note("job", answer, 303))
				continue;
			let page;
			do
				page = await visitor.get(answer.headers.location);
			while (this.going && (page.status === 0 || page.body.includes("http-equiv=\"refresh\"")));
		}
	}

	async killer() {
		while (this.going) {
			const pause = PAUSE_LEAST_MS + draw(PAUSE_MOST_MS - PAUSE_LEAST_MS);
			await new Promise((resolve) => {
				setTimeout(resolve, pause);
			});
			const alive = this.world.children().filter((c) => c.kind in this.kills);
			if (!alive.length)
				continue;
			const victim = pick(alive);
			try {
				process.kill(victim.pid, "SIGKILL");
				this.kills[victim.kind]++;
			} catch {
				// Another signal was quicker.
			}
		}
	}

	async work() {
		const stop = new Promise((resolve) => {
			setTimeout(resolve, seconds * 1000);
		}).then(() => {
			this.going = false;
		});
		await Promise.all([stop, this.killer(), this.jobs(),
			...Array.from({ length: CLIENTS }, (unused, n) => this.client(n))]);
	}
}

// Events of this run by the agent that sent the request, each with its act.
async function eventsByAgent(world) {
	const found = new Map();
	for (const e of await world.rows("SELECT user_agent, act, subject_id, fields FROM events " +
	    "WHERE user_agent <> ''")) {
		if (!found.has(e.user_agent))
			found.set(e.user_agent, []);
		found.get(e.user_agent).push({ act: Number(e.act), subject: e.subject_id,
			fields: JSON.parse(e.fields) });
	}
	return found;
}

const acts = { role: [act.role], logOut: [act.loggedOut], invite: [act.invited],
	signIn: [act.signedIn], fail: [act.failed, act.waits] };

async function answered(world, load) {
	const events = await eventsByAgent(world);
	for (const a of load.asked.filter((x) => x.kind in acts)) {
		const of = (events.get(a.agent) || []).filter((e) => acts[a.kind].includes(e.act));
		assert.ok(of.length <= 1, `${a.agent} (${a.kind}) left ${of.length} events`);
		if (a.done)
			assert.equal(of.length, 1, `${a.agent} (${a.kind}) was answered and left no event`);
		if (of.length && a.member)
			assert.equal(of[0].subject, a.member, a.agent);
		if (of.length && a.role)
			assert.equal(of[0].fields[0][2], a.role, a.agent);
	}
	const known = new Set(load.asked.map((a) => a.agent));
	const roles = [...events].filter(([agent, list]) => list.some((e) => e.act === act.role) &&
		!known.has(agent));
	assert.equal(roles.length, 0, "role changes that nobody asked for");
}

// What the last event of a member says is what its row says; without one, what it was before.
async function roleRows(world, load) {
	assert.deepEqual(await world.rows("WITH last AS (SELECT subject_id AS id, " +
		"json_extract(fields, '$[0][2]') AS role, max(seq) FROM events " +
		`WHERE act = ${act.role} AND user_agent <> '' GROUP BY subject_id) ` +
		"SELECT m.id, r.name, last.role FROM last JOIN members AS m ON m.id = last.id " +
		"JOIN roles AS r ON r.tenant_id = m.tenant_id AND r.id = m.role_id " +
		"WHERE r.name <> last.role"), []);
	const still = new Map((await world.rows("SELECT id, role_id FROM members WHERE id NOT IN " +
		`(SELECT subject_id FROM events WHERE act = ${act.role} AND user_agent <> '')`))
		.map((row) => [row.id, row.role_id]));
	for (const member of load.members)
		assert.ok(!still.has(member.id) || still.get(member.id) === member.role_id, member.id);
}

async function sameAgents(world, rowsSql, which) {
	const sql = "SELECT DISTINCT user_agent AS a FROM events WHERE user_agent <> '' " +
		`AND act IN (${which})`;
	const events = (await world.rows(sql)).map((r) => r.a).sort();
	const rows = (await world.rows(rowsSql)).map((r) => r.a).sort();
	assert.deepEqual(rows, events);
}

async function invitations(world, load) {
	const events = await world.number(`SELECT count(*) FROM events WHERE act = ${act.invited} ` +
		"AND user_agent <> ''");
	const made = await world.number("SELECT count(*) FROM invitations") - load.invited;
	const sends = await world.number("SELECT count(*) FROM invitation_sends") - load.sent;
	const mails = await world.number("SELECT count(*) FROM outbox WHERE kind = 'invitation'");
	const whose = "WHERE email LIKE '%@new.example'";
	const members = await world.number(`SELECT count(*) FROM members ${whose}`);
	const people = await world.number(`SELECT count(*) FROM people ${whose}`);
	assert.deepEqual({ made, sends, mails, members, people },
		{ made: events, sends: events, mails: events, members: events, people: events });
}

// A failure is counted for the pair and for the source, in one transaction with its event.
async function throttles(world) {
	assert.deepEqual(await world.rows("SELECT p.source FROM (SELECT source, sum(n) AS n " +
		"FROM throttles WHERE kind = 'pair' GROUP BY source) AS p LEFT JOIN throttles AS s " +
		"ON s.kind = 'source' AND s.subject = '' AND s.source = p.source " +
		"WHERE s.n IS NULL OR s.n <> p.n"), []);
	const counted = await world.number("SELECT coalesce(sum(n), 0) FROM throttles " +
		"WHERE kind = 'source'");
	const events = await world.number("SELECT count(*) FROM events WHERE user_agent <> '' " +
		`AND act IN (${acts.fail})`);
	assert.equal(counted, events);
}

async function jobRows(world, load) {
	const jobs = await world.rows("SELECT done, refused, state FROM jobs");
	assert.ok(jobs.length >= load.asked.filter((a) => a.kind === "job" && a.done).length);
	const each = await world.number("SELECT count(*) FROM members WHERE status IN " +
		"('active', 'deactivated') AND email NOT LIKE '%@new.example'");
	for (const j of jobs)
		assert.deepEqual(j, { done: String(each - 1), refused: "1", state: "done" });
	assert.deepEqual(await world.rows("SELECT subject_id, count(*) AS n FROM events " +
		`WHERE act = ${act.loggedOut} AND client = 'Automation' ` +
		`GROUP BY subject_id HAVING n <> ${jobs.length}`), []);
	assert.equal(await world.number(`SELECT count(*) FROM events WHERE act = ${act.loggedOut} ` +
		"AND client = 'Automation'"), jobs.length * (each - 1));
}

const recount = "SELECT m.tenant_id, substr(m.org_path, 1, d.value), m.status, m.role_id, " +
	"m.factor, count(*) FROM members AS m, json_each('[1,15,29,43]') AS d " +
	"WHERE d.value <= length(m.org_path) GROUP BY 1, 2, 3, 4, 5";
const kept = "SELECT tenant_id, org_path, status, role_id, factor, n FROM member_counts " +
	"WHERE n > 0";

// Fails where the statement gives a row; for what "sql --readonly" refuses to read.
function nothing(world, sql) {
	world.write("CREATE TEMP TABLE none (x CHECK (x = 0)); " +
		`INSERT INTO none SELECT count(*) FROM (${sql});`);
}

function counts(world) {
	nothing(world, `SELECT * FROM (${recount}) EXCEPT ${kept}`);
	nothing(world, `${kept} EXCEPT SELECT * FROM (${recount})`);
}

function sound(world) {
	nothing(world, "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'");
	nothing(world, "SELECT * FROM pragma_foreign_key_check");
}

function searchRows(world) {
	const made = "SELECT t.tenant_id, t.gram, t.name_key, t.id FROM member_texts t " +
		"JOIN members m ON m.search_id = t.search_id WHERE m.status <> 'removed'";
	nothing(world, `SELECT * FROM member_grams EXCEPT ${made}`);
	nothing(world, `${made} EXCEPT SELECT * FROM member_grams`);
	world.write("INSERT INTO members_fts (members_fts) VALUES ('integrity-check');");
}

function secretsHidden(world) {
	const log = world.logText();
	for (const secret of world.secrets)
		assert.ok(!log.includes(secret), "a password or a cookie is in the log");
	assert.ok(world.secrets.size > CLIENTS);
}

async function oracle(world, load) {
	const lost = load.kills.quick + load.kills.slow;
	note(`${load.kills.quick} quick, ${load.kills.slow} slow, ${load.kills.keeper} housekeepers ` +
		`killed; ${load.pages} pages, ${load.asked.length} changes, ${load.lost} answers lost`);
	await check("enough was killed, and enough done, to prove something", () => {
		assert.ok(load.kills.quick >= seconds && load.kills.slow && load.kills.keeper);
		assert.ok(load.asked.filter((a) => a.done).length >= 10 * seconds);
	});
	await check("a kill costs at most one client its answer", () => {
		assert.ok(load.lost <= lost, `${load.lost} of ${lost}`);
	});
	await check("every answer that came is a good one", () => {
		assert.deepEqual(load.odd, []);
	});
	await check("what was answered is there once, all else once or not at all", answered(world, load));
	await check("members have the role that their last event says", roleRows(world, load));
	await check("sessions are there with their event, and only with it", sameAgents(world,
		"SELECT DISTINCT user_agent AS a FROM sessions", act.signedIn));
	await check("invitations are whole: person, member, link, email, event", invitations(world, load));
	await check("failures are counted as often as they are in the log", throttles(world));
	await check("each job did each row once", jobRows(world, load));
	await check("the audit chains are whole", world.tenantry("audit", "verify"));
}

await run(new World(), async (world) => {
	await world.make({ members: MEMBERS });
	world.write("UPDATE tenants SET invites_daily = 0;");
	const load = new Load(world);
	await load.prepare();
	await world.start({ TENANTRY_NO_PAUSE: "1" });
	await load.work();
	await check("jobs come to their end once nobody is killed any more", until(async () =>
		await world.number("SELECT count(*) FROM jobs WHERE state <> 'done'") === 0, "the jobs"));
	await oracle(world, load);
	await check("the supervisor ends well", async () => {
		assert.equal(await world.stop(), 0);
	});
	await check("no process is left over", () => assert.deepEqual(world.left(), []));
	await check("no socket and no pid file is left", () =>
		assert.deepEqual(fs.readdirSync(`${world.dir}/run`), []));
	await check("the database is sound", () => sound(world));
	await check("the kept counts are right", () => counts(world));
	await check("every member is found by search", () => searchRows(world));
	await check("no password, no cookie in the log", () => secretsHidden(world));
});
done();
