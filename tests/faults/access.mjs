// Two workers at once where rights are given and taken (TAP).  Not by luck: one act is stopped
// between what it asked and its transaction, another is done meanwhile, then the first goes on.
import fs from "node:fs";
import { ask } from "./fcgi.mjs";
import { assert, check, done, run } from "./tap.mjs";
import { Visitor } from "./visitor.mjs";
import { World, idText, until } from "./world.mjs";

const KEYS_MOST = 5, AT_ONCE = 8;

// ---------------------------------------------------------------- two acts, and their order

async function holdLock(world) {
	const helper = await world.helper("bash", "-c",
		"exec 9<>\"$0\"; flock 9; echo ready; read -r line", `${world.db}.lock`);
	await helper.ready();
	return helper;
}

// Workers that wait for the write lock, see proc(5).
function waiting(world) {
	const file = `:${fs.statSync(`${world.db}.lock`).ino} `;
	const ours = world.children().filter(({ kind }) => /quick|slow/.test(kind)).map(({ pid }) => pid);
	return fs.readFileSync("/proc/locks", "utf8").split("\n")
		.filter((line) => line.includes("->") && line.includes(file))
		.map((line) => Number(/WRITE +(\d+)/.exec(line)[1])).filter((pid) => ours.includes(pid));
}

// All of them have asked what they ask before they change anything.
async function together(world, acts) {
	const holder = await holdLock(world);
	const answers = acts.map((act) => act());
	await until(() => waiting(world).length === acts.length, "all of them to wait");
	await holder.kill("SIGKILL");
	return Promise.all(answers);
}

// The first has asked, the second is done, then the first goes on: { first, second }.
async function between(world, one, other) {
	const holder = await holdLock(world);
	const answer = one();
	const [pid] = await until(() => {
		const found = waiting(world);
		return found.length === 1 && found;
	}, "the first to wait");
	process.kill(pid, "SIGSTOP");
	await until(() => !waiting(world).includes(pid), "the first to stop");
	await holder.kill("SIGKILL");
	let second;
	try {
		second = await other();
	} finally {
		process.kill(pid, "SIGCONT");
	}
	return { first: await answer, second };
}

// What a page says, without its frame.
function told({ status, body }) {
	return `${status}: ${body.replace(/^[^]*<main/, "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ")}`;
}

function says(answer, status, text = /./) {
	assert.equal(answer.status, status, told(answer));
	assert.match(told(answer), text);
}

// ---------------------------------------------------------------- what is kept and what is counted

const KEPT = [
	["group_counts", "n", "groups WHERE tenant_id = k.tenant_id AND status <> 'removed'"],
	["workspace_counts", "n", "workspaces WHERE tenant_id = k.tenant_id AND status <> 'removed'"],
	["service_account_counts", "n", "service_accounts WHERE tenant_id = k.tenant_id AND status <> 'removed'"],
	["groups", "members", "group_members WHERE tenant_id = k.tenant_id AND group_id = k.id"],
	["groups", "seats", "workspace_members WHERE tenant_id = k.tenant_id AND group_id = k.id"],
	["members", "groups", "group_members WHERE tenant_id = k.tenant_id AND member_id = k.id"],
	["members", "seats", "workspace_members WHERE tenant_id = k.tenant_id AND member_id = k.id"],
	["roles", "seats", "workspace_members WHERE tenant_id = k.tenant_id AND role_id = k.id"],
	["workspaces", "members", "workspace_members WHERE tenant_id = k.tenant_id AND workspace_id = k.id AND group_id IS NULL"],
	["workspaces", "groups", "workspace_members WHERE tenant_id = k.tenant_id AND workspace_id = k.id AND group_id IS NOT NULL"],
	["workspaces", "owners", "workspace_members m JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id " +
		"WHERE m.tenant_id = k.tenant_id AND m.workspace_id = k.id AND r.builtin = 'owner'"],
	["member_counts", "n", "members WHERE tenant_id = k.tenant_id AND substr(org_path, 1, length(k.org_path)) = k.org_path " +
		"AND status = k.status AND role_id = k.role_id AND factor = k.factor"],
];

