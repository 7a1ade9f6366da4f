// The AI SDK's provider: what it makes of a message, a stream, a tool call and errors.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { base, fakeKey, recordingFetch, test } from './support.mjs';

const model = (options = {}) =>
  createAnthropic({ apiKey: fakeKey(), baseURL: base + '/v1', fetch: recordingFetch, ...options })('claude-haiku-4-5');
const call = { prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }], maxOutputTokens: 100 };
const tools = [{
  type: 'function',
  name: 'get_weather',
  description: 'The weather of a city',
  inputSchema: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city', 'days'] },
}];
const failure = (promise) => promise.then((value) => assert.fail('succeeded: ' + JSON.stringify(value)), (error) => error);

async function parts(options) {
  const { stream } = await model().doStream(options);
  const all = [];
  for await (const part of stream) all.push(part);
  return all;
}

describe('AI SDK', () => {
  test('a message', async () => {
    const { content, finishReason, usage } = await model().doGenerate(call);
    assert.equal(content[0].type, 'text');
    assert.ok(content[0].text.length > 0);
    assert.equal(finishReason.unified, 'stop');
    assert.ok(usage.inputTokens.total > 0 && usage.outputTokens.total > 0);
  });

  test('the stream says what the message says', async () => {
    const { content } = await model().doGenerate(call);
    const all = await parts(call);
    const text = all.filter((part) => part.type === 'text-delta').map((part) => part.delta).join('');
    assert.equal(text, content[0].text);
    assert.equal(all.at(-1).type, 'finish');
    assert.equal(all.at(-1).finishReason.unified, 'stop');
  });

  test('a tool is called, plain and streamed', async () => {
    const { content, finishReason } = await model().doGenerate({ ...call, tools });
    assert.equal(finishReason.unified, 'tool-calls');
    const streamed = (await parts({ ...call, tools })).filter((part) => part.type === 'tool-call');
    for (const part of [content[0], streamed[0]]) {
      assert.equal(part.type, 'tool-call');
      assert.equal(part.toolName, 'get_weather');
      assert.deepEqual(JSON.parse(part.input), { city: 'example', days: 1 });
    }
  });

  for (const [fault, status, retry] of [['key-invalid', 401, false], ['overloaded', 529, true], ['rate-limit-requests', 429, true]]) {
    test(`the error ${fault}`, async () => {
      const error = await failure(model().doGenerate({ ...call, headers: { 'x-locksmith-fault': fault } }));
      assert.equal(error.name, 'AI_APICallError');
      assert.equal(error.statusCode, status);
      assert.equal(error.isRetryable, retry);
      assert.equal(JSON.parse(error.responseBody).error.message, error.message);
    });
  }

  test('an error event in a stream', async () => {
    const all = await parts({ ...call, headers: { 'x-locksmith-fault': 'stream-error' } });
    assert.ok(all.some((part) => part.type === 'error'));
  });
});
