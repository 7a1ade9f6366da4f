// Where a credential goes: recorders stand on every port that the doctor could be led to, and hold a credential only where
// the client itself would have sent it. node tests/acceptance/wire_canary.mjs PROGRAM
//
// Each scenario plants secrets that occur nowhere else (the key, an Admin key, the proxy's password), runs the doctor as
// one client, and reads what every recorder got, byte by byte. What may arrive:
//   the base URL's host   the key, in the header that `sends` names; in the other one only where the doctor says that it
//                         tried just that; the Admin key in x-api-key, below /v1/organizations/ only
//   a proxy, plain http   the same, because the client sends it through; the proxy's password in Proxy-Authorization
//   a proxy, https        CONNECT and its own password
//   all others            nothing
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, existsSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const program = resolve(process.argv[2] ?? "build/release/locksmith");
const work = mkdtempSync(join(tmpdir(), "wire-canary-"));
const faults = [];
let checks = 0;

let planted = 0;
const body = () => `CaNaRy${String(++planted).padStart(4, "0")}`;
const apiKey = () => `sk-ant-api03-${body().padEnd(93, "0")}AA`;
const adminKey = () => `sk-ant-admin01-${body().padEnd(93, "0")}AA`;

// A port that keeps all that it is told. `answer(head, socket)` is called once a connection, with the request's head.
async function recorder(answer) {
  const told = [];
  const server = net.createServer((socket) => {
    const entry = { text: "" };
    told.push(entry);
    let answered = false;
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      entry.text += bytes.toString("latin1");
      const end = entry.text.indexOf("\r\n\r\n");
      if (answered || end < 0) return;
      answered = true;
      answer(entry.text.slice(0, end), socket);
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { told, port: server.address().port, close: () => server.close() };
}

const reply = (status, fields = "", text = "") => (head, socket) =>
  socket.end(`HTTP/1.1 ${status} X\r\ncontent-length: ${text.length}\r\n${fields}connection: close\r\n\r\n${text}`);
const refusedKey = reply(401, "content-type: application/json\r\nrequest-id: req_1\r\n",
  '{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}');

// A proxy that does its work: CONNECT becomes a tunnel, an absolute URL is asked for as it stands.
const passes = (head, socket) => {
  const [method, target] = head.split(" ");
  const url = method === "CONNECT" ? new URL(`http://${target}`) : new URL(target);
  const far = net.connect(Number(url.port || 80), url.hostname, () => {
    if (method === "CONNECT") socket.write("HTTP/1.1 200 OK\r\n\r\n");
    else far.write(`${head}\r\n\r\n`.replace(target, url.pathname + url.search).replace(/proxy-authorization:.*\r\n/i, ""));
    socket.pipe(far);
    far.pipe(socket);
  });
  far.on("error", () => socket.destroy());
};

const requestsOf = (one) => one.told.map(({ text }) => {
  const [head, ...rest] = text.split("\r\n\r\n");
  const [line, ...fields] = head.split("\r\n");
  return { line, body: rest.join("\r\n\r\n"), fields: fields.map((f) => [f.slice(0, f.indexOf(":")).toLowerCase(), f.slice(f.indexOf(":") + 1).trim()]) };
});

function run(args, variables) {
  const env = { PATH: process.env.PATH, HOME: work, ...variables };
  return new Promise((done) => {
    execFile(program, ["doctor", "--json", ...args], { env, cwd: work, timeout: 30000 }, (error, out, err) => {
      let document = null;
      try { document = JSON.parse(out); } catch { faults.push(`${args.join(" ")}: no JSON: ${out}${err}`); }
      done({ document, printed: out + err });
    });
  });
}

const say = (scenario, text) => faults.push(`${scenario}: ${text}`);

// The secrets of one run and where each may stand.
function judge(scenario, { key, admin, password, document, printed }, places) {
  const sends = new Set(document.sends.headers.filter((h) => ["x-api-key", "authorization"].includes(h.name.toLowerCase())).map((h) => h.name.toLowerCase()));
  const otherHeader = document.tried.some((t) => t.changed === "the credential in the other header");
  for (const secret of [key, admin, password]) {
    if (secret && printed.includes(secret.slice(-120))) say(scenario, "a secret was printed");
  }
  for (const [name, { at, allows = [], must = [] }] of Object.entries(places)) {
    for (const { line, body: text, fields } of requestsOf(at)) {
      checks += 1;
      if (/CaNaRy/.test(line + text)) say(scenario, `${name}: a secret in the request line or the body: ${line}`);
      for (const [field, value] of fields) {
        const shown = field === "proxy-authorization" ? Buffer.from(value.replace(/^Basic /, ""), "base64").toString() : value;
        if (!shown.includes("CaNaRy")) continue;
        if (shown.includes(password) && password) {
          if (!allows.includes("password") || field !== "proxy-authorization") say(scenario, `${name}: the proxy's password in ${field}`);
        } else if (admin && shown.includes(admin)) {
          const path = line.split(" ")[1].replace(/^http:\/\/[^/]*/, "");
          if (!allows.includes("admin") || field !== "x-api-key" || !path.startsWith("/v1/organizations/")) say(scenario, `${name}: the Admin key in ${field} of ${line}`);
        } else if (shown.includes(key)) {
          const right = sends.has(field) || (otherHeader && ["x-api-key", "authorization"].includes(field));
          if (!allows.includes("key") || !right) say(scenario, `${name}: the key in ${field} of ${line}`);
        } else say(scenario, `${name}: a secret of another run in ${field}`);
      }
    }
    const all = at.told.map(({ text }) => text).join("\n");
    const holds = { key: all.includes(key), admin: Boolean(admin) && all.includes(admin), nothing: at.told.length === 0,
      password: Boolean(password) && all.includes(Buffer.from(`user:${password}@x`).toString("base64")), connect: /^CONNECT /m.test(all) };
    for (const wanted of must) {
      checks += 1;
      if (!holds[wanted]) say(scenario, `${name}: should have seen: ${wanted}; the search would find nothing`);
    }
    at.close();
  }
}

// As their sources and documentation say (src/doctor/survey/client.h). Go's library sends nothing for a loopback address
// through a proxy.
const clients = ["claude-code", "sdk-typescript-0", "sdk-typescript-1", "sdk-python-0", "sdk-python", "ant", "curl"];
const proxiesLoopback = (client) => !client.startsWith("sdk-typescript") && client !== "ant";

// --- a base URL that redirects to another host
for (const client of clients) {
  for (const status of [301, 302, 303, 307, 308]) {
    const stranger = await recorder(reply(200, "content-type: application/json\r\n", '{"data":[]}'));
    const base = await recorder(reply(status, `location: http://127.0.0.1:${stranger.port}/v1/models\r\n`));
    const page = await recorder(reply(302, `location: http://127.0.0.1:${stranger.port}/\r\n`));
    const [key, admin] = [apiKey(), adminKey()];
    const flags = status === 307 ? ["--deep", "--account"] : ["--account"];
    const seen = await run(["--as", client, ...flags], { ANTHROPIC_API_KEY: key, ANTHROPIC_ADMIN_KEY: admin,
      ANTHROPIC_BASE_URL: `http://127.0.0.1:${base.port}`, LOCKSMITH_STATUS_URL: `http://127.0.0.1:${page.port}/s.json` });
    judge(`redirect ${status} as ${client}`, { key, admin, ...seen }, { base: { at: base, allows: ["key", "admin"], must: ["key", "admin"] },
      stranger: { at: stranger, must: ["nothing"] }, "status page": { at: page } });
  }
}

// --- plain http through every kind of proxy
const proxies = { passes, "asks for a login": reply(407, 'proxy-authenticate: Basic realm="p"\r\n'), "answers 502": reply(502),
  "falls silent": () => {}, "hangs up": (head, socket) => socket.destroy() };
for (const client of clients) {
  for (const [kind, answer] of Object.entries(proxies)) {
    if (kind === "falls silent" && client !== "curl") continue; // it costs a deadline
    const stranger = await recorder(reply(200));
    const base = await recorder(refusedKey);
    const proxy = await recorder(answer);
    const [key, password] = [apiKey(), body()];
    const seen = await run(["--as", client], { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: `http://127.0.0.1:${base.port}`,
      http_proxy: `http://user:${password}%40x@127.0.0.1:${proxy.port}`, https_proxy: `http://127.0.0.1:${stranger.port}` });
    const used = proxiesLoopback(client);
    if (client === "claude-code") { // it takes https_proxy for both
      judge(`plain http, proxy ${kind}, as ${client}`, { key, password, ...seen }, { "the proxy for both": { at: stranger, allows: ["key"], must: ["key"] },
        base: { at: base, allows: ["key"] }, "the other proxy": { at: proxy, must: ["nothing"] } });
    } else {
      judge(`plain http, proxy ${kind}, as ${client}`, { key, password, ...seen }, {
        base: { at: base, allows: ["key"], must: used && kind !== "passes" ? [] : ["key"] },
        proxy: { at: proxy, allows: used ? ["key", "password"] : [], must: used ? ["key", "password"] : ["nothing"] },
        "the proxy for https": { at: stranger, must: ["nothing"] } });
    }
  }
}

// --- a SOCKS proxy and one where nobody listens: nothing to the first but its own greeting, no secret
for (const client of clients) {
  for (const scheme of ["socks5", "socks5h", "dead"]) {
    const base = await recorder(refusedKey);
    const proxy = await recorder(reply(200));
    if (scheme === "dead") proxy.close();
    const key = apiKey();
    const url = `${scheme === "dead" ? "http" : scheme}://127.0.0.1:${proxy.port}`;
    const seen = await run(["--as", client], { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: `http://127.0.0.1:${base.port}`, http_proxy: url, https_proxy: url, all_proxy: url });
    judge(`${scheme} proxy as ${client}`, { key, ...seen }, { base: { at: base, allows: ["key"] }, proxy: { at: proxy, must: ["nothing"] } });
  }
}

// --- https through CONNECT: the proxy sees a host's name, its own password, and ciphertext
const portFile = join(work, "port"), ca = join(work, "ca.pem");
const emulator = spawn(program, ["emulate", "--listen", "127.0.0.1:0", "--port-file", portFile, "--tls", "--tls-ca-out", ca], { stdio: "ignore" });
try {
  while (!existsSync(portFile) || readFileSync(portFile, "utf8").length === 0) await new Promise((done) => setTimeout(done, 50));
  const api = `https://127.0.0.1:${readFileSync(portFile, "utf8").trim()}`;
  const kinds = { passes, "asks for a login": reply(407, 'proxy-authenticate: Basic realm="p"\r\n'),
    redirects: (head, socket) => reply(302, `location: ${api}/\r\n`)(head, socket) };
  for (const client of ["claude-code", "sdk-typescript-1", "sdk-python", "curl"]) {
    for (const [kind, answer] of Object.entries(kinds)) {
      const proxy = await recorder(answer);
      const [key, admin, password] = [apiKey(), adminKey(), body()];
      const seen = await run(["--as", client, "--deep", "--account"], { ANTHROPIC_API_KEY: key, ANTHROPIC_ADMIN_KEY: admin, ANTHROPIC_BASE_URL: api,
        https_proxy: `http://user:${password}%40x@127.0.0.1:${proxy.port}`, SSL_CERT_FILE: ca, NODE_EXTRA_CA_CERTS: ca });
      const used = proxiesLoopback(client);
      judge(`https, proxy ${kind}, as ${client}`, { key, admin, password, ...seen },
        { proxy: { at: proxy, allows: ["password"], must: used ? ["connect", "password"] : ["nothing"] } });
      checks += 1;
      if ((kind === "passes" || !used) && seen.document.verdict !== "healthy") say(`https, proxy ${kind}, as ${client}`, `not healthy: ${seen.printed}`);
    }
  }
} finally {
  emulator.kill();
  rmSync(work, { recursive: true, force: true });
}

for (const fault of faults) console.log(fault);
console.log(`${planted} secrets planted, ${checks} requests and expectations checked, ${faults.length} wrong`);
process.exitCode = faults.length === 0 && checks > 100 ? 0 : 1;
