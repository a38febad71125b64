// What no browser sends: bytes as an attacker writes them, in clear and over TLS.
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import test from "node:test";
import tls from "node:tls";
import { makePlace, PASSWORD } from "./fixtures.mjs";
import { host } from "./site.mjs";
import { Visitor } from "./visitor.mjs";

const AT_ONCE = 200, HASH_KB = 19456, ROOM_KB = 12288, SLOW_CLIENTS = 50, PATIENCE_MS = 20000;
const OUR_PAGE = /<footer class="foot">[\s\S]*<a href="\/legal">Security and legal<\/a>/;
let place, site;

test("the account of these tests", async () => {
	place = await makePlace("wire");
	site = place.site;
});

function connect(plain, port) {
	return plain ? net.connect(port, "127.0.0.1") : tls.connect({ host: "127.0.0.1", port,
		servername: host, ca: fs.readFileSync(path.join(site.dir, "tls", "cert.pem")) });
}

// All that comes back until the other side has enough, or nothing more comes.
function raw(bytes, { plain = false, port = site.port } = {}) {
	return new Promise((resolve) => {
		const socket = connect(plain, port), parts = [];
		const end = () => {
			socket.destroy();
			resolve(Buffer.concat(parts).toString("latin1"));
		};
		socket.setTimeout(PATIENCE_MS, end);
		socket.on("data", (part) => parts.push(part));
		socket.on("error", end);
		socket.on("close", end);
		socket.write(bytes);
	});
}

function lines(...all) {
	return `${all.join("\r\n")}\r\n\r\n`;
}

// The statuses of all answers in it.
function statuses(text) {
	return [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));
}

function isOurs(text) {
	assert.match(text, OUR_PAGE, text.slice(0, 400));
	assert.match(text, /^Content-Security-Policy: default-src 'none'/mi);
	assert.match(text, /^Permissions-Policy: .*camera=\(\)/mi);
	assert.match(text, /^Cache-Control: no-store/mi);
	assert.match(text, /^Server: nginx\r$/mi);
}

test("a host is named once, and is ours {E7}", async () => {
	const ours = `Host: ${host}:${site.port}`, close = "Connection: close";
	for (const [bytes, status] of [
		[lines("GET /signin HTTP/1.1", ours, close), 200],
		[lines("GET /signin HTTP/1.1", ours, ours, close), 400],
		[lines("GET /signin HTTP/1.1", ours, "Host: evil.example", close), 400],
		[lines("GET /signin HTTP/1.1", close), 400],
		[lines(`GET https://${host}:${site.port}/signin HTTP/1.1`, ours, close), 200],
		[lines("GET https://evil.example/signin HTTP/1.1", ours, close), 421],
		[lines("GET /signin HTTP/1.1", "Host: evil.example", close), 421],
	]) {
		const text = await raw(bytes);
		assert.deepEqual(statuses(text), [status], bytes);
		assert.doesNotMatch(text, /evil\.example/);
		if (status !== 200)
			isOurs(text);
	}
});

