// What Claude Code and the SDK print under each of the emulator's faults, given to `locksmith diagnose`: the fault's cause is
// named first, or one that the sentence cannot tell apart from it.
//
// LOCKSMITH_FAULT_COUNT chooses how many faults; "all" is what .ci/run asks about.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { forEach, lay, run } from './claude_code.mjs';
import { alike, hidden } from './alike.mjs';

const program = process.env.LOCKSMITH;
const work = mkdtempSync(join(tmpdir(), 'locksmith-sentences-'));
// What only shows when nobody waits for it any more, and what is no failure.
const left = new Set(['healthy', 'stream-stalled']);
const faults = JSON.parse(execFileSync(program, ['emulate', '--fault', 'list', '--json'])).faults.filter(({ name }) => !left.has(name));
const given = process.env.LOCKSMITH_FAULT_COUNT ?? '24';
const count = given === 'all' ? faults.length : Number(given);
const chosen = faults.filter((_, i) => Math.floor((i + 1) * count / faults.length) > Math.floor(i * count / faults.length));
let emulator;
let url;

before(async () => {
  const file = join(work, 'port');
  emulator = spawn(program, ['emulate', '--listen', '127.0.0.1:0', '--port-file', file], { stdio: 'ignore' });
  for (let tries = 0; tries < 600 && !(existsSync(file) && readFileSync(file, 'utf8')); tries += 1) await pause(100);
  url = 'http://127.0.0.1:' + readFileSync(file, 'utf8').trim();
});
after(() => {
  emulator.kill();
  rmSync(work, { recursive: true, force: true });
});

const key = 'sk-ant-api03-' + 'x'.repeat(93) + 'AA';

// What is printed; "" where there was no failure.
const clients = {
  'Claude Code': async (fault) => {
    const variables = { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key, API_TIMEOUT_MS: '4000', ANTHROPIC_CUSTOM_HEADERS: 'x-locksmith-fault: ' + fault };
    const { stdout, stderr, code } = await run(lay({ variables }, join(work, fault)));
    return code === 0 ? '' : (stdout + '\n' + stderr).trim();
  },
  'the SDK 1.x': async (fault) => {
    const { default: Anthropic } = await import('../../sdk/node_modules/anthropic-sdk-1/index.mjs');
    const client = new Anthropic({ apiKey: key, baseURL: url, maxRetries: 0, timeout: 4000, defaultHeaders: { 'x-locksmith-fault': fault } });
    try {
      await client.messages.stream({ model: 'claude-haiku-4-5', max_tokens: 50, messages: [{ role: 'user', content: 'Hi' }] }).finalMessage();
      return '';
    } catch (error) {
      const chain = [];
      for (let e = error; e && chain.length < 4; e = e.cause) chain.push(`${e.constructor.name}: ${e.message}`);
      return chain.join('\n  [cause]: ');
    }
  },
};

function diagnose(text, again = true) {
  const options = { env: { PATH: process.env.PATH, ASAN_OPTIONS: 'detect_leaks=0' }, maxBuffer: 1 << 24 };
  return new Promise((resolve, reject) => {
    execFile(program, ['diagnose', '--json', '--error', text], options, (error, stdout, stderr) => {
      // AddressSanitizer finds no room for its shadow once in some thousand starts and dies without a word.
      if (error?.signal && stdout === '' && again) return resolve(diagnose(text, false));
      try {
        resolve(JSON.parse(stdout).causes?.[0] ?? 'undetermined');
      } catch (broken) {
        reject(new Error(`${broken}; ${stderr}; ${text}`));
      }
    });
  });
}

for (const [client, ask] of Object.entries(clients)) {
  test(`every sentence of ${client} is read, under ${count} faults`, async (t) => {
    const wrong = [];
    let exact = 0;
    let told = 0;
    await forEach(chosen, async ({ name, cause }) => {
      const text = await ask(name);
      if (text === '') {
        // A failure that this client does not notice has no sentence; which these are is written down.
        if (!hidden.has(name)) wrong.push(`${name}: nothing was printed`);
        return;
      }
      told += 1;
      const got = await diagnose(text);
      if (got === cause) exact += 1;
      else if (!(alike[name] ?? []).includes(got)) wrong.push(`${name}: ${got}, not ${cause}: ${text.slice(0, 300)}`);
    });
    t.diagnostic(`${exact} of ${told} name the fault's own cause, ${told - exact - wrong.length} one that the sentence cannot tell from it, ${wrong.length} another`);
    assert.deepEqual(wrong, []);
  });
}