// What nobody may find, whatever happened: a count that is not what it counts, and what gives a role
// that is no more.
async function sound(world) {
	const wrong = await world.rows(KEPT.map(([table, column, what]) => `SELECT '${table}.${column}' AS kept, ` +
		`k.${column} AS n, (SELECT count(*) FROM ${what}) AS counted FROM ${table} k WHERE n <> counted`).join(" UNION ALL "));
	assert.deepEqual(wrong, []);
	const gone = await world.rows(["members", "groups", "service_accounts"].map((table) =>
		`SELECT '${table}' AS holds, h.name FROM ${table} h JOIN roles r ON r.tenant_id = h.tenant_id AND r.id = h.role_id ` +
		"WHERE r.status = 'removed' AND h.status <> 'removed'").join(" UNION ALL ") +
		" UNION ALL SELECT 'workspace_members', h.name_key FROM workspace_members h JOIN roles r " +
		"ON r.tenant_id = h.tenant_id AND r.id = h.role_id WHERE r.status = 'removed'");
	assert.deepEqual(gone, []);
	assert.equal(await world.number("SELECT count(*) FROM workspaces WHERE status <> 'removed' AND personal_of IS NULL " +
		"AND owners = 0"), 0);
}

// ---------------------------------------------------------------- who acts

class Person extends Visitor {
	constructor(world, name, member) {
		super(world, name, `192.0.2.${++Person.count}`);
		Object.assign(this, { id: idText(member.id), email: member.email });
	}

	at(below) {
		return `${this.world.place}${below}`;
	}

	// The form of a page with what it holds, and with these fields.
	async fill(below, fields = {}) {
		const page = await this.get(this.at(below));
		assert.equal(page.status, 200, `${below}: ${told(page)}`);
		const all = { csrf: this.csrf };
		for (const [, tag] of page.body.matchAll(/<input ([^>]*type="(?:hidden|text)"[^>]*)>/g))
			all[/name="(\w+)"/.exec(tag)?.[1]] = /value="([^"]*)"/.exec(tag)?.[1] ?? "";
		delete all.q;
		delete all.undefined;
		return new URLSearchParams([...Object.entries({ ...all, ...fields })]
			.flatMap(([name, value]) => [value].flat().map((one) => [name, one]))).toString();
	}

	// Ready to be sent: what is sent is what the page was when it was opened.
	async ready(below, fields) {
		const body = await this.fill(below, fields);
		return () => this.send("POST", this.at(below), body);
	}

	async done(below, fields) {
		const answer = await (await this.ready(below, fields))();
		assert.equal(answer.status, 303, `${below}: ${told(answer)}`);
		return /\/([0-9a-z]{13})(?:\?|$)/.exec(answer.headers.location)?.[1];
	}
}
Person.count = 0;

// ---------------------------------------------------------------- giving a role

let made = 0;

async function makeRole(ada, scope, permissions) {
	return ada.done(`/roles/new?scope=${scope}`, { name: `Role ${++made}`, permission: permissions });
}

// Every way to give a role: { of: its scope, make(role): the act of "sam" }.
function ways({ sam, guest, group, service, space, seat }) {
	const many = () => ++made;
	return {
		"to a user": { make: (role) => sam.ready(`/users/${guest.id}/role`, { role }) },
		"with an invitation": { make: (role) => sam.ready("/users/invite",
			{ name: "New One", email: `new${many()}@races.example`, phone: "", role }) },
		"to a new group": { make: (role) => sam.ready("/groups/new", { name: `Group ${many()}`, role }) },
		"to a group": { make: (role) => sam.ready(`/groups/${group}/edit`, { role }) },
		"to a new service account": { make: (role) => sam.ready("/service-accounts/new",
			{ name: `Robot ${many()}`, role, owner_email: "", expiry: "30" }) },
		"to a service account": { make: (role) => sam.ready(`/service-accounts/${service}/edit`, { role }) },
		"in a cell": { make: (role) => sam.ready(`/service-accounts/${service}/role`, { value: role }) },
		"to somebody new in a workspace": { of: "workspace", make: (role) => sam.ready(`/workspaces/${space}/add`,
			{ email: guest.email, role }) },
		"in a workspace": { of: "workspace", make: (role) => sam.ready(`/workspaces/${space}/members/${seat}/role`, { role }) },
	};
}

