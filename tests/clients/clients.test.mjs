// Many environments: what `locksmith doctor --as sdk-typescript-N --offline --json` says that the SDK would send is what
// the SDK sends, in every one of them.
//
// LOCKSMITH_CLIENT_SEED and LOCKSMITH_CLIENT_COUNT choose other environments.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { differences } from './compare.mjs';
import { environments } from './environments.mjs';

const count = Number(process.env.LOCKSMITH_CLIENT_COUNT ?? 520);
const seed = Number(process.env.LOCKSMITH_CLIENT_SEED ?? 20261125);
const fetched = 'sk-ant-oat01-fetched';
const work = mkdtempSync(join(tmpdir(), 'locksmith-clients-'));
const arrived = new Map();  // "MAJOR ID" to requests
let recorder;
let all;

function record(request, response) {
  const of = request.headers['x-recorded-for'];
  if (of !== undefined) {
    const { 'x-recorded-for': _, 'x-recorded-origin': origin, ...headers } = request.headers;
    if (!arrived.has(of)) arrived.set(of, []);
    arrived.get(of).push({ method: request.method, url: origin + request.url, headers });
  }
  // The only POST is that for a token.
  const token = { access_token: fetched, token_type: 'Bearer', expires_in: 3600 };
  const body = request.method === 'POST' ? token : { data: [], has_more: false };
  request.resume();
  request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)));
}

// A folder of its own for each major: a fetched token is written back into the profile's file.
function lay(environment, major) {
  const folder = join(work, `${environment.id}-${major}`);
  const fill = (text) => text.replaceAll('@PORT', String(recorder.address().port)).replaceAll('@/', folder + '/');
  mkdirSync(join(folder, 'home'), { recursive: true });
  let fileText = '';
  for (const { path, text, mode, folder: isFolder } of environment.files) {
    const place = join(folder, path);
    mkdirSync(isFolder ? place : dirname(place), { recursive: true });
    if (isFolder) continue;
    writeFileSync(place, fill(text));
    chmodSync(place, mode ?? 0o600);
    fileText += fill(text);
  }
  const variables = Object.fromEntries(
    Object.entries(environment.variables).map(([name, value]) => [name, name.endsWith('BASE_URL') ? value : fill(value)]),
  );
  return { ...environment, folder, variables, fileText, fetched, text: Object.values(variables).join('\n') };
}

function foretell(environment, major, again = true) {
  // Leaks are looked for elsewhere; here the search would be half of the time.
  const env = { PATH: process.env.PATH, ASAN_OPTIONS: 'detect_leaks=0', ...environment.variables };
  const options = { cwd: environment.folder, env, maxBuffer: 1 << 24 };
  const flags = ['doctor', '--as', `sdk-typescript-${major}`, '--offline', '--json'];
  return new Promise((resolve, reject) => {
    execFile(process.env.LOCKSMITH, flags, options, (error, stdout, stderr) => {
      // AddressSanitizer finds no room for its shadow once in some thousand starts and dies without a word.
      if (error?.signal && stdout === '' && again) return resolve(foretell(environment, major, false));
      try {
        assert.equal(stderr, '');
        resolve(JSON.parse(stdout).sends);
      } catch (broken) {
        reject(new Error(`environment ${environment.id}: ${broken}; ${error}; ${stderr}`));
      }
    });
  });
}

// Runs the SDK over all environments, in a process of its own.
async function ask(laid, major) {
  const address = `http://127.0.0.1:${recorder.address().port}`;
  const program = new URL('client.mjs', import.meta.url).pathname;
  const options = { env: { PATH: process.env.PATH }, stdio: ['pipe', 'pipe', 'inherit'] };
  const child = spawn(process.execPath, [program, major, address], options);
  const failures = new Map();
  for (const { id, variables, folder } of laid) child.stdin.write(JSON.stringify({ id, variables, folder }) + '\n');
  child.stdin.end();
  for await (const line of createInterface({ input: child.stdout })) {
    const { id, failure } = JSON.parse(line);
    failures.set(id, failure);
  }
  assert.equal(failures.size, laid.length, 'the SDK was asked in every environment');
  return failures;
}

