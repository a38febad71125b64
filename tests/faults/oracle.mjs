// Eight people act at once against a model (TAP).  oracle.mjs [SECONDS [SEED]]: each round sends
// eight acts that get in one another's way: administrators change, deactivate and remove each
// other, invite the same address, cancel what somebody accepts, a link is used twice.  Afterwards
// there must be an order in which the model, asked one act after the other, gives the very answers
// and ends where the database is.
import { assert, check, done, note, run } from "./tap.mjs";
import { Visitor } from "./visitor.mjs";
import { World, idText } from "./world.mjs";

const seconds = Number(process.argv[2] || 20);
let random = BigInt(process.argv[3] || Date.now());
const KINDS = ["role", "deactivate", "reactivate", "invite", "accept"].flatMap((kind) =>
	[`${kind} done`, `${kind} refused`]);
const CLIENTS = 8, BYSTANDERS = 6, INVITED_MOST = 6, LONGER_MS = 90000;

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
	deactivate: (state, { target }) =>
		(state[target].status === "active" ? changed(state, target, { status: "deactivated" }) : null),
	reactivate: (state, { target }) =>
		(state[target].status === "deactivated" ? changed(state, target, { status: "active" }) : null),
	remove: (state, { target }) => (["active", "deactivated"].includes(state[target].status) ?
		changed(state, target, { status: "removed" }) : null),
	cancel: (state, { target }) =>
		(state[target].status === "invited" ? changed(state, target, { status: "removed" }) : null),
	invite(state, { email }) {
		const there = Object.values(state).some((m) => m.email === email && m.status !== "removed");
		return there ? null : { ...state, [email]: { email, status: "invited", admin: false } };
	},
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
		const next = answer(state, act);
		if (Boolean(next) !== act.good && !act.shutOut)
			return false;
		return ordered(act.good ? next : state, left.filter((a) => a !== act), end, seen);
	});
}

// ---------------------------------------------------------------- the world

async function read(world) {
	const rows = await world.rows("SELECT m.id, m.email, m.status, r.builtin FROM members AS m " +
		"JOIN roles AS r ON r.tenant_id = m.tenant_id AND r.id = m.role_id");
	return Object.fromEntries(rows.map((r) =>
		[r.id, { email: r.email, status: r.status, admin: r.builtin === "admin" }]));
}

class Game {
	constructor(world) {
		this.world = world;
		this.people = Array.from({ length: CLIENTS + BYSTANDERS }, (unused, n) =>
			({ n, visitor: new Visitor(world, `o${n}`, `192.0.2.${n + 1}`) }));
		this.clients = this.people.slice(0, CLIENTS);
		this.counts = {};
		this.invitations = 0;
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
		const { visitor } = act.client, typed = act.target === act.actor ? { typed: "CONFIRM" } : {};
		if (act.kind === "invite")
			return visitor.post(`${this.world.place}/users/invite`, { name: "New Person", email: act.email,
				phone: "", role: this.guest, form_id: act.form_id });
		if (act.kind === "accept") {
			const guest = new Visitor(this.world, `a${act.n}`, `198.51.100.${act.n + 1}`);
			await guest.get(act.url.pathname + act.url.search);
			const form = await guest.get("/invite");
			if (form.status !== 200)
				return form;
			return guest.post("/invite", { name: "New Person", password: this.world.password });
		}
		return visitor.post(this.#at(act.target, act.kind), act.kind === "role" ?
			{ role: act.admin ? this.admin : this.guest, ...typed } : typed);
	}

	#judge(act, { status, headers, body }) {
		const leads = headers.location || "";
		assert.ok(status > 0 && status < 500 && status !== 429, `${act.kind}: ${status} ${body}`);
		act.status = status;
		act.good = act.kind === "accept" ? status === 200 && !/<form action="\/invite"/.test(body) || status === 303 :
			status === 303 && !leads.startsWith("/signin");
		// Deactivated and active again meanwhile: the session is over, as no model of one act knows.
		act.shutOut = !act.good && leads.startsWith("/signin");
		const counted = `${act.kind} ${act.good ? "done" : "refused"}`;
		this.counts[counted] = (this.counts[counted] || 0) + 1;
	}

	unseen() {
		return KINDS.filter((kind) => !this.counts[kind]);
	}

	async round() {
		const before = await read(this.world);
		const planned = await this.#draw(before);
		await Promise.all(planned.map(async (act) => {
			this.#judge(act, await this.#do(act));
		}));
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