const holders = (role) => `SELECT (SELECT count(*) FROM members WHERE role_id = r.id AND status <> 'removed') + ` +
	"(SELECT count(*) FROM groups WHERE role_id = r.id AND status <> 'removed') + " +
	"(SELECT count(*) FROM service_accounts WHERE role_id = r.id AND status <> 'removed') + " +
	`(SELECT count(*) FROM workspace_members WHERE role_id = r.id) AS n FROM roles r WHERE r.name = '${role}'`;

async function given(world, people) {
	const { ada } = people;
	for (const [how, { of = "tenant", make }] of Object.entries(ways(people))) {
		const little = of === "tenant" ? "user:view" : "workspace:view";
		const more = of === "tenant" ? "security:view" : "workspace:write";
		await check(`a role that is raised while it is given ${how} is not given {R7}`, async () => {
			const role = await makeRole(ada, of, little), name = `Role ${made}`;
			const { first, second } = await between(world, await make(role),
				await ada.ready(`/roles/${role}/edit`, { permission: [little, more] }));
			says(second, 303);
			says(first, 403, /You cannot give a role that holds more than your own/);
			assert.equal(await world.number(holders(name)), 0);
		});
		await check(`a role that is deleted while it is given ${how} is not given {R6}`, async () => {
			const role = await makeRole(ada, of, little), name = `Role ${made}`;
			const { first, second } = await between(world, await make(role), await ada.ready(`/roles/${role}/delete`));
			says(second, 303);
			says(first, 422, /Choose a role/);
			assert.equal(await world.number(holders(name)), 0);
		});
		await check(`a role that is given ${how} while it is deleted stays {R6}`, async () => {
			const role = await makeRole(ada, of, little);
			const { first, second } = await between(world, await ada.ready(`/roles/${role}/delete`), await make(role));
			assert.ok([200, 303].includes(second.status), told(second));
			says(first, 422);
		});
		await sound(world);
	}
}

// ---------------------------------------------------------------- invitations