before(async () => {
  recorder = createServer(record);
  await new Promise((resolve) => recorder.listen(0, '127.0.0.1', resolve));
  all = environments(count, seed, recorder.address().port, Math.floor(Date.now() / 1000));
});
after(() => {
  recorder.close();
  rmSync(work, { recursive: true, force: true });
});

const checked = [];
const shorten = (_, value) => (typeof value === 'string' && value.length > 400 ? value.slice(0, 20) + '…' : value);
const briefly = ({ id, variables, files }, found) => `${id}: ${found.join('; ')}\n  ${JSON.stringify({ variables, files }, shorten)}`;

for (const major of ['0', '1']) {
  test(`the SDK ${major}.x sends what the doctor says, in ${count} environments`, async (t) => {
    const laid = all.map((environment) => lay(environment, major));
    // First the doctor: the SDK may write a fetched token into a profile's file.
    const sends = new Map();
    const queue = [...laid];
    const worker = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) sends.set(next.id, await foretell(next, major));
    };
    await Promise.all([worker(), worker()]);
    const failures = await ask(laid, major);
    let equal = 0;
    const kinds = {};
    const wrong = [];
    for (const environment of laid) {
      const seen = { requests: arrived.get(`${major} ${environment.id}`) ?? [], failure: failures.get(environment.id) ?? '' };
      const told = sends.get(environment.id);
      const found = differences(told, seen, environment);
      if (found.length === 0) equal += 1;
      else wrong.push(briefly(environment, found));
      const kind = told.refused ?? (told.token_url ? 'sent with a fetched token' : 'sent');
      kinds[kind] = (kinds[kind] ?? 0) + 1;
      checked.push({ told, seen, environment });
    }
    t.diagnostic(`${equal}/${count} equal; ${Object.entries(kinds).map(([kind, n]) => `${kind} ${n}`).join(', ')}`);
    assert.equal(wrong.length, 0, `${wrong.length} of ${count} differ:\n${wrong.slice(0, 5).join('\n')}`);
  });
}

test('a wrong prediction is noticed, whatever is wrong with it', () => {
  const each = (change) => (sends) => ({ ...sends, headers: sends.headers.map(change) });
  const wrongs = {
    name: each((h) => (h.from ? { ...h, name: h.name === 'x-api-key' ? 'authorization' : 'x-api-key' } : h)),
    absent: (sends) => ({ ...sends, headers: sends.headers.filter((h) => h.name !== 'anthropic-version') }),
    version: each((h) => (h.name === 'anthropic-version' ? { ...h, value: '1999-01-01' } : h)),
    length: each((h) => (h.bytes && h.from ? { ...h, bytes: h.bytes + 1 } : h)),
    source: each((h) => (h.from === 'env:ANTHROPIC_API_KEY' ? { ...h, from: 'env:HOME' } : h)),
    url: (sends) => ({ ...sends, url: sends.url + '/' }),
    token: (sends) => ({ ...sends, token_url: (sends.token_url ?? '') + 'x' }),
    refused: (sends) => ({ ...sends, refused: 'no-credential' }),
  };
  const sent = checked.filter(({ told }) => !told.refused);
  const refused = checked.filter(({ told }) => told.refused);
  assert.ok(sent.length > 100 && refused.length > 100, 'enough of both kinds');
  for (const [what, spoil] of Object.entries(wrongs)) {
    let tried = 0;
    for (const { told, seen, environment } of sent) {
      const spoiled = spoil(told);
      if (JSON.stringify(spoiled) === JSON.stringify(told)) continue;
      tried += 1;
      assert.notDeepEqual(differences(spoiled, seen, environment), [], `${what} of environment ${environment.id}`);
    }
    assert.ok(tried > 20, `${what} was tried ${tried} times`);
  }
  for (const { told, seen, environment } of refused) {
    const { refused: _, ...claimed } = told;
    assert.notDeepEqual(differences(claimed, seen, environment), []);
    assert.notDeepEqual(differences({ ...told, refused: told.refused === 'url' ? 'header' : 'url' }, seen, environment), []);
  }
});
