// The real Claude Code in a home of its own: laid out, started with `-p hi`, and watched from every port that it could ask.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { TLSSocket } from 'node:tls';

const packages = new URL('node_modules/@anthropic-ai/', import.meta.url).pathname;
// The program itself is in the package of this machine's kind, which npm chose.
export const program = existsSync(packages)
  ? readdirSync(packages).map((name) => join(packages, name, 'claude')).find((path) => existsSync(path))
  : undefined;

// Seconds until a run that hangs is ended: some thirty times what one takes.
const deadline = 120;

// A stream that says "ok".
const events = [
  { type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null,
    usage: { input_tokens: 1, output_tokens: 1 } } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'ok' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 1 } },
  { type: 'message_stop' },
].map((data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`).join('');

// A certificate for every host that the environments name, made for this run.
export function certificate(folder) {
  const file = join(folder, 'cert.pem');
  const key = join(folder, 'key.pem');
  const names = 'subjectAltName=DNS:api.anthropic.com,DNS:platform.claude.com,DNS:*.gateway.test';
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj',
    '/CN=Recorder', '-addext', names, '-keyout', key, '-out', file], { stdio: 'ignore' });
  return { file, cert: readFileSync(file), key: readFileSync(key) };
}

const isMessage = (body) => {
  try {
    return Array.isArray(JSON.parse(body).messages);
  } catch {
    return false;
  }
};

// Stands for the API, for a gateway, and for a proxy that leads everywhere, and keeps what it was asked. One for each
// environment. With a certificate it looks into tunnels.
export async function recorder({ cert, key, fetched } = {}) {
  const asked = [];
  // What goes over a wire goes here, also what no server should take.
  const server = createServer({ insecureHTTPParser: true }, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => { body += text; });
    request.on('end', () => {
      const origin = /^http:/.test(request.url) ? '' : (request.socket.origin ?? 'http://' + request.headers.host);
      const message = isMessage(body);
      asked.push({ method: request.method, url: origin + request.url, headers: request.headers, isMessage: message });
      const token = request.url.endsWith('/oauth/token') && fetched && !origin.includes('platform.claude.com');
      response.writeHead(200, { 'content-type': message ? 'text/event-stream' : 'application/json' });
      response.end(message ? events : token ? JSON.stringify({ access_token: fetched, token_type: 'Bearer', expires_in: 3600 }) : '{}');
    });
  });
  server.on('connect', (request, socket) => {
    socket.on('error', () => {});
    if (!cert) return socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const inside = new TLSSocket(socket, { isServer: true, cert, key });
    inside.origin = 'https://' + request.url.replace(/:443$/, '');
    inside.on('error', () => {});
    server.emit('connection', inside);
  });
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { asked, port: server.address().port, close };
}

// Whether a program can be given an /etc of its own here: in a mount namespace, which not every machine allows.
const ownEtc = spawnSync('unshare', ['-rm', 'true']).status === 0;
const etcFiles = ['passwd', 'group', 'hosts', 'nsswitch.conf', 'resolv.conf', 'os-release'];

// The command line that runs `argv` where the environment's managed settings stand.
export function placed(laid, argv) {
  const script = 'mount --bind "$1" /etc && shift && exec "$@"';
  return laid.etc ? ['unshare', '-rm', 'sh', '-c', script, '-', laid.etc, ...argv] : argv;
}

// Files and variables of an environment, below `folder`. "@/" stands for it and "@PORT" for the recorder's port. `under` are
// variables that it may replace.
export function lay(environment, folder, port, under = {}) {
  const fill = (text) => text.replaceAll('@PORT', String(port)).replaceAll('@/', folder + '/');
  const contents = [];
  const write = (place, text, mode = 0o600) => {
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, fill(text));
    chmodSync(place, mode);
    contents.push(fill(text));
  };
  for (const path of ['home', 'project']) mkdirSync(join(folder, path), { recursive: true });
  for (const { path, text, mode } of environment.files ?? []) write(join(folder, path), text, mode);
  let etc;
  if (ownEtc && environment.system?.length) {
    etc = join(folder, 'etc');
    mkdirSync(etc);
    for (const name of etcFiles) {
      if (existsSync('/etc/' + name)) copyFileSync('/etc/' + name, join(etc, name));
    }
    for (const { path, text } of environment.system) write(join(etc, 'claude-code', path), text, 0o644);
  }
  const variables = { PATH: '/usr/bin:/bin', HOME: join(folder, 'home') };
  for (const [name, value] of Object.entries({ ...under, ...environment.variables })) variables[name] = fill(value);
  return { ...environment, folder, cwd: join(folder, 'project'), variables, contents, etc };
}

// Runs it to its end; what it wrote, and its exit code (null where it was ended for lateness).
export function run(laid, { argv = ['-p', 'hi'], variables = {} } = {}) {
  const quiet = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_MAX_RETRIES: '0', ...variables };
  const options = { cwd: laid.cwd, env: { ...quiet, ...laid.variables }, stdio: ['ignore', 'pipe', 'pipe'], detached: true };
  return new Promise((resolve, reject) => {
    const [command, ...rest] = placed(laid, [program, ...argv]);
    const child = spawn(command, rest, options);
    const out = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) child[stream].setEncoding('utf8').on('data', (text) => { out[stream] += text; });
    const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), deadline * 1000);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ ...out, code });
    });
  });
}

// Calls `work` for every item, four at a time: most of their time they wait.
export async function forEach(items, work) {
  const queue = [...items];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await work(next);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}
