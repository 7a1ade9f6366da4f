// Many environments: what `locksmith doctor --as claude-code --offline --json` says that Claude Code would send is what the
// real Claude Code sends with `claude -p hi`, in every one of them: both headers, the host, or nothing at all.
//
// LOCKSMITH_CLAUDE_SEED and LOCKSMITH_CLAUDE_COUNT choose other environments; "all" is what .ci/run asks about.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { certificate, forEach, lay, placed, recorder, run } from './claude_code.mjs';
import { differences } from './compare.mjs';
import { environments } from './environments.mjs';

const whole = 320;
const given = process.env.LOCKSMITH_CLAUDE_COUNT ?? '48';
const count = given === 'all' ? whole : Number(given);
const seed = Number(process.env.LOCKSMITH_CLAUDE_SEED ?? 20261130);
const work = mkdtempSync(join(tmpdir(), 'locksmith-claude-'));
const fetched = 'sk-ant-oat01-fetched';
const checked = [];
let trusted;

before(() => { trusted = certificate(work); });
after(() => rmSync(work, { recursive: true, force: true }));

function foretell(laid, again = true) {
  // Leaks are looked for elsewhere; here the search would be half of the time.
  const options = { cwd: laid.cwd, env: { ...laid.variables, ASAN_OPTIONS: 'detect_leaks=0' }, maxBuffer: 1 << 24 };
  const [command, ...argv] = placed(laid, [process.env.LOCKSMITH, 'doctor', '--as', 'claude-code', '--offline', '--json']);
  return new Promise((resolve, reject) => {
    execFile(command, argv, options, (error, stdout, stderr) => {
      // AddressSanitizer finds no room for its shadow once in some thousand starts and dies without a word.
      if (error?.signal && stdout === '' && again) return resolve(foretell(laid, false));
      try {
        assert.equal(stderr, '');
        resolve(JSON.parse(stdout).sends);
      } catch (broken) {
        reject(new Error(`environment ${laid.id}: ${broken}; ${error}; ${stderr}`));
      }
    });
  });
}

async function watch(environment) {
  const place = await recorder({ ...trusted, fetched });
  try {
    // Whatever host is asked, the recorder is the way to it; it is also this machine's own gateway.
    const laid = lay(environment, join(work, String(environment.id)), place.port, { all_proxy: 'http://127.0.0.1:@PORT', NO_PROXY: '127.0.0.1,localhost' });
    const told = await foretell(laid);
    const { stdout, stderr } = await run(laid, { variables: { NODE_EXTRA_CA_CERTS: trusted.file } });
    const request = place.asked.find((one) => one.isMessage);
    const isToken = (url) => (url.endsWith('/oauth/token') && !url.includes('platform.claude.com')) || url === told.token_url;
    const exchange = place.asked.find((one) => one.method === 'POST' && !one.isMessage && isToken(one.url));
    const text = [...Object.values(laid.variables), ...laid.contents].join('\n');
    return { told, seen: { request, exchange, output: stdout + stderr }, environment: { ...laid, text, fetched } };
  } finally {
    place.close();
  }
}

const shorten = (_, value) => (typeof value === 'string' && value.length > 600 ? value.slice(0, 20) + '…' : value);
const briefly = ({ told, environment }, found) =>
  `${environment.id}: ${found.join('; ')}\n  ${JSON.stringify(told.headers)}\n  ${JSON.stringify({ variables: environment.variables, files: environment.files, system: environment.system }, shorten)}`;

test(`Claude Code sends what the doctor says, in ${count} environments`, async (t) => {
  const all = environments(whole, seed, Math.floor(Date.now() / 1000));
  // A sample is spread over all of them.
  const chosen = all.filter(({ id }) => Math.floor((id + 1) * count / whole) > Math.floor(id * count / whole));
  const only = process.env.LOCKSMITH_CLAUDE_ONLY?.split(',').map(Number);
  const kinds = {};
  const wrong = [];
  await forEach(only ? all.filter(({ id }) => only.includes(id)) : chosen, async (environment) => {
    const one = await watch(environment);
    checked.push(one);
    const found = differences(one.told, one.seen, one.environment);
    if (found.length > 0) wrong.push(briefly(one, found));
    const headers = ['x-api-key', 'authorization'].filter((name) => one.told.headers.some((header) => header.name === name)).join(' and ');
    const kind = one.told.refused ?? (one.told.token_url ? 'a fetched token' : headers);
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  });
  t.diagnostic(`${checked.length - wrong.length}/${checked.length} equal; ${Object.entries(kinds).map(([kind, n]) => `${kind} ${n}`).join(', ')}`);
  assert.equal(wrong.length, 0, `${wrong.length} of ${checked.length} differ:\n${wrong.slice(0, 20).join('\n')}`);
});

test('a wrong prediction is noticed, whatever is wrong with it', () => {
  const each = (change) => (sends) => ({ ...sends, headers: sends.headers.map(change) });
  const other = { 'x-api-key': 'authorization', authorization: 'x-api-key' };
  const wrongs = {
    name: each((h) => ({ ...h, name: other[h.name] ?? h.name })),
    absent: (sends) => ({ ...sends, headers: sends.headers.filter((h) => !other[h.name]) }),
    half: (sends) => ({ ...sends, headers: sends.headers.filter((h) => h.name !== 'authorization') }),
    version: each((h) => (h.name === 'anthropic-version' ? { ...h, value: '1999-01-01' } : h)),
    length: each((h) => (h.bytes && other[h.name] ? { ...h, bytes: h.bytes + 1 } : h)),
    url: (sends) => ({ ...sends, url: sends.url + '/' }),
    refused: (sends) => ({ ...sends, refused: 'no-credential' }),
  };
  const sent = checked.filter(({ told }) => !told.refused);
  assert.ok(sent.length >= checked.length / 4, 'enough that sent something');
  for (const [what, spoil] of Object.entries(wrongs)) {
    for (const { told, seen, environment } of sent) {
      const spoiled = spoil(told);
      // Both headers of one helper are the same whichever way round.
      const same = JSON.stringify(spoiled) === JSON.stringify(told) || (what === 'name' && told.headers.filter((h) => other[h.name]).length === 2);
      if (!same) assert.notDeepEqual(differences(spoiled, seen, environment), [], `${what} of environment ${environment.id}`);
    }
  }
  for (const { told, seen, environment } of checked.filter(({ told }) => told.refused)) {
    const { refused: _, ...claimed } = told;
    assert.notDeepEqual(differences(claimed, seen, environment), []);
  }
});
