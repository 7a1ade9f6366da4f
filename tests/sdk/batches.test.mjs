// The SDKs fetch a batch's results from the address that the batch names. Through the gateway that is the gateway's, so that the virtual key
// goes nowhere else: the API's stand-in here names a host at which a second server waits, and hears nothing.
import assert from 'node:assert/strict';
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { majors } from './support.mjs';

const locksmith = process.env.SDK_TEST_LOCKSMITH;
const listening = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));
const line = (id) => JSON.stringify({ custom_id: id, result: { type: 'succeeded', message: { id: 'msg_1', type: 'message', content: [] } } });

async function startGateway(upstreamPort, work) {
  const key = 'sk-ant-' + 'api03-' + 'e'.repeat(93) + 'AA';
  writeFileSync(join(work, 'api-key'), key, { mode: 0o600 });
  writeFileSync(join(work, 'locksmith.toml'), `listen = "127.0.0.1:0"\nadmin = "127.0.0.1:0"\nupstream = "http://127.0.0.1:${upstreamPort}"
store = "sqlite:${work}/keys.db"\nlog = "${work}/log"\nworkers = 1\n[[credentials]]\nname = "main"\nfile = "${work}/api-key"\n`);
  const virtual = execFileSync(locksmith, ['keys', 'create', '--store', `sqlite:${work}/keys.db`, '--name', 'batches', '--quiet']).toString().trim();
  const gateway = spawn(locksmith, ['serve', '--config', join(work, 'locksmith.toml')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const port = await new Promise((done) => {
    let said = '';
    gateway.stderr.on('data', (more) => {
      said += more;
      const ready = /ready on http:\/\/127\.0\.0\.1:(\d+),/.exec(said);
      if (ready) done(Number(ready[1]));
    });
  });
  return { gateway, port, virtual, key };
}

test('a batch and its results come through the gateway alone', { skip: !locksmith && 'no gateway here' }, async (t) => {
  const elsewhere = [];
  const outside = createServer((request, response) => {
    elsewhere.push(request.url);
    response.end();
  });
  const outsidePort = await listening(outside);
  const seen = [];
  const api = createServer((request, response) => {
    seen.push({ url: request.url, key: request.headers['x-api-key'] ?? request.headers.authorization, coding: request.headers['accept-encoding'] });
    const results = request.url.endsWith('/results');
    const text = results
      ? line('one') + '\n' + line('two') + '\n'
      : JSON.stringify({ id: 'msgbatch_1', type: 'message_batch', processing_status: 'ended', request_counts: {},
          results_url: `http://127.0.0.1:${outsidePort}/v1/messages/batches/msgbatch_1/results` });
    const packed = (request.headers['accept-encoding'] ?? '').includes('gzip');
    const fields = { 'content-type': results ? 'application/x-jsonl' : 'application/json', ...(packed && { 'content-encoding': 'gzip' }) };
    request.resume().on('end', () => response.writeHead(200, fields).end(packed ? gzipSync(text) : text));
  });
  const work = mkdtempSync(join(tmpdir(), 'locksmith-batches-'));
  const { gateway, port, virtual, key } = await startGateway(await listening(api), work);
  try {
    for (const { name, sdk } of majors) {
      const client = new sdk.default({ apiKey: virtual, baseURL: `http://127.0.0.1:${port}`, maxRetries: 0 });
      const batch = await client.messages.batches.retrieve('msgbatch_1');
      assert.equal(batch.results_url, `http://127.0.0.1:${port}/v1/messages/batches/msgbatch_1/results`, name);
      const ids = [];
      for await (const result of await client.messages.batches.results('msgbatch_1')) ids.push(result.custom_id);
      assert.deepEqual(ids, ['one', 'two'], name);
    }
    assert.deepEqual(elsewhere, [], 'nobody else was asked');
    assert.ok(seen.every((one) => one.key.endsWith(key)), 'the real key went to the API');
    assert.ok(!readFileSync(join(work, 'log'), 'utf8').includes(virtual));
  } finally {
    const ended = new Promise((done) => gateway.on('exit', done));
    gateway.kill('SIGKILL');
    await ended;
    api.closeAllConnections();
    api.close();
    outside.closeAllConnections();
    outside.close();
    rmSync(work, { recursive: true, force: true });
  }
});
