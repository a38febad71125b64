// What nginx says when the program does not (TAP): each refusal of its own has our page and headers.
// The program is played by sockets that are not there, that break off, or that never answer.
import { spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { assert, check, done } from "./tap.mjs";
import { build, source, until } from "./world.mjs";

const dir = fs.mkdtempSync(path.join(os.tmpdir(), "tenantry-front-"));
const AT_ONCE = 3;

async function freePort() {
	const server = net.createServer().listen(0, "127.0.0.1");
	await new Promise((resolve) => {
		server.once("listening", resolve);
	});
	const { port } = server.address();
	await new Promise((resolve) => {
		server.close(resolve);
	});
	return port;
}

// The site as it is installed, but for the times and numbers that a test cannot wait for.
function configure(port) {
	fs.mkdirSync(path.join(dir, "conf"));
	for (const name of fs.readdirSync(path.join(source, "nginx"))) {
		const text = fs.readFileSync(path.join(source, "nginx", name), "utf8")
			.replaceAll("@nginxdir@", path.join(dir, "conf")).replaceAll("@rundir@", dir)
			.replaceAll("@staticdir@", dir).replaceAll("@errorsdir@", path.join(build, "nginx/errors"))
			.replace("fastcgi_read_timeout 15s", "fastcgi_read_timeout 1s")
			.replace("limit_conn tenantry_slow 256", `limit_conn tenantry_slow ${AT_ONCE}`)
			.replace("rate=20r/s", "rate=1r/m").replace("burst=400", `burst=${AT_ONCE + 1}`)
			.replace("client_body_timeout          10s", "client_body_timeout 1s");
		fs.writeFileSync(path.join(dir, "conf", name), text);
	}
	const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
		.map((name) => `${name}_temp_path ${dir}/tmp_${name};`).join("\n");
	fs.writeFileSync(path.join(dir, "nginx.conf"), `${process.getuid() === 0 ? "user root;" : ""}
		daemon off; pid ${dir}/pid; error_log ${dir}/error.log; events {}
		http { ${temporary} access_log off; include ${dir}/conf/http.conf;
		upstream tenantry_quick { server unix:${dir}/quick.sock max_fails=0; }
		upstream tenantry_slow { server unix:${dir}/slow.sock max_fails=0; }
		server { listen 127.0.0.1:${port} default_server; server_name _;
			include ${dir}/conf/errors.conf; location / { return 421; } }
		server { listen 127.0.0.1:${port}; server_name 127.0.0.1;
			include ${dir}/conf/server.conf; } }`);
}

// A program that takes requests and does this with them.
function play(pool, act) {
	const file = path.join(dir, `${pool}.sock`);
	fs.rmSync(file, { force: true });
	const open = new Set();
	const server = net.createServer((socket) => {
		open.add(socket);
		socket.on("error", () => {});
		act(socket);
	}).listen(file);
	return () => {
		for (const socket of open)
			socket.destroy();
		server.close();
	};
}

function ask(port, method, target, headers = {}) {
	return new Promise((resolve, reject) => {
		const asked = http.request({ host: "127.0.0.1", port, method, path: target, headers, agent: false },
			(answer) => {
				let body = "";
				answer.on("data", (part) => {
					body += part;
				});
				answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, body }));
			});
		asked.on("error", reject);
		asked.end();
	});
}

const HEADERS = fs.readFileSync(path.join(source, "nginx/error_headers.conf"), "utf8").split("\n")
	.map((line) => /^add_header (\S+) +"?(.*?)"? always;$/.exec(line)).filter(Boolean)
	.filter(([, , value]) => !value.startsWith("$")).map(([, name, value]) => [name.toLowerCase(), value]);

function isOurs(answer, status, heading, retry) {
	assert.equal(answer.status, status);
	assert.ok(HEADERS.length >= 7);
	for (const [name, value] of HEADERS)
		assert.equal(answer.headers[name], value, `${name} of ${status}`);
	assert.equal(answer.headers.server, "nginx");
	assert.equal(answer.headers["content-type"], "text/html; charset=utf-8");
	assert.match(answer.body, new RegExp(`<h1>${heading}</h1>`));
	assert.match(answer.body, /<dt>Request<\/dt><dd><code>[0-9a-f]{32}<\/code>/);
	assert.match(answer.body, /<a href="\/legal">/);
	assert.doesNotMatch(answer.body, /nginx|\.sock/);
	assert.equal(answer.headers["retry-after"], retry);
}

async function refusals(port) {
	await check("502: nobody is there", async () =>
		isOurs(await ask(port, "GET", "/signin"), 502, "Not available", "5"));
	let end = play("quick", (socket) => socket.destroy());
	await check("502: it breaks off", async () =>
		isOurs(await ask(port, "GET", "/signin"), 502, "Not available", "5"));
	end();
	end = play("quick", (socket) => socket.end("this is no answer at all"));
	await check("502: it talks nonsense", async () =>
		isOurs(await ask(port, "GET", "/signin"), 502, "Not available", "5"));
	end();
	end = play("quick", () => {});
	await check("504: it never answers", async () =>
		isOurs(await ask(port, "GET", "/signin"), 504, "No answer in time", "10"));
	await check("413: too large", async () => {
		const head = { "content-length": String((9 << 20) + 1) };
		isOurs(await ask(port, "POST", "/signout", head), 413, "Too large", undefined);
	});
	await check("421: another host", async () =>
		isOurs(await ask(port, "GET", "/", { host: "evil.example" }), 421, "Wrong address", undefined));
	await check("a body that stops coming is not waited for", async () => {
		const began = Date.now();
		await assert.rejects(new Promise((resolve, reject) => {
			const asked = http.request({ host: "127.0.0.1", port, method: "POST", path: "/signout",
				headers: { "content-length": "100" }, agent: false }, resolve);
			asked.on("error", reject);
			asked.write("a");
		}));
		assert.ok(Date.now() - began < 15000);
	});
	end();
}

async function busy(port) {
	let taken = 0;
	const end = play("slow", () => taken++);
	const waiting = Array.from({ length: AT_ONCE }, () => ask(port, "POST", "/signin").catch(() => {}));
	await until(() => taken === AT_ONCE, "all of them to be taken");
	await check("503: more than can wait", async () =>
		isOurs(await ask(port, "POST", "/signin"), 503, "Very busy", "5"));
	await check("429: more than a source may", async () => {
		let answer;
		for (let i = 0; i < AT_ONCE + 2; i++)
			answer = await ask(port, "POST", "/signin");
		isOurs(answer, 429, "Too many requests", "10");
	});
	end();
	await Promise.all(waiting);
}

const port = await freePort();
configure(port);
const nginx = spawn("nginx", ["-p", dir, "-e", path.join(dir, "error.log"), "-c", `${dir}/nginx.conf`],
	{ stdio: "inherit" });
const ended = new Promise((resolve) => {
	nginx.once("close", resolve);
});
try {
	await until(() => fs.existsSync(path.join(dir, "pid")), "nginx");
	await refusals(port);
	await busy(port);
} finally {
	nginx.kill("SIGTERM");
	await ended;
	fs.rmSync(dir, { recursive: true, force: true });
}
done();
