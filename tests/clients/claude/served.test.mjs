// The emulator serves the real Claude Code: its betas, its roles, its tools, whichever way it is signed in.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { lay, run } from './claude_code.mjs';

const work = mkdtempSync(join(tmpdir(), 'locksmith-served-'));
let emulator;
let port;

before(async () => {
  const file = join(work, 'port');
  emulator = spawn(process.env.LOCKSMITH, ['emulate', '--listen', '127.0.0.1:0', '--port-file', file], { stdio: 'ignore' });
  for (let tries = 0; tries < 600 && !(existsSync(file) && readFileSync(file, 'utf8')); tries += 1) await pause(100);
  port = readFileSync(file, 'utf8').trim();
});
after(() => {
  emulator.kill();
  rmSync(work, { recursive: true, force: true });
});

const key = { ANTHROPIC_API_KEY: 'sk-ant-api03-' + 'x'.repeat(93) + 'AA' };
const ways = {
  'with a key': { variables: key },
  'with a login token': { variables: { CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-' + 'x'.repeat(95) } },
  'with a helper': { variables: {}, files: [{ path: 'home/.claude/settings.json', text: JSON.stringify({ apiKeyHelper: 'echo ' + key.ANTHROPIC_API_KEY }) }] },
  'without experimental betas': { variables: { ...key, CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS: '1' } },
  'with a beta of its own': { variables: { ...key, ANTHROPIC_CUSTOM_HEADERS: 'anthropic-beta: brand-new-2027-01-01' } },
  'as a simple one': { variables: { ...key, CLAUDE_CODE_SIMPLE: '1' } },
  'with a smaller model': { variables: { ...key, ANTHROPIC_MODEL: 'haiku' } },
};

for (const [what, environment] of Object.entries(ways)) {
  test(`claude -p hi is answered ${what}`, async () => {
    const variables = { ANTHROPIC_BASE_URL: 'http://127.0.0.1:@PORT', ...environment.variables };
    const { stdout, stderr, code } = await run(lay({ ...environment, variables }, join(work, what.replaceAll(' ', '-')), port));
    assert.match(stdout, /^Hello from the Locksmith emulator\./, stderr);
    assert.equal(code, 0);
  });
}

test('it says so where the emulator refuses', async () => {
  const variables = { ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`, ANTHROPIC_API_KEY: 'nonsense' };
  const { stdout, code } = await run(lay({ variables }, join(work, 'refused'), port));
  assert.match(stdout, /invalid x-api-key|Invalid API key/);
  assert.equal(code, 1);
});
