// What the tests share: both majors of the SDK, keys that are visibly none, and the emulator's control endpoints.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as sdk0 from 'anthropic-sdk-0';
import * as sdk1 from 'anthropic-sdk-1';

export const base = process.env.LOCKSMITH_URL;
export const faults = JSON.parse(readFileSync(process.env.LOCKSMITH_FAULTS)).faults;

let counter = 0;
// Built at run time; every test has a key of its own, so that its faults touch no other.
export function fakeKey() {
  return 'sk-ant-api03-' + String(++counter).padStart(93, 'x') + 'AA';
}
export function fakeToken() {
  return 'sk-ant-oat01-' + String(++counter).padStart(95, 'x');
}
export const sha256 = (text) => createHash('sha256').update(text).digest('hex');

export const majors = [
  { name: 'SDK 0.x', sdk: sdk0, major: 0, header: 'x-api-key', version: '2023-06-01' },
  { name: 'SDK 1.x', sdk: sdk1, major: 1, header: 'authorization', version: '2026-10-21' },
];

export function makeClient(sdk, options = {}) {
  return new sdk.default({ apiKey: fakeKey(), baseURL: base, maxRetries: 0, ...options });
}

export async function control(method, path, body) {
  const answer = await fetch(base + '/_emulator/' + path, { method, body: body && JSON.stringify(body) });
  const json = await answer.json();
  if (!answer.ok) throw new Error(JSON.stringify(json));
  return json;
}

export const addFault = (key, fault) =>
  control('POST', 'faults', { faults: [{ credential_sha256: sha256(key), ...fault }] });

export const hello = {
  model: 'claude-haiku-4-5',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Hello' }],
};
