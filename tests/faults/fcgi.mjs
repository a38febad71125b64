// FastCGI as nginx speaks it: one request and its answer over a Unix socket.  Cookies, forms and
// tokens are in visitor.mjs.
import net from "node:net";

const BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6;
const RECORD_LONGEST = 65535;
// Longer than a slow worker may take, and so a hang.
const PATIENCE_MS = 150000;

function record(type, content = Buffer.alloc(0)) {
	const head = Buffer.alloc(8);
	head.writeUInt8(1, 0);
	head.writeUInt8(type, 1);
	head.writeUInt16BE(1, 2);
	head.writeUInt16BE(content.length, 4);
	return Buffer.concat([head, content]);
}

function records(type, content) {
	const all = [];
	for (let at = 0; at < content.length; at += RECORD_LONGEST)
		all.push(record(type, content.subarray(at, at + RECORD_LONGEST)));
	all.push(record(type));
	return Buffer.concat(all);
}

function length(n) {
	if (n < 128)
		return Buffer.from([n]);
	const four = Buffer.alloc(4);
	four.writeUInt32BE((n | 0x80000000) >>> 0);
	return four;
}

function pack(params) {
	return Buffer.concat(Object.entries(params).flatMap(([name, value]) => {
		const n = Buffer.from(name), v = Buffer.from(String(value));
		return [length(n.length), length(v.length), n, v];
	}));
}

function encode({ method, target, headers = {}, body = "", peer = "192.0.2.1" }) {
	const params = {
		REQUEST_METHOD: method,
		REQUEST_URI: target,
		QUERY_STRING: target.includes("?") ? target.slice(target.indexOf("?") + 1) : "",
		CONTENT_LENGTH: body ? Buffer.byteLength(body) : "",
		REMOTE_ADDR: peer,
	};
	for (const [name, value] of Object.entries(headers)) {
		const upper = name.toUpperCase().replaceAll("-", "_");
		params[upper === "CONTENT_TYPE" ? upper : `HTTP_${upper}`] = value;
	}
	return Buffer.concat([record(BEGIN, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])),
		records(PARAMS, pack(params)), records(STDIN, Buffer.from(body))]);
}

// STDOUT of an answer that ended as it should, else null.
function decode(bytes) {
	const out = [];
	for (let at = 0; at + 8 <= bytes.length;) {
		const type = bytes[at + 1], len = bytes.readUInt16BE(at + 4), pad = bytes[at + 6];
		if (at + 8 + len > bytes.length)
			return null;
		if (type === STDOUT)
			out.push(bytes.subarray(at + 8, at + 8 + len));
		if (type === END)
			return Buffer.concat(out).toString();
		at += 8 + len + pad;
	}
	return null;
}

function parse(text) {
	const end = text.indexOf("\r\n\r\n");
	if (end < 0)
		return null;
	const answer = { status: 200, headers: {}, cookies: [], body: text.slice(end + 4) };
	for (const line of text.slice(0, end).split("\r\n")) {
		const colon = line.indexOf(": "), name = line.slice(0, colon).toLowerCase();
		const value = line.slice(colon + 2);
		if (name === "status")
			answer.status = Number(value);
		else if (name === "set-cookie")
			answer.cookies.push(value);
		else
			answer.headers[name] = value;
	}
	const said = answer.headers["content-length"];
	return said === undefined || Number(said) === Buffer.byteLength(answer.body) ? answer : null;
}

// { status, headers, cookies, body }; status 0 is an answer that broke off or never began, which
// nginx makes a 502.  Nothing for a long time is an error: something hangs.
export function ask(socketPath, request) {
	return new Promise((resolve, reject) => {
		const parts = [];
		const socket = net.connect(socketPath);
		const late = setTimeout(() => {
			socket.destroy();
			reject(new Error(`no answer to ${request.method} ${request.target}`));
		}, PATIENCE_MS);
		socket.on("connect", () => socket.write(encode(request)));
		socket.on("data", (part) => parts.push(part));
		socket.on("error", () => {});
		socket.on("close", () => {
			clearTimeout(late);
			const text = decode(Buffer.concat(parts));
			const answer = text === null ? null : parse(text);
			resolve(answer || { status: 0, headers: {}, cookies: [], body: "" });
		});
	});
}
