// The real Claude Code in a home of its own: laid out, started with `-p hi`, and watched from every port that it could ask.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';

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

// Stands for the API, for a gateway and for a proxy, and keeps what it was asked. One for each environment.
export async function recorder() {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push({ method: request.method, url: request.url, host: request.headers.host, headers: request.headers });
    request.resume();
    request.on('end', () => {
      const isMessage = request.method === 'POST' && request.url.includes('/messages');
      response.writeHead(200, { 'content-type': isMessage ? 'text/event-stream' : 'application/json' });
      response.end(isMessage ? events : '{}');
    });
  });
  server.on('connect', (request, socket) => {
    asked.push({ method: 'CONNECT', url: request.url, host: request.url, headers: request.headers });
    socket.on('error', () => {});
    socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
  });
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { asked, port: server.address().port, close };
}

// Files and variables of an environment, below `folder`. "@/" stands for it and "@PORT" for the recorder's port.
export function lay(environment, folder, port) {
  const fill = (text) => text.replaceAll('@PORT', String(port)).replaceAll('@/', folder + '/');
  for (const path of ['home', 'project']) mkdirSync(join(folder, path), { recursive: true });
  for (const { path, text, mode } of environment.files ?? []) {
    const place = path.startsWith('/') ? path : join(folder, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, fill(text));
    chmodSync(place, mode ?? 0o600);
  }
  const variables = { PATH: '/usr/bin:/bin', HOME: join(folder, 'home') };
  for (const [name, value] of Object.entries(environment.variables)) variables[name] = fill(value);
  return { ...environment, folder, cwd: join(folder, 'project'), variables };
}

// Runs it to its end; what it wrote, and its exit code (null where it was ended for lateness).
export function run(laid, { argv = ['-p', 'hi'], variables = {} } = {}) {
  const quiet = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_MAX_RETRIES: '0', ...variables };
  const options = { cwd: laid.cwd, env: { ...quiet, ...laid.variables }, stdio: ['ignore', 'pipe', 'pipe'], detached: true };
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, options);
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

// Calls `work` for every item, two at a time.
export async function forEach(items, work) {
  const queue = [...items];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await work(next);
  };
  await Promise.all([worker(), worker()]);
}

export const sha256 = (text) => createHash('sha256').update(text).digest('hex');
