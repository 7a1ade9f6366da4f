// What the doctor says of a set-up is what the client itself meets in it: "works" only where the client's own requests succeed,
// "problem" only where they fail. The real SDKs and the real curl decide.
//
// LOCKSMITH_SETUP_SEED and LOCKSMITH_SETUP_COUNT choose other set-ups.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { good, setups } from './setups.mjs';

const count = Number(process.env.LOCKSMITH_SETUP_COUNT ?? 60);
const seed = Number(process.env.LOCKSMITH_SETUP_SEED ?? 20261130);
const work = mkdtempSync(join(tmpdir(), 'locksmith-verdicts-'));
const here = dirname(fileURLToPath(import.meta.url));
const sdk = (major) => join(here, '../sdk/node_modules', `anthropic-sdk-${major}`, 'index.mjs');
const running = [];
const api = {};

async function emulate(flags) {
  const portFile = join(work, `port-${running.length}`);
  const child = spawn(process.env.LOCKSMITH, ['emulate', '--listen', '127.0.0.1:0', '--port-file', portFile, ...flags], { stdio: 'ignore' });
  running.push(child);
  while (!existsSync(portFile) || readFileSync(portFile, 'utf8').trim() === '') await new Promise((resolve) => setTimeout(resolve, 20));
  return Number(readFileSync(portFile, 'utf8'));
}

function run(program, args, options) {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 120_000, maxBuffer: 1 << 24, ...options }, (error, stdout, stderr) => resolve({ code: error ? error.code ?? -1 : 0, stdout, stderr }));
  });
}

before(async () => {
  api.port = await emulate([]);
  api.url = `http://127.0.0.1:${api.port}`;
  api.ca = join(work, 'ca.pem');
  const tls = await emulate(['--tls', '--tls-ca-out', api.ca]);
  api.tlsUrl = `https://localhost:${tls}`;
  const keys = JSON.stringify({ only_these: true, keys: [{ credential_sha256: createHash('sha256').update(good).digest('hex'), state: 'active' }] });
  assert.equal((await fetch(`${api.url}/_emulator/keys`, { method: 'PUT', body: keys })).ok, true);
  const put = await run('curl', ['-sS', '--cacert', api.ca, '-X', 'PUT', `${api.tlsUrl}/_emulator/keys`, '-d', keys], {});
  assert.equal(put.code, 0, put.stderr);
});
after(() => {
  for (const child of running) child.kill();
  rmSync(work, { recursive: true, force: true });
});

function lay(setup) {
  const folder = join(work, `s${setup.id}`);
  mkdirSync(join(folder, 'home'), { recursive: true });
  const fill = (text) => text.replaceAll('@/', folder + '/');
  const node = setup.client !== 'curl';
  const program = node
    ? `import Anthropic from '@anthropic-ai/sdk';\n${setup.loads === 'yes' ? "process.loadEnvFile('.env');\n" : ''}new Anthropic().models.list();\n`
    : '';
  const project = {
    type: 'module',
    scripts: { start: setup.loads === 'flag' ? 'node --env-file=.env app.mjs' : 'node app.mjs' },
    dependencies: { '@anthropic-ai/sdk': setup.client === 'sdk-typescript-0' ? '^0.120.0' : '^1.12.0' },
  };
  const files = node ? [{ path: 'app.mjs', text: program }, { path: 'package.json', text: JSON.stringify(project) }] : [];
  for (const { path, text } of [...files, ...setup.files]) writeFileSync(join(folder, path), fill(text));
  const variables = Object.fromEntries(Object.entries(setup.variables).map(([name, value]) => [name, fill(value)]));
  return { ...setup, folder, env: { PATH: process.env.PATH, HOME: join(folder, 'home'), LANG: 'C.UTF-8', ...variables } };
}

// Whether the client's own requests succeed.
async function witness({ client, folder, env, loads }) {
  if (client === 'curl') {
    const url = (env.ANTHROPIC_BASE_URL ?? '') + '/v1/models?limit=20';
    const key = env.ANTHROPIC_API_KEY ?? '';
    if (key === '' || env.ANTHROPIC_BASE_URL === '') return { works: false, why: 'nothing to ask with' };
    const args = ['-sS', '--fail-with-body', '--max-time', '20', '-o', '/dev/null', '-H', `x-api-key: ${key}`, '-H', 'anthropic-version: 2023-06-01', url];
    const { code, stderr } = await run('curl', args, { cwd: folder, env });
    return { works: code === 0, why: stderr.trim() };
  }
  const flags = loads === 'flag' ? ['--env-file=.env'] : [];
  const own = { ...env, WITNESS_SDK: sdk(client.endsWith('1') ? '1' : '0'), WITNESS_LOADS: loads };
  const { code, stdout, stderr } = await run(process.execPath, [...flags, join(here, 'witness.mjs')], { cwd: folder, env: own });
  return { works: code === 0, why: (stdout + stderr).trim().slice(0, 200) };
}

async function examine({ client, folder, env }) {
  const { code, stdout, stderr } = await run(process.env.LOCKSMITH, ['doctor', '--as', client, '--json'], { cwd: folder, env: { ...env, ASAN_OPTIONS: 'detect_leaks=0' } });
  assert.ok([0, 1, 3].includes(code), `doctor ended with ${code}: ${stderr}`);
  const report = JSON.parse(stdout);
  return { verdict: report.verdict, code: report.codes[0] ?? '' };
}

test(`the doctor is right about ${count} set-ups, as their clients are the witnesses`, async (t) => {
  const queue = setups(count, seed, api).map(lay);
  const wrong = [];
  const counts = { healthy: 0, problem: 0, undetermined: 0 };
  let works = 0;
  const worker = async () => {
    for (let setup = queue.shift(); setup; setup = queue.shift()) {
      const [met, said] = [await witness(setup), await examine(setup)];
      counts[said.verdict] += 1;
      works += met.works;
      const false_health = said.verdict === 'healthy' && !met.works;
      const false_alarm = said.verdict === 'problem' && met.works;
      if (false_health || false_alarm) {
        const { id, client, changed, variables, loads } = setup;
        wrong.push(`${id} ${client} ${changed}: said ${said.verdict} ${said.code}, but the client ${met.works ? 'works' : `fails: ${met.why}`}\n  ${JSON.stringify({ variables, loads, files: setup.files })}`);
      }
    }
  };
  await Promise.all([worker(), worker()]);
  t.diagnostic(`${works} work; said: ${JSON.stringify(counts)}; wrong ${wrong.length}`);
  assert.deepEqual(wrong, []);
  assert.ok(works > count / 10 && works < count * 0.9, 'set-ups of both kinds');
  assert.ok(counts.undetermined <= count * 0.1, 'seldom undecided');
});