async function invited(world, ada, sam, guest) {
	const link = async (email, role) => {
		await sam.done("/users/invite", { name: "New One", email, phone: "", role });
		const [{ id }] = await world.rows(`SELECT id FROM members WHERE email = '${email}'`);
		const page = await sam.send("POST", sam.at(`/users/${idText(id)}/link`), await sam.fill(`/users/${idText(id)}/link`));
		return new URL(/https?:\/\/[^"<\s]+\/invite\?t=[\w-]+/.exec(page.body)[0]);
	};
	const accept = async (url) => {
		const visitor = new Visitor(world, "new", "198.51.100.9");
		await visitor.get(url.pathname + url.search);
		const form = await visitor.get("/invite");
		assert.equal(form.status, 200, form.body);
		return { visitor, send: () => visitor.post("/invite", { name: "New One", password: world.password }) };
	};
	const status = async (email) => (await world.rows(`SELECT status FROM members WHERE email = '${email}'`))[0].status;

	await check("a role that is raised while its invitation is accepted is not given {R7}", async () => {
		const role = await makeRole(ada, "tenant", "user:view"), email = "raised@races.example";
		const { send } = await accept(await link(email, role));
		const { first, second } = await between(world, send,
			await ada.ready(`/roles/${role}/edit`, { permission: ["user:view", "security:view"] }));
		says(second, 303);
		assert.notEqual(first.status, 303);
		assert.equal(await status(email), "invited", told(first));
	});
	await check("a role that loses a permission while its invitation is accepted gives what is left {R5}", async () => {
		const role = await makeRole(ada, "tenant", ["user:view", "user:activity"]), email = "lowered@races.example";
		const { send } = await accept(await link(email, role));
		const { first, second } = await between(world, send, await ada.ready(`/roles/${role}/edit`, { permission: "portal:view" }));
		says(second, 303);
		assert.ok([200, 303].includes(first.status), told(first));
		assert.equal(await status(email), "active");
		const visitor = new Visitor(world, "in", "198.51.100.9");
		assert.equal((await visitor.signIn(email, world.password)).status, 303);
		assert.equal((await visitor.get(`${world.place}/portal`)).status, 200);
		assert.equal((await visitor.get(`${world.place}/users`)).status, 403);
	});
	await check("a role that is deleted while its invitation is accepted is replaced {R6}", async () => {
		const role = await makeRole(ada, "tenant", "user:view"), email = "gone@races.example";
		const { send } = await accept(await link(email, role));
		const { second } = await between(world, send, await ada.ready(`/roles/${role}/delete`, { role: guest }));
		says(second, 303);
		await sound(world);
	});
}

// ---------------------------------------------------------------- groups and workspaces

async function groups(world, { ada, bea, guest, admin }) {
	const make = (name, role = "") => ada.done("/groups/new", { name, role });

	await check("a group that is deleted while somebody is added has nobody {G2}", async () => {
		const group = await make("Going");
		const { first, second } = await between(world, await ada.ready(`/groups/${group}/add`, { id: guest.id }),
			await bea.ready(`/groups/${group}/delete`));
		says(second, 303);
		says(first, 404);
		await sound(world);
	});
	await check("and who is added while it is deleted goes with it {G2}", async () => {
		const group = await make("Going");
		const { first, second } = await between(world, await bea.ready(`/groups/${group}/delete`),
			await ada.ready(`/groups/${group}/add`, { id: guest.id }));
		says(second, 303);
		says(first, 303);
		await sound(world);
		assert.equal(await world.number("SELECT count(*) FROM group_members m JOIN groups g ON g.id = m.group_id " +
			"WHERE g.name = 'Going'"), 0);
	});
	const [{ id: viewer }] = await world.rows("SELECT id FROM roles WHERE scope = 'workspace' AND builtin = 'viewer' LIMIT 1");
	const joining = async () => {
		const group = await make("Going"), space = await ada.done("/workspaces/new", { name: `Left ${++made}` });
		return [await ada.ready(`/workspaces/${space}/add`, { id: group, role: idText(viewer) }),
			await bea.ready(`/groups/${group}/delete`)];
	};
	await check("a group that is deleted while it joins a workspace is in none {W3}", async () => {
		const [join, remove] = await joining();
		const { first, second } = await between(world, join, remove);
		says(second, 303);
		says(first, 404);
		await sound(world);
	});
	await check("nor is one that joins while it is deleted {W3}", async () => {
		const [join, remove] = await joining();
		const { first, second } = await between(world, remove, join);
		says(second, 303);
		says(first, 303);
		await sound(world);
		assert.equal(await world.number("SELECT count(*) FROM workspace_members m JOIN groups g ON g.id = m.group_id " +
			"WHERE g.name = 'Going'"), 0);
	});
	await check("one name is given once {G1}", async () => {
		const acts = await Promise.all([ada, bea].map((who) => who.ready("/groups/new", { name: "The same" })));
		const answers = await together(world, acts);
		assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 422]);
		assert.match(answers.find(({ status }) => status === 422).body, /There is a group .* already/);
		await sound(world);
	});
	// Ada is an administrator by her role, Bea by the group.
	const group = await make("Administrators", admin.id);
	await ada.done(`/groups/${group}/add`, { id: bea.id });
	await ada.done(`/users/${bea.id}/role`, { role: guest.role });
	const resign = () => ada.ready(`/users/${ada.id}/role`, { role: guest.role, typed: "CONFIRM" });
	const admins = () => world.number("SELECT count(*) FROM members m JOIN roles r ON r.tenant_id = m.tenant_id AND " +
		"r.id = m.role_id WHERE m.status = 'active' AND (r.builtin = 'admin' OR EXISTS (SELECT 1 FROM group_members gm " +
		"JOIN groups g ON g.tenant_id = gm.tenant_id AND g.id = gm.group_id AND g.status <> 'removed' JOIN roles gr ON " +
		"gr.tenant_id = g.tenant_id AND gr.id = g.role_id AND gr.builtin = 'admin' WHERE gm.member_id = m.id))");
	await check("the last administrator does not resign while the other one's group goes {U11}", async () => {
		const { first, second } = await between(world, await resign(), await ada.ready(`/groups/${group}/edit`, { role: "" }));
		says(second, 303);
		says(first, 409);
		assert.equal(await admins(), 1);
		await ada.done(`/groups/${group}/edit`, { role: admin.id });
	});
	await check("nor does the group go while the last administrator resigns {U11}", async () => {
		for (const below of ["delete", "edit", `members/${bea.id}/remove`]) {
			const act = await bea.ready(`/groups/${group}/${below}`, below === "edit" ? { role: "" } : {});
			const { first, second } = await between(world, act, await resign());
			says(second, 303);
			says(first, 409);
			assert.equal(await admins(), 1, below);
			await bea.done(`/users/${ada.id}/role`, { role: admin.id });
		}
		await ada.done(`/users/${bea.id}/role`, { role: admin.id });
		await ada.done(`/groups/${group}/delete`);
		await sound(world);
	});
}

