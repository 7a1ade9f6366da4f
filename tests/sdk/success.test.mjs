import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { control, fakeKey, fakeToken, hello, majors, makeClient, test, throughGateway } from './support.mjs';

for (const { name, sdk, header, version } of majors) {
  describe(name, () => {
    test('sends its key in its own header, and its version', async () => {
      const { data, request_id } = await makeClient(sdk).messages.create(hello).withResponse();
      assert.equal(data._request_id, request_id);
      const { requests } = await control('GET', 'requests');
      const mine = requests.find((one) => one.request_id === request_id);
      assert.equal(mine.credential.header, throughGateway ? 'x-api-key' : header);
      assert.equal(mine.credential.shape, 'api-key');
      assert.equal(mine.version, version);
    });

    test('models: list, page by page, one', async () => {
      const client = makeClient(sdk);
      const seen = [];
      for await (const model of client.models.list({ limit: 4 })) seen.push(model.id);
      assert.equal(seen.length, 18);
      assert.equal(new Set(seen).size, 18);
      const page = await client.models.list({ limit: 4 });
      assert.equal(page.data.length, 4);
      assert.ok(page.hasNextPage());
      const second = await page.getNextPage();
      assert.equal(second.data[0].id, seen[4]);
      const model = await client.models.retrieve('claude-opus-4-5');
      assert.equal(model.id, 'claude-opus-4-5-20251101');
      assert.equal(model.display_name, 'Claude Opus 4.5');
      assert.equal(model.type, 'model');
    });

    test('messages: plain', async () => {
      const message = await makeClient(sdk).messages.create(hello);
      assert.equal(message.type, 'message');
      assert.equal(message.role, 'assistant');
      assert.equal(message.content[0].type, 'text');
      assert.equal(message.stop_reason, 'end_turn');
      assert.ok(message.usage.input_tokens > 0 && message.usage.output_tokens > 0);
      assert.match(message.id, /^msg_[A-Za-z0-9]{24}$/);
    });

    test('messages: the stream says what the plain answer says', async () => {
      const client = makeClient(sdk);
      const plain = await client.messages.create(hello);
      const types = [];
      const stream = client.messages.stream(hello).on('streamEvent', (event) => types.push(event.type));
      const message = await stream.finalMessage();
      assert.equal(message.content[0].text, plain.content[0].text);
      assert.equal(message.stop_reason, 'end_turn');
      assert.equal(message.usage.output_tokens, plain.usage.output_tokens);
      assert.equal(types[0], 'message_start');
      assert.equal(types.at(-1), 'message_stop');
      assert.match(stream.request_id, /^req_/);
    });

    test('messages: the raw events of a stream are in order', async () => {
      const types = [];
      for await (const event of await makeClient(sdk).messages.create({ ...hello, stream: true })) types.push(event.type);
      const order = [...new Set(types)].filter((type) => type !== 'ping');
      assert.deepEqual(order, ['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop',
                               'message_delta', 'message_stop']);
    });

    const tools = [{
      name: 'get_weather',
      description: 'The weather of a city',
      input_schema: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city', 'days'] },
    }];

    test('messages: a tool is called with an input of its schema, plain and streamed', async () => {
      const client = makeClient(sdk);
      for (const message of [await client.messages.create({ ...hello, tools }),
                             await client.messages.stream({ ...hello, tools }).finalMessage()]) {
        assert.equal(message.stop_reason, 'tool_use');
        const block = message.content[0];
        assert.equal(block.type, 'tool_use');
        assert.match(block.id, /^toolu_/);
        assert.deepEqual(block.input, { city: 'example', days: 1 });
      }
      const call = (await client.messages.create({ ...hello, tools })).content;
      const answered = await client.messages.create({
        ...hello, tools,
        messages: [...hello.messages, { role: 'assistant', content: call },
                   { role: 'user', content: [{ type: 'tool_result', tool_use_id: call[0].id, content: 'Sunny' }] }],
      });
      assert.equal(answered.stop_reason, 'end_turn');
    });

    test('messages: max_tokens 0 and 1', async () => {
      const client = makeClient(sdk);
      const none = await client.messages.create({ ...hello, max_tokens: 0 });
      assert.deepEqual(none.content, []);
      assert.equal(none.stop_reason, 'max_tokens');
      assert.equal(none.usage.output_tokens, 0);
      const one = await client.messages.create({ ...hello, max_tokens: 1 });
      assert.equal(one.stop_reason, 'max_tokens');
      assert.equal(one.usage.output_tokens, 1);
    });

    test('messages: count_tokens', async () => {
      const { input_tokens } = await makeClient(sdk).messages.countTokens({ model: hello.model, messages: hello.messages });
      assert.ok(input_tokens > 0);
    });

    test('an OAuth token with its beta', async () => {
      const client = makeClient(sdk, { apiKey: null, authToken: fakeToken(), defaultHeaders: { 'anthropic-beta': 'oauth-2025-04-20' } });
      assert.equal((await client.messages.create(hello)).type, 'message');
    });

    test('identity and rate limits are in the headers', async () => {
      const { response } = await makeClient(sdk).messages.create(hello).withResponse();
      assert.match(response.headers.get('anthropic-organization-id'), /^[0-9a-f-]{36}$/);
      assert.match(response.headers.get('anthropic-workspace-id'), /^wrkspc_/);
      assert.equal(response.headers.get('anthropic-ratelimit-requests-limit'), '1000');
    });

    test('over TLS, trusted through NODE_EXTRA_CA_CERTS', async () => {
      const client = makeClient(sdk, { baseURL: process.env.SDK_TEST_TLS_URL });
      assert.equal((await client.messages.stream(hello).finalMessage()).stop_reason, 'end_turn');
    });

    test('twenty at once', async () => {
      const client = makeClient(sdk);
      const messages = await Promise.all(Array.from({ length: 20 }, () => client.messages.create(hello)));
      assert.equal(new Set(messages.map((message) => message.id)).size, 20);
    });
  });
}