test("a body has one length, and nothing is smuggled behind it {E7}", async () => {
	const head = ["POST /signin HTTP/1.1", `Host: ${host}:${site.port}`, "Sec-Fetch-Site: same-origin",
		"Content-Type: application/x-www-form-urlencoded"];
	const hidden = lines("GET /smuggled HTTP/1.1", `Host: ${host}:${site.port}`, "Connection: close");
	for (const more of [["Content-Length: 0", `Content-Length: ${hidden.length}`],
		["Content-Length: 4", "Content-Length: 4"],
		[`Content-Length: ${hidden.length}`, "Transfer-Encoding: chunked"],
		["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
		["Transfer-Encoding: xchunked"], ["Content-Length: -1"], ["Content-Length: 4x"]]) {
		const text = await raw(lines(...head, ...more) + `0\r\n\r\n${hidden}`);
		const [first, ...rest] = statuses(text);
		assert.ok([400, 501].includes(first), `${more}: ${text.slice(0, 200)}`);
		assert.deepEqual(rest, [], String(more));
		isOurs(text);
	}
	const body = "email=nobody%40wire.test&password=x";
	const chunked = await raw(lines(...head, "Transfer-Encoding: chunked", "Connection: close") +
		`${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
	assert.deepEqual(statuses(chunked), [422], "a body in chunks is read whole");
	assert.match(chunked, /value="nobody@wire\.test"/);
});

test("in clear there is nothing but the way to https {S5}", async () => {
	const options = { plain: true, port: site.port + 1 };
	for (const method of ["GET", "POST", "HEAD"]) {
		const text = await raw(lines(`${method} /signin?next=%2F HTTP/1.1`,
			`Host: ${host}:${site.port + 1}`, "Cookie: __Host-sid=x", "Content-Length: 0",
			"Connection: close"), options);
		assert.deepEqual(statuses(text), [301], method);
		assert.match(text, /^Location: https:\/\/[^/]*\/signin\?next=%2F\r$/mi);
		assert.ok(text.includes(`Location: ${site.base}/`), text);
		assert.doesNotMatch(text, /^(Set-Cookie|Strict-Transport-Security):/mi);
	}
	assert.equal(await raw(lines("GET / HTTP/1.1", "Host: evil.example"), options), "",
		"another name gets no answer");
	const text = await raw(lines("GET / HTTP/1.1", `Host: ${host}`), { plain: true });
	assert.deepEqual(statuses(text), [400]);
	assert.match(text, /https:\/\/ in front/);
	isOurs(text);
});

test("no header says where a request comes from {L2}", async () => {
	const visitor = new Visitor(site, { from: "127.0.0.77" });
	const forged = { "x-forwarded-for": "203.0.113.9", "x-real-ip": "203.0.113.9",
		forwarded: "for=203.0.113.9", "remote-addr": "203.0.113.9", "x-client-ip": "203.0.113.9" };
	const answer = await visitor.send("/signin", { email: place.email("admin"), password: PASSWORD },
		{ headers: forged });
	assert.equal(answer.status, 303);
	const [event] = await place.events("e.act = 10");
	assert.equal(event.peer, "127.0.0.77");
	const [session] = await site.rows("SELECT peer FROM sessions ORDER BY id DESC LIMIT 1");
	assert.equal(session.peer, "127.0.0.77");
	assert.ok(!JSON.stringify(site.log()).includes("203.0.113.9"));
});

test("no path leads out of the static files {E16}", async () => {
	for (const target of ["/static/%c0%af%c0%ae%c0%ae%c0%afetc/passwd", "/static/..;/tenantry.conf",
		"/static/..;/..;/etc/passwd", "/static/..%5c..%5cetc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd",
		"/static//etc/passwd", "/static/.%00./etc/passwd", "/..;/static/manifest.txt",
		"/static/manifest.txt", "/errors/404.html"]) {
		const text = await raw(lines(`GET ${target} HTTP/1.1`, `Host: ${host}:${site.port}`,
			"Connection: close"));
		assert.ok([400, 404].includes(statuses(text)[0]), `${target}: ${text.slice(0, 100)}`);
		assert.doesNotMatch(text, /root:|base_url/);
	}
	const page = await new Visitor(site).get("/signin");
	const file = await new Visitor(site).get(/href="(\/static\/app[^"]+)"/.exec(page.body)[1]);
	assert.equal(file.status, 200);
	assert.equal(file.headers["permissions-policy"], page.headers["permissions-policy"]);
});

test("what is too large is refused before it is read {E7}", async () => {
	const text = await raw(lines("POST /signin HTTP/1.1", `Host: ${host}:${site.port}`,
		"Content-Type: application/x-www-form-urlencoded", `Content-Length: ${(9 << 20) + 1}`));
	assert.deepEqual(statuses(text), [413]);
	isOurs(text);
});

// The program's processes, and what each is.
function children() {
	const pid = fs.readFileSync(path.join(site.dir, "run", "tenantry.pid"), "utf8").trim();
	return [pid, ...fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")]
		.map((one) => ({ pid: one, kind: fs.readFileSync(`/proc/${one}/comm`, "utf8").trim().slice(4) }));
}

test("the program listens to no network {E7}", () => {
	const listening = new Set(["tcp", "tcp6"].flatMap((name) =>
		fs.readFileSync(`/proc/net/${name}`, "utf8").trim().split("\n").slice(1)
			.map((line) => line.trim().split(/\s+/)).filter((row) => row[3] === "0A")
			.map((row) => `socket:[${row[9]}]`)));
	const pids = children().map((one) => one.pid);
	assert.ok(listening.size >= 2 && pids.length >= 8, `${listening.size} listen, ${pids.length} run`);
	for (const one of pids)
		for (const fd of fs.readdirSync(`/proc/${one}/fd`))
			assert.ok(!listening.has(fs.readlinkSync(`/proc/${one}/fd/${fd}`)), `${one}: ${fd}`);
});

// The beginning at once, then one byte a moment, for as long as it is let.
function drip(beginning, text) {
	const socket = connect(false, site.port);
	let at = 0;
	socket.write(beginning);
	const timer = setInterval(() => (at < text.length ? socket.write(text[at++]) : undefined), 200);
	const stop = () => {
		clearInterval(timer);
		socket.destroy();
	};
	socket.on("error", stop);
	socket.on("close", stop);
	return stop;
}

test("clients that drip keep nobody waiting {E7}", async () => {
	const head = lines("POST /signin HTTP/1.1", `Host: ${host}:${site.port}`,
		"Content-Type: application/x-www-form-urlencoded", "Content-Length: 60000");
	const stops = [];
	for (let i = 0; i < SLOW_CLIENTS; i++) {
		stops.push(drip("G", `ET /${"x".repeat(4000)}`));
		stops.push(drip(`GET /signin HTTP/1.1\r\nHost: ${host}`, "x".repeat(4000)));
		stops.push(drip(`${head}email=`, "x".repeat(4000)));
	}
	try {
		await new Promise((resolve) => {
			setTimeout(resolve, 1000);
		});
		const admin = await place.as("admin");
		for (let i = 0; i < 20; i++)
			assert.equal((await admin.get(`${place.base}/users`)).status, 200);
	} finally {
		for (const stop of stops)
			stop();
	}
});

// The most memory that a process had since forgetPeak(), as the kernel kept it.
function peak(pid) {
	return Number(/^VmHWM:\s*(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
}

function forgetPeak(pid) {
	fs.writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

test("many sign-ins at once: each waits for its turn or is told when to come again", async () => {
	const all = children();
	const before = new Map(all.map(({ pid }) => {
		forgetPeak(pid);
		return [pid, peak(pid)];
	}));
	const tries = Array.from({ length: AT_ONCE }, (unused, i) =>
		new Visitor(site, { from: `127.0.1.${i + 1}` }).send("/signin",
			{ email: `nobody${i}@wire.test`, password: "not this one" }));
	const others = await Promise.all(Array.from({ length: 10 }, () => new Visitor(site).get("/signin")));
	assert.deepEqual(others.map((answer) => answer.status), Array(10).fill(200));
	for (const answer of await Promise.all(tries)) {
		assert.ok([422, 503].includes(answer.status), String(answer.status));
		if (answer.status === 503)
			assert.ok(Number(answer.headers["retry-after"]) > 0);
	}
	assert.deepEqual(site.log().filter((line) => line.what === "process_died"), []);
	// A hash takes its memory for as long as it lasts: whose peak rose by that hashed, one at a time.
	assert.deepEqual(children(), all);
	for (const { pid, kind } of all) {
		const rise = peak(pid) - before.get(pid);
		if (kind === "slow")
			assert.ok(rise > HASH_KB / 2 && rise < HASH_KB + ROOM_KB, `${kind} rose by ${rise} KB`);
		else
			assert.ok(rise < ROOM_KB, `${kind} rose by ${rise} KB`);
	}
	assert.equal(all.filter((one) => one.kind === "slow").length, 2);
});