async function owners(world, { ada, bea, owner }) {
	const space = await ada.done("/workspaces/new", { name: "Shared" });
	const both = () => ada.done(`/workspaces/${space}/add`, { email: bea.email, role: owner });
	const kept = async (answers) => {
		assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 409]);
		assert.equal(await world.number("SELECT owners FROM workspaces WHERE name = 'Shared'"), 1);
		await sound(world);
	};
	await both();
	await check("two Owners leave at once: one stays {W2}", async () => {
		await kept(await together(world, [await ada.ready(`/workspaces/${space}/leave`),
			await bea.ready(`/workspaces/${space}/leave`)]));
	});
	const stays = await world.number("SELECT count(*) FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id " +
		`JOIN members p ON p.id = m.member_id WHERE w.name = 'Shared' AND p.email = '${ada.email}'`) ? ada : bea;
	await stays.done(`/workspaces/${space}/add`, { email: stays === ada ? bea.email : ada.email, role: owner });
	await check("two Owners take each other out at once: one stays {W2}", async () => {
		const answers = await together(world, [await ada.ready(`/workspaces/${space}/members/${bea.id}/remove`),
			await bea.ready(`/workspaces/${space}/members/${ada.id}/remove`)]);
		await kept(answers.map((a) => (a.status === 404 || a.status === 403 ? { status: 409 } : a)));
	});
}

// ---------------------------------------------------------------- keys