test('a large request arrives whole', async () => {
  const client = makeClient(majors[1].sdk, { apiKey: fakeKey() });
  const message = await client.messages.create({ ...hello, messages: [{ role: 'user', content: 'x'.repeat(8 * 1024 * 1024) }] });
  assert.ok(message.usage.input_tokens > 2_000_000);
});

// The emulator has neither: its answer, and all of a multipart body, must come through as well.
for (const { name, sdk } of majors) {
  test(`${name}: a batch is made, and its results are fetched from where it says`, async () => {
    const client = makeClient(sdk);
    const made = await client.messages.batches.create({ requests: [{ custom_id: 'one', params: hello }] });
    assert.equal(made.processing_status, 'in_progress');
    const batch = await client.messages.batches.retrieve(made.id);
    assert.equal(batch.processing_status, 'ended');
    assert.ok(batch.results_url.startsWith(client.baseURL), batch.results_url);
    const results = [];
    for await (const result of await client.messages.batches.results(made.id)) results.push(result);
    assert.deepEqual(results.map((result) => [result.custom_id, result.result.type]), [['one', 'succeeded']]);
  });

  const calls = {
    'batches: one': (client) => client.messages.batches.retrieve('msgbatch_none'),
    'files: upload': (client) => client.beta.files.upload({ file: new File(['x'.repeat(300_000)], 'a.txt', { type: 'text/plain' }) }),
    'files: list': (client) => client.beta.files.list(),
    'files: content': (client) => client.beta.files.download('file_none'),
  };
  for (const [title, call] of Object.entries(calls)) {
    test(`${name}: ${title}`, async () => {
      const error = await call(makeClient(sdk)).then(() => assert.fail('succeeded'), (thrown) => thrown);
      assert.equal(error.status, 404);
      assert.equal(error.error.error.type, 'not_found_error');
      assert.match(error.requestID, /^req_/);
    });
  }
}
