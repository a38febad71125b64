// Eight people act at once against a model (TAP).  oracle.mjs [SECONDS [SEED]]: each round sends
// eight acts that get in one another's way: administrators change, deactivate and remove each
// other, invite the same address, cancel what somebody accepts, a link is used twice, and so are the
// codes of somebody who signs in thrice at once.  In some rounds a job acts on many of them while
// the others act one after the other.  Afterwards there must be an order in which the model, asked
// one act after the other, gives the very answers and ends where the database is.
import { createHmac } from "node:crypto";
import { assert, check, done, note, run } from "./tap.mjs";
import { Visitor } from "./visitor.mjs";
import { World, idText } from "./world.mjs";

const seconds = Number(process.argv[2] || 20);
let random = BigInt(process.argv[3] || Date.now());
const JOBS = ["role", "deactivate", "remove"];
const KINDS = ["role", "deactivate", "reactivate", "invite", "accept", "totp", "recovery",
	...JOBS.map((kind) => `many ${kind}`)].flatMap((kind) => [`${kind} done`, `${kind} refused`]);
const CLIENTS = 8, BYSTANDERS = 6, INVITED_MOST = 6, LONGER_MS = 90000;
// A round of a job comes after so many others, one of codes after so many.
const JOB_EACH = 5, CODE_EACH = 4, AT_ONCE = 3;
// Two of three are refused each time, and twenty in an hour leave recovery codes alone.
const TOTPS_MOST = 8;

note(`seed ${random}`);

function draw(below) {
	random = (random * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
	return Number(random >> 33n) % below;
}

function pick(list) {
	return list[draw(list.length)];
}

// ---------------------------------------------------------------- the model

// A state is what is known of each member: { email, status, admin }, by id; a link is good for as
// long as its member is invited.
const mayAct = (m) => m.status === "active" && m.admin;
const activeAdmins = (state) => Object.values(state).filter(mayAct).length;

function changed(state, id, more) {
	const next = { ...state, [id]: { ...state[id], ...more } };
	return activeAdmins(next) ? next : null;
}

// What each act makes of a state; null: it is refused.
const acts = {
	role(state, { target, admin }) {
		const m = state[target];
		return m.status === "removed" ? null : changed(state, target, { admin });
	},
	// Who is so already stays so, and is not refused: a second click on the same button.
	deactivate: (state, { target }) => (["active", "deactivated"].includes(state[target].status) ?
		changed(state, target, { status: "deactivated" }) : null),
	reactivate: (state, { target }) => (["active", "deactivated"].includes(state[target].status) ?
		changed(state, target, { status: "active" }) : null),
	remove: (state, { target }) => (["active", "deactivated"].includes(state[target].status) ?
		changed(state, target, { status: "removed" }) : null),
	cancel: (state, { target }) =>
		(state[target].status === "invited" ? changed(state, target, { status: "removed" }) : null),
	invite(state, { email }) {
		const there = Object.values(state).some((m) => m.email === email && m.status !== "removed");
		return there ? null : { ...state, [email]: { email, status: "invited", admin: false } };
	},
	// Of a job nobody does anything to themselves, and who is only invited is not deactivated.
	"many role": (state, act) => (act.target === act.actor ? null : acts.role(state, act)),
	"many deactivate": (state, act) => (act.target === act.actor || state[act.target].status !== "active" ? null :
		acts.deactivate(state, act)),
	"many remove": (state, act) => (act.target === act.actor ? null :
		acts.remove(state, act) || acts.cancel(state, act)),
	// Each chunk asks whether who began it still may.
	chunk: (state) => state,
	// Each step of the authenticator once, and none before one that was used; each recovery code once.
	totp: (state, { step }) => (step > state.steps.status ?
		{ ...state, steps: { ...state.steps, status: step } } : null),
	recovery: (state, { code }) => (state.recovery.used.includes(code) ? null : { ...state,
		recovery: { ...state.recovery, status: state.recovery.status - 1, used: [...state.recovery.used, code] } }),
	// Whoever handed the link over must still be somebody who may invite.
	accept: (state, { target, by }) => (state[target].status === "invited" && mayAct(state[by]) ?
		changed(state, target, { status: "active" }) : null),
};

function answer(state, act) {
	if (act.actor && !mayAct(state[act.actor]))
		return null;
	return acts[act.kind](state, act);
}

const key = (state) => JSON.stringify(Object.values(state)
	.map((m) => [m.email, m.status, m.admin]).sort());

// Is there an order of the acts that leads from "state" to "end" by their answers?
function ordered(state, left, end, seen) {
	if (left.length === 0)
		return key(state) === end;
	const at = `${left.map((a) => a.n).join()} ${key(state)}`;
	if (seen.has(at))
		return false;
	seen.add(at);
	return left.some((act) => {
		if (act.chain && left.some((other) => other.chain === act.chain && other.at < act.at))
			return false;
		const next = answer(state, act);
		if (Boolean(next) !== act.good && !act.shutOut)
			return false;
		return ordered(act.good ? next : state, left.filter((a) => a !== act), end, seen);
	});
}

// ---------------------------------------------------------------- the world

async function read(world, used = []) {
	const rows = await world.rows("SELECT m.id, m.email, m.status, r.builtin FROM members AS m " +
		"JOIN roles AS r ON r.tenant_id = m.tenant_id AND r.id = m.role_id");
	const [codes] = await world.rows("SELECT coalesce(max(f.last_step), 0) AS step, (SELECT count(*) FROM " +
		"recovery_codes WHERE used_at = 0) AS n FROM factors AS f");
	return { ...Object.fromEntries(rows.map((r) =>
		[r.id, { email: r.email, status: r.status, admin: r.builtin === "admin" }])),
	steps: { email: "steps", status: Number(codes.step), admin: false },
	recovery: { email: "recovery", status: Number(codes.n), admin: false, used } };
}

const STEP_MS = 30000;

// RFC 6238 as authenticators do it.
function totp(secret, step) {
	const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0"));
	const bytes = Buffer.from(bits.join("").match(/.{8}/g).map((byte) => parseInt(byte, 2)));
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(step));
	const mac = createHmac("sha1", bytes).update(counter).digest();
	const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
	return String(number % 1000000).padStart(6, "0");
}