async function keys(world, { ada, bea, guest, admin }) {
	const form = (who, below, fields) => who.ready(below, fields);
	const fresh = (name) => form(bea, "/keys/new", { name, expiry: "30", client: "automation", scope: "all" });
	const live = () => world.number(`SELECT count(*) FROM api_keys k JOIN members m ON m.id = k.member_id WHERE m.email = ` +
		`'${bea.email}' AND k.status = 'live' AND k.ends_at = 0`);
	const secret = (answer) => {
		const found = /tnt_[0-9A-Za-z]{36}/.exec(answer.body)?.[0];
		if (found)
			world.secrets.add(found);
		return found;
	};
	const api = async (below, key) => (await ask(world.socket("quick"), { method: "GET", target: `/api/v1${world.place}${below}`,
		body: "", peer: "192.0.2.90", headers: { Host: "127.0.0.1", Authorization: `Bearer ${key}` } })).status;
	const me = (key) => api("/me", key);
	const everywhere = async (below, status) => assert.deepEqual(
		await Promise.all(Array.from({ length: AT_ONCE }, () => api(below, world.key))), Array(AT_ONCE).fill(status));

	await check(`${AT_ONCE} keys at once are ${KEYS_MOST} {K2}`, async () => {
		const acts = await Promise.all(Array.from({ length: AT_ONCE }, (unused, i) => fresh(`Key ${i}`)));
		const answers = await together(world, acts);
		assert.equal(answers.filter(secret).length, KEYS_MOST, answers.map(({ status }) => status).join());
		assert.equal(await live(), KEYS_MOST);
	});
	await check("one key is replaced by one {K3}", async () => {
		const [{ id }] = await world.rows("SELECT id FROM api_keys WHERE name = 'Key 0' OR name = 'Key 1' OR name = 'Key 2' OR " +
			"name = 'Key 3' LIMIT 1");
		const again = () => form(bea, `/keys/${idText(id)}/regenerate`, { expiry: "30", overlap: "1" });
		const answers = await together(world, [await again(), await again()]);
		assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
		assert.equal(await live(), KEYS_MOST);
		const twice = await again().catch(() => null);
		assert.ok(twice === null || (await twice()).status >= 400, "it is replaced already");
		assert.equal(await live(), KEYS_MOST);
	});
	await check("a form that is sent twice at once shows one key twice {K2 E3}", async () => {
		const [{ id }] = await world.rows("SELECT id FROM api_keys WHERE ends_at = 0 AND name LIKE 'Key _' ORDER BY id DESC LIMIT 1");
		const act = await form(bea, `/keys/${idText(id)}/regenerate`, { expiry: "30", overlap: "0" });
		const answers = await together(world, [act, act]);
		assert.deepEqual(answers.map(({ status }) => status), [200, 200]);
		assert.equal(secret(answers[0]), secret(answers[1]));
		assert.equal(await live(), KEYS_MOST);
		assert.equal(await me(secret(answers[0])), 200);
		world.key = secret(answers[0]);
	});
	await check("a key is what its owner is, asked of any worker, from the next request on {K4 R5}", async () => {
		await everywhere("/users", 200);
		await ada.done(`/users/${bea.id}/role`, { role: guest.role });
		await everywhere("/users", 403);
		await ada.done(`/users/${bea.id}/role`, { role: admin.id });
		await everywhere("/users", 200);
		await ada.done(`/users/${bea.id}/deactivate`);
		await everywhere("/me", 401);
		await ada.done(`/users/${bea.id}/reactivate`);
		await everywhere("/me", 200);
		bea.jar.clear();
		assert.equal((await bea.enter(bea.email, world.password)).status, 200);
	});
}

async function serviceKeys(world, { ada, bea, guest }) {
	const service = await ada.send("POST", ada.at("/service-accounts/new"),
		await ada.fill("/service-accounts/new", { name: "Counter", role: guest.role, owner_email: "", expiry: "30" }));
	says(service, 200);
	const [{ id }] = await world.rows("SELECT id FROM service_accounts WHERE name = 'Counter'");
	const below = `/service-accounts/${idText(id)}`;
	const keysOf = () => world.number(`SELECT count(*) FROM api_keys WHERE service_id = ${id} AND status = 'live' AND ends_at = 0`);

	await check("two more keys at once of an account that has one are one more {A4}", async () => {
		const acts = await Promise.all([ada, bea].map((who) => who.ready(`${below}/keys/new`,
			{ name: "Second", expiry: "30", client: "https", scope: "all" })));
		const answers = await together(world, acts);
		assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
		assert.equal(await keysOf(), 2);
	});
	await check("an account that is deleted while a key of it is replaced has none {A5}", async () => {
		const [{ id: key }] = await world.rows(`SELECT id FROM api_keys WHERE service_id = ${id} LIMIT 1`);
		const { first, second } = await between(world,
			await bea.ready(`${below}/keys/${idText(key)}/regenerate`, { expiry: "30", overlap: "24" }),
			await ada.ready(`${below}/delete`));
		says(second, 303);
		says(first, 404);
		assert.equal(await world.number(`SELECT count(*) FROM api_keys WHERE service_id = ${id}`), 0);
		await sound(world);
	});
}

