// What the tests share: both majors of the SDK, keys that are visibly none, the emulator's control endpoints, and a record
// of every answer that a client got, so that run.sh can set the answers of two runs side by side.
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { test as nodeTest } from 'node:test';
import * as sdk0 from 'anthropic-sdk-0';
import * as sdk1 from 'anthropic-sdk-1';
import { check, exceptionFor } from './exceptions.mjs';

export const base = process.env.SDK_TEST_URL;
export const faults = JSON.parse(readFileSync(process.env.SDK_TEST_FAULTS)).faults;
// Set where a gateway stands between: then SDK_TEST_URL is the gateway's, and every test has the one virtual key.
const virtualKey = process.env.SDK_TEST_VIRTUAL_KEY;
export const throughGateway = Boolean(virtualKey);

let counter = 0;
// Built at run time; every test has a key of its own, so that its faults touch no other.
export function fakeKey() {
  return virtualKey ?? 'sk-ant-api03-' + String(++counter).padStart(93, 'x') + 'AA';
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
  return new sdk.default({ apiKey: fakeKey(), baseURL: base, maxRetries: 0, fetch: recordingFetch, ...options });
}

export async function control(method, path, body) {
  const answer = await fetch((process.env.SDK_TEST_EMULATOR_URL ?? base) + '/_emulator/' + path,
    { method, body: body && JSON.stringify(body) });
  const json = await answer.json();
  if (!answer.ok) throw new Error(JSON.stringify(json));
  return json;
}

// The emulator sees the credential that the gateway lends.
export const addFault = (key, fault) =>
  control('POST', 'faults', { faults: [{ credential_sha256: process.env.SDK_TEST_UPSTREAM_SHA256 ?? sha256(key), ...fault }] });

export const hello = {
  model: 'claude-haiku-4-5',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Hello' }],
};

// --- The record -------------------------------------------------------------------------------------------------------

const running = new AsyncLocalStorage();

// A fetch() that notes what came: status, fields, every byte, and how it ended. The client gets the same bytes as they come.
export async function recordingFetch(input, init) {
  const answers = running.getStore();
  const noted = { path: new URL(input).pathname, status: 0, headers: {}, body: '', end: 'none' };
  answers?.push(noted);
  const answer = await fetch(input, init);
  noted.status = answer.status;
  noted.headers = Object.fromEntries(answer.headers);
  noted.end = 'open';
  if (answer.body === null) {
    noted.end = 'whole';
    return answer;
  }
  const reader = answer.body.getReader();
  const note = (bytes) => { noted.body += Buffer.from(bytes).toString('latin1'); };
  const copy = new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) {
          note(value);
          return controller.enqueue(value);
        }
        noted.end = 'whole';
        controller.close();
      } catch (error) {
        noted.end = 'broken';
        controller.error(error);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(copy, { status: answer.status, statusText: answer.statusText, headers: answer.headers });
}

// A test whose answers are recorded. Where the gateway answers in its own name, exceptions.mjs says what it must say, and that
// is held against the last answer instead of what the test itself expects of the API.
export function test(title, body) {
  nodeTest(title, async (t) => {
    const name = t.fullName;
    const exception = throughGateway ? exceptionFor(name) : undefined;
    if (exception?.skip) return t.skip(exception.skip);
    const answers = [];
    let failure;
    try {
      await running.run(answers, () => body(t));
    } catch (error) {
      failure = error;
    }
    if (process.env.SDK_TEST_RECORD) appendFileSync(process.env.SDK_TEST_RECORD, JSON.stringify({ name, answers }) + '\n');
    if (exception) return check(exception, answers);
    if (failure) throw failure;
  });
}
