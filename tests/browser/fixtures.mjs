// Accounts and people that several tests use.  A test that changes somebody makes its own account.
import { theSite } from "./site.mjs";
import { Visitor } from "./visitor.mjs";

// Good ones, and found nowhere else in a page.
export const PASSWORD = "quiet harbour lantern 9";
export const PASSWORD2 = "brittle walnut ferry 31";

// Beside those that a new account has.
const custom = {
	Auditor: "audit:view audit:export account:view security:view user:view group:view role:view",
	Helpdesk: "user:view user:invite user:password user:factor user:logout user:activity mail:view",
};

let count = 0;

// A tenant of its own with people: { key: [name, role, organization] }; "admin" is always there.
// Each has the address key@slug.test and the password PASSWORD.
export class Place {
	constructor(site, slug, name) {
		Object.assign(this, { site, slug, name, base: `/t/${slug}`, people: {} });
	}

	async add(key, name, role, organization = "/", email = `${key}@${this.slug}.test`) {
		await this.site.addUser(this.slug, { email, name, role, organization, password: PASSWORD });
		this.people[key] = { key, name, role, email };
		return this.people[key];
	}

	email(key) {
		return this.people[key].email;
	}

	// Somebody of it, signed in.
	async as(key, options) {
		const visitor = new Visitor(this.site, options);
		const answer = await visitor.signIn(this.email(key), PASSWORD);
		if (answer.status !== 303)
			throw new Error(`${this.email(key)} cannot sign in: ${answer.status} ${answer.text}`);
		return visitor;
	}

	// The id of a member, by email.
	async id(email) {
		const row = await this.site.one(`SELECT m.id AS id FROM members m JOIN tenants t ON t.id = m.tenant_id
			WHERE t.slug = '${this.slug}' AND m.email = '${email}' AND m.status <> 'removed'`);
		return crockford(row.id);
	}

	// The id of a role, by name.
	async role(name) {
		const row = await this.site.one(`SELECT r.id AS id FROM roles r JOIN tenants t ON t.id = r.tenant_id
			WHERE t.slug = '${this.slug}' AND r.name = '${name}' AND r.scope = 'tenant'`);
		return crockford(row.id);
	}

	// The id of a role of workspaces, by name.
	async seatRole(name) {
		const row = await this.site.one(`SELECT r.id AS id FROM roles r JOIN tenants t ON t.id = r.tenant_id
			WHERE t.slug = '${this.slug}' AND r.name = '${name}' AND r.scope = 'workspace'`);
		return crockford(row.id);
	}

	// Makes a workspace through its form, with these people in it: { key: role }; its id.
	async workspace(name, seats = {}, maker = "admin") {
		const owner = await this.as(maker);
		const made = await owner.submit(`${this.base}/workspaces/new`, { name });
		const id = /\/workspaces\/([0-9a-z]{13})/.exec(made.location)?.[1];
		if (!id)
			throw new Error(`no workspace ${name}: ${made.status} ${made.text}`);
		for (const [key, role] of Object.entries(seats)) {
			const added = await owner.submit(`${this.base}/workspaces/${id}/add`,
				{ email: this.email(key), role: await this.seatRole(role) });
			if (added.status !== 303)
				throw new Error(`${key} is not in ${name}: ${added.status} ${added.text}`);
		}
		return id;
	}

	// Makes a group through its form, with these people in it; its id.
	async group(name, role, ...keys) {
		const admin = await this.as("admin");
		const made = await admin.submit(`${this.base}/groups/new`, { name, role: role && await this.role(role) });
		const id = /\/groups\/([0-9a-z]{13})/.exec(made.location)?.[1];
		if (!id)
			throw new Error(`no group ${name}: ${made.status} ${made.text}`);
		for (const key of keys) {
			const added = await admin.forge(`${this.base}/groups/${id}/add`, { id: await this.id(this.email(key)) });
			if (added.status !== 303)
				throw new Error(`${key} is not in ${name}: ${added.status} ${added.text}`);
		}
		return id;
	}

	// Makes a service account through its form; its id and its key.
	async service(name, role) {
		const admin = await this.as("admin");
		const url = `${this.base}/service-accounts/new`;
		const made = await admin.submit(url, { name, role: await this.role(role) });
		const secret = /tnt_[0-9A-Za-z]{36}/.exec(made.body)?.[0];
		if (!secret)
			throw new Error(`no service account ${name}: ${made.status} ${made.text}`);
		this.site.secrets.add(secret);
		const row = await this.site.one(`SELECT a.id AS id FROM service_accounts a
			JOIN tenants t ON t.id = a.tenant_id WHERE t.slug = '${this.slug}' AND a.name = '${name}'`);
		return { id: crockford(row.id), secret };
	}

	// Events of this account, newest first.
	events(where = "1") {
		return this.site.rows(`SELECT e.* FROM events e JOIN tenants t ON t.id = e.tenant_id
			WHERE t.slug = '${this.slug}' AND ${where} ORDER BY seq DESC`);
	}
}

// A number as the program writes ids: 13 characters of Crockford's base 32.
export function crockford(number) {
	const digits = "0123456789abcdefghjkmnpqrstvwxyz";
	let n = BigInt(number), text = "";
	for (let i = 0; i < 13; i++, n >>= 5n)
		text = digits[Number(n & 31n)] + text;
	return text;
}

export async function makePlace(word, people = {}, name = `Place ${word}`) {
	const site = await theSite();
	const place = new Place(site, `${word}${++count}`, name);
	await site.addTenant(place.slug, name);
	for (const [role, permissions] of Object.entries(custom))
		await site.addRole(place.slug, role, permissions);
	await place.add("admin", `Ada ${word}`, "Admin");
	for (const [key, [personName, role, organization, email]] of Object.entries(people))
		await place.add(key, personName, role, organization, email);
	return place;
}