// Whoever leaves while an account is given to them, a person or a group.
async function serviceOwners(world, { ada, bea, guest, service }) {
	const below = `/service-accounts/${service}/edit`;
	const kept = () => world.number("SELECT count(*) FROM service_accounts a LEFT JOIN members m ON m.id = a.owner_id " +
		"LEFT JOIN groups g ON g.id = a.owner_group_id WHERE m.status = 'removed' OR g.status = 'removed'");
	await check("who leaves while a service account is given to them does not own it {A1}", async () => {
		const group = await ada.done("/groups/new", { name: "Owning", role: "" });
		for (const [fields, leave] of [[{ owner_email: "", owner_group: group }, `/groups/${group}/delete`],
			[{ owner_email: guest.email, owner_group: "" }, `/users/${guest.id}/remove`]]) {
			const { first, second } = await between(world, await bea.ready(below, { ...fields, role: guest.role }),
				await ada.ready(leave));
			says(second, 303);
			says(first, 422);
			assert.equal(await kept(), 0);
		}
	});
}

// ---------------------------------------------------------------- all of it

async function prepare(world) {
	const people = await world.rows("SELECT id, email FROM members WHERE status = 'active' AND org_path = '/' " +
		`ORDER BY email <> '${world.email}', id LIMIT 4`);
	assert.equal(people.length, 4);
	const [ada, bea, sam, guest] = people.map((member, i) => new Person(world, ["ada", "bea", "sam", "guest"][i], member));
	for (const who of [ada, bea, sam])
		assert.equal((await who.enter(who.email, world.password)).status, who === sam ? 403 : 200);
	const roles = await world.rows("SELECT id, builtin FROM roles WHERE builtin <> ''");
	const role = (builtin) => idText(roles.find((r) => r.builtin === builtin).id);
	guest.role = role("guest");
	const small = await ada.done("/roles/new?scope=tenant", { name: "Small", permission: ["user:view", "user:role",
		"user:invite", "group:edit", "service_account:edit", "user:activity", "portal:view"] });
	await ada.done(`/users/${sam.id}/role`, { role: small });
	const host = await ada.done("/roles/new?scope=workspace", { name: "Host", permission: ["workspace:view", "workspace:members"] });
	const space = await ada.done("/workspaces/new", { name: "Small place" });
	await ada.done(`/workspaces/${space}/add`, { email: sam.email, role: host });
	await ada.done(`/workspaces/${space}/add`, { email: bea.email, role: role("viewer") });
	const group = await sam.done("/groups/new", { name: "Small group", role: "" });
	const made = await sam.send("POST", sam.at("/service-accounts/new"),
		await sam.fill("/service-accounts/new", { name: "Small robot", role: small, owner_email: "", expiry: "30" }));
	says(made, 200);
	const [service] = await world.rows("SELECT id FROM service_accounts WHERE name = 'Small robot'");
	return { ada, bea, sam, guest, group, space, seat: bea.id, service: idText(service.id), owner: role("owner"),
		admin: { id: role("admin") } };
}

await run(new World({ quick_workers: AT_ONCE + 1 }), async (world) => {
	await world.make({ members: 40 });
	world.write("UPDATE tenants SET invites_daily = 0; DELETE FROM group_members; UPDATE members SET role_id = (SELECT id FROM roles r WHERE " +
		"r.tenant_id = members.tenant_id AND r.builtin = iif(members.id = (SELECT min(id) FROM members WHERE status = " +
		`'active' AND org_path = '/' AND email <> '${world.email}'), 'admin', 'guest')) WHERE email <> '${world.email}'`);
	await world.start();
	const people = await prepare(world);
	await given(world, people);
	await invited(world, people.ada, people.sam, people.guest.role);
	await groups(world, people);
	await owners(world, people);
	await keys(world, people);
	await serviceKeys(world, people);
	await serviceOwners(world, people);
	await check("all counts are what they count, and the chains hold", async () => {
		await sound(world);
		await world.tenantry("audit", "verify");
	});
	await check("no process died or was killed", () => {
		for (const what of ["process_died", "watchdog_kill", "database error"])
			assert.equal(world.count(what), 0, what);
	});
});
done();