class Game {
	constructor(world) {
		this.world = world;
		this.people = Array.from({ length: CLIENTS + BYSTANDERS }, (unused, n) =>
			({ n, visitor: new Visitor(world, `o${n}`, `192.0.2.${n + 1}`) }));
		this.clients = this.people.slice(0, CLIENTS);
		this.counts = {};
		this.invitations = 0;
		this.rounds = 0;
		this.used = [];
		this.totps = 0;
	}

	// Somebody who does nothing but sign in, with a second factor.
	async #enrol(email) {
		const page = `${this.world.place}/profile/factor/on`;
		const visitor = new Visitor(this.world, "code", "192.0.2.99");
		await visitor.enter(email, this.world.password);
		const form = await visitor.get(page);
		const secret = /id="secret" value="([^"]*)"/.exec(form.body)[1].replace(/ /g, "");
		const step = Math.floor(Date.now() / STEP_MS) - 1;
		const on = await visitor.post(page, { pending: /name="pending" value="([^"]*)"/.exec(form.body)[1],
			code: totp(secret, step), password: this.world.password });
		assert.equal(on.status, 200, on.body);
		const codes = [...on.body.matchAll(/<code>([A-Z2-7-]{29})<\/code>/g)].map(([, code]) => code);
		assert.equal(codes.length, 10);
		for (const text of [secret, ...codes])
			this.world.secrets.add(text);
		this.holder = { email, secret, codes };
	}

	// The clients act on each other and on some bystanders.
	async prepare() {
		const roles = await this.world.rows("SELECT id, builtin FROM roles WHERE scope = 'tenant'");
		this.admin = idText(roles.find((r) => r.builtin === "admin").id);
		this.guest = idText(roles.find((r) => r.builtin === "guest").id);
		const state = await read(this.world);
		const ids = Object.keys(state).filter((id) => state[id].status === "active");
		const first = ids.find((id) => state[id].email === this.world.email);
		const chosen = [first, ...ids.filter((id) => id !== first)].slice(0, CLIENTS + BYSTANDERS);
		this.ids = chosen;
		await this.#enrol(state[ids.find((id) => !chosen.includes(id))].email);
		for (const [i, c] of this.people.entries())
			Object.assign(c, { id: chosen[i], email: state[chosen[i]].email });
		await this.#back(state);
	}

	#at(id, act) {
		return `${this.world.place}/users/${idText(id)}/${act}`;
	}

	// Opens a page for its token; signs in where the session has ended.
	async #here({ email, visitor }) {
		const page = `${this.world.place}/users`;
		if ([200, 403].includes((await visitor.get(page)).status))
			return;
		visitor.jar.clear();
		assert.equal((await visitor.signIn(email, this.world.password)).status, 303);
		assert.ok([200, 403].includes((await visitor.get(page)).status));
	}

	// Who acts is active and signed in when a round begins; of a duel only two are administrators.
	async #back(state) {
		const helper = this.people.find((c) => mayAct(state[c.id]));
		const act = (id, what, fields) => helper.visitor.post(this.#at(id, what), fields);
		await this.#here(helper);
		this.duel = draw(2) === 0;
		const admins = this.duel ? 2 : CLIENTS;
		const order = [helper, ...this.people.filter((c) => c !== helper)];
		for (const [i, c] of order.entries()) {
			if (i < CLIENTS && state[c.id].status === "deactivated")
				assert.equal((await act(c.id, "reactivate")).status, 303);
			if (state[c.id].admin !== i < admins)
				assert.equal((await act(c.id, "role", { role: i < admins ? this.admin : this.guest })).status, 303);
		}
		await Promise.all(order.slice(0, CLIENTS).map((c) => this.#here(c)));
		this.admins = order.slice(0, admins);
		this.clients = order.slice(0, CLIENTS);
	}

	async #link(id) {
		const page = await this.admins[0].visitor.post(this.#at(id, "link"));
		assert.equal(page.status, 200, page.body);
		return new URL(/https?:\/\/[^"<\s]+\/invite\?t=[\w-]+/.exec(page.body)[0]);
	}

	// Who may not invite has none, and sends the act all the same.
	async #formId(visitor) {
		const form = await visitor.get(`${this.world.place}/users/invite`);
		return /name="form_id" value="([\w-]+)"/.exec(form.body)?.[1] || "";
	}

	// What this round's acts are; each client does one.
	async #draw(state) {
		const others = this.duel ? this.admins.map((c) => c.id) : this.ids;
		const invited = Object.keys(state).filter((id) => state[id].status === "invited" &&
			state[id].email.endsWith("@oracle.example"));
		const link = invited.length ? { id: pick(invited) } : null;
		const email = invited.length < INVITED_MOST ? `n${this.invitations++}@oracle.example` : null;
		const shown = [];
		if (link)
			link.url = await this.#link(link.id);
		const guests = Object.keys(state).filter((id) => state[id].status === "active" &&
			state[id].email.endsWith("@oracle.example"));
		const give = draw(2) === 0;
		for (const c of this.clients) {
			const what = this.duel ? 40 + draw(42) : draw(100);
			// Often everybody is after the same one; of two, each is after the other or gives up.
			const target = this.duel ? others.find((id) => (id === c.id) === give) || others[0] :
				draw(3) ? pick(others) : others[0];
			let act;
			if (email && what < 20)
				act = { kind: "invite", email, form_id: await this.#formId(c.visitor) };
			else if (link && what < 35)
				act = { kind: "accept", target: link.id, by: this.admins[0].id, url: link.url };
			else if (link && what < 40)
				act = { kind: "cancel", target: link.id };
			else if (what < 62)
				act = { kind: "role", target, admin: !this.duel && draw(3) === 0 };
			else if (what < 82)
				act = { kind: "deactivate", target };
			else if (what < 95 || !guests.length)
				act = { kind: "reactivate", target };
			else
				act = { kind: "remove", target: guests[0] };
			if (act.kind !== "accept")
				act.actor = c.id;
			shown.push({ n: c.n, client: c, ...act });
		}
		return shown;
	}

	async #do(act) {
		if (["totp", "recovery"].includes(act.kind))
			return act.client.visitor.post("/signin/code", { code: act.code });
		const { visitor } = act.client, typed = act.target === act.actor ? { typed: "CONFIRM" } : {};
		if (act.kind === "invite")
			return visitor.post(`${this.world.place}/users/invite`, { name: `New ${act.email.split("@")[0]}`, email: act.email,
				phone: "", role: this.guest, form_id: act.form_id });
		if (act.kind === "accept") {
			const guest = new Visitor(this.world, `a${act.n}`, `198.51.100.${act.n + 1}`);
			await guest.get(act.url.pathname + act.url.search);
			const form = await guest.get("/invite");
			if (form.status !== 200)
				return form;
			return guest.post("/invite", { name: `New ${act.target}`, password: this.world.password });
		}
		return visitor.post(this.#at(act.target, act.kind), act.kind === "role" ?
			{ role: act.admin ? this.admin : this.guest, ...typed } : typed);
	}

	#judge(act, { status, headers, body }) {
		const leads = headers.location || "", codes = ["totp", "recovery"].includes(act.kind);
		assert.ok(status > 0 && status < 500 && status !== 429, `${act.kind}: ${status} ${body}`);
		act.status = status;
		act.good = act.kind === "accept" ? status === 200 && !/<form action="\/invite"/.test(body) || status === 303 :
			status === 303 && !leads.startsWith("/signin");
		assert.ok(!codes || status === 303 || status === 422, `${act.kind}: ${status} ${leads} ${body}`);
		// Deactivated and active again meanwhile: the session is over, as no model of one act knows.
		act.shutOut = !act.good && !codes && (leads.startsWith("/signin") || status === 401);
		this.#count(act);
	}

	#count({ kind, good }) {
		const counted = `${kind} ${good ? "done" : "refused"}`;
		this.counts[counted] = (this.counts[counted] || 0) + 1;
	}

	unseen() {
		return KINDS.filter((kind) => !this.counts[kind]);
	}

	// Three halves of a sign-in, and one code for all of them: a new step, one that was used, or one
	// of the recovery codes.
	async #codes(state) {
		const visitors = Array.from({ length: AT_ONCE }, (unused, i) =>
			new Visitor(this.world, `h${i}`, `203.0.113.${(this.used.length * AT_ONCE + i) % 250 + 1}`));
		for (const visitor of visitors) {
			const answer = await visitor.signIn(this.holder.email, this.world.password);
			assert.equal(answer.headers.location, "/signin/code");
			await visitor.get("/signin/code");
		}
		const step = Math.floor(Date.now() / STEP_MS);
		const kind = step > state.steps.status && this.totps < TOTPS_MOST ? "totp" : "recovery";
		this.totps += kind === "totp";
		const code = kind === "totp" ? totp(this.holder.secret, step) :
			this.holder.codes.find((one) => !this.used.includes(one));
		return code ? visitors.map((visitor, i) => ({ n: CLIENTS + i, client: { visitor }, kind, step, code })) : [];
	}

	// One of the administrators begins a job for half of the people and some who were invited.
	async #begin(state) {
		const { visitor, id: actor } = pick(this.admins);
		const kind = JOBS[this.rounds / JOB_EACH % JOBS.length];
		const own = Object.keys(state).filter((id) => state[id].email.endsWith("@oracle.example") &&
			state[id].status !== "removed");
		// Nobody who may leave becomes the only administrator.
		const admin = kind === "role" && draw(2) === 0;
		const chosen = kind === "remove" ? [actor, ...own.slice(0, 4)] :
			[...this.ids.filter((id) => id === actor || draw(2)), ...own.slice(0, admin ? 0 : 2)];
		const target = `${this.world.place}/users/bulk/${kind}`;
		const form = await visitor.get(`${target}?${chosen.map((id) => `id=${idText(id)}`).join("&")}`);
		const fields = new URLSearchParams({ csrf: visitor.csrf, role: admin ? this.admin : this.guest,
			form_id: /name="form_id" value="([^"]*)"/.exec(form.body)[1], typed: String(chosen.length) });
		for (const id of chosen)
			fields.append("id", idText(id));
		const begun = await visitor.send("POST", target, fields.toString());
		assert.equal(begun.status, 303, begun.body);
		return { kind, actor, chosen, admin,
			job: begun.headers.location.split("/").pop().split("?")[0] };
	}

	async #jobOf({ job }) {
		const rows = await this.world.rows("SELECT id, state, done, refused, cursor, refusals FROM jobs " +
			"ORDER BY id DESC LIMIT 3");
		const row = rows.find(({ id }) => idText(id) === job);
		assert.ok(row, job);
		return row;
	}

	// What came of each row that the job got to; and who began it may not any more when it was stopped.
	async #rowsOf(begun) {
		const row = await this.#jobOf(begun);
		const names = Object.fromEntries((await this.world.rows("SELECT id, name FROM members"))
			.map(({ id, name }) => [id, name]));
		const refused = JSON.parse(row.refusals).map(([name]) => name);
		const done = begun.chosen.filter((id) => BigInt(id) <= BigInt(row.cursor))
			.sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
		const all = done.map((target, i) => ({ n: `j${i}`, chain: "job", at: i, kind: `many ${begun.kind}`,
			actor: begun.actor, target, admin: begun.admin, good: !refused.includes(names[target]) }));
		// Each has a name of its own, by which the job tells whom it refused.
		assert.deepEqual([true, false].map((good) => String(all.filter((act) => act.good === good).length)),
			[row.done, row.refused], row.refusals);
		all.forEach((act) => this.#count(act));
		assert.ok(row.state === "cancelled" || done.length === begun.chosen.length, row.state);
		return row.state === "cancelled" ? [...all, { n: "jx", chain: "job", at: all.length, kind: "chunk",
			actor: begun.actor, good: false }] : all;
	}

	// While the job goes on the others act, one after the other.
	async #withJob(state) {
		const begun = await this.#begin(state), planned = [];
		while (["waiting", "running"].includes((await this.#jobOf(begun)).state)) {
			const what = draw(10), client = pick(this.clients);
			const act = { n: `c${planned.length}`, chain: "clients", at: planned.length, client, actor: client.id,
				target: pick(this.ids), kind: what < 4 ? "reactivate" : what < 8 ? "role" : "deactivate",
				admin: what < 6 };
			this.#judge(act, await this.#do(act));
			planned.push(act);
		}
		return [...planned, ...await this.#rowsOf(begun)];
	}

	async #together(before) {
		const planned = await this.#draw(before);
		if (this.rounds % CODE_EACH === 0)
			planned.push(...await this.#codes(before));
		await Promise.all(planned.map(async (act) => {
			this.#judge(act, await this.#do(act));
		}));
		this.used.push(...planned.filter((act) => act.kind === "recovery" && act.good).map((act) => act.code));
		return planned;
	}

	async round() {
		const before = await read(this.world, [...this.used]);
		this.rounds++;
		const planned = await (this.rounds % JOB_EACH === 0 ? this.#withJob(before) :
			this.#together(before));
		const after = await read(this.world);
		const told = planned.map(({ kind, actor, target, email, admin, status }) =>
			JSON.stringify({ kind, actor, target, email, admin, status })).join("\n");
		assert.ok(activeAdmins(after) > 0, `no administrator is left:\n${told}`);
		assert.ok(ordered(before, planned, key(after), new Set()),
			`no order gives these answers:\n${told}\n${key(before)}\n${key(after)}`);
		await this.#back(after);
	}
}

await run(new World({ slow_workers: 3 }), async (world) => {
	await world.make({ members: 40 });
	world.write("UPDATE tenants SET invites_daily = 0");
	await world.start();
	const game = new Game(world);
	let rounds = 0;
	await game.prepare();
	await check("each round has an order that explains every answer", async () => {
		const end = Date.now() + seconds * 1000;
		// Longer where the machine is so busy that some kind was not seen yet.
		for (; Date.now() < end || (game.unseen().length && Date.now() < end + LONGER_MS); rounds++)
			await game.round();
	});
	note(`${rounds} rounds: ${JSON.stringify(game.counts)}`);
	await check("every kind of act was done, and refused", () =>
		assert.deepEqual(game.unseen(), []));
	await check("no address stands twice, and every accepted one has a password", async () => {
		assert.equal(await world.number("SELECT count(*) FROM (SELECT email_key FROM members " +
			"WHERE status <> 'removed' GROUP BY tenant_id, email_key HAVING count(*) > 1)"), 0);
		assert.equal(await world.number("SELECT count(*) FROM members AS m WHERE status = 'active' AND " +
			"NOT EXISTS (SELECT 1 FROM credentials AS c WHERE c.person_id = m.person_id)"), 0);
	});
	await check("the chains hold", () => world.tenantry("audit", "verify"));
});
done();
