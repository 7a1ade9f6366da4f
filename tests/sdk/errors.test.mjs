import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { addFault, control, fakeKey, fakeToken, faults, hello, majors, makeClient, test } from './support.mjs';

// The class that the SDK gives to a status; 0.x has fewer.
function classFor({ sdk, major }, status) {
  const names = { 400: 'BadRequestError', 401: 'AuthenticationError', 403: 'PermissionDeniedError', 404: 'NotFoundError',
                  409: 'ConflictError', 429: 'RateLimitError' };
  const newer = { 402: 'PaymentRequiredError', 413: 'ContentTooLargeError', 503: 'ServiceUnavailableError',
                  504: 'GatewayTimeoutError', 529: 'OverloadedError' };
  const name = names[status] ?? (major >= 1 ? newer[status] : undefined) ?? (status >= 500 ? 'InternalServerError' : 'APIError');
  return sdk[name];
}

const failure = (promise) => promise.then((value) => assert.fail('succeeded: ' + JSON.stringify(value)), (error) => error);

for (const variant of majors) {
  const { name, sdk, major } = variant;
  const ask = (client, fault, body = hello) => client.messages.create(body, { headers: { 'x-locksmith-fault': fault } });

  describe(`${name}: every fault that has a status`, () => {
    for (const fault of faults.filter((one) => one.status >= 400)) {
      test(fault.name, async () => {
        const error = await failure(ask(makeClient(sdk), fault.name));
        assert.ok(error instanceof sdk.APIError, String(error));
        if (fault.status === 407) {
          // fetch() makes a network error of a 407 (Fetch standard, "HTTP-network-or-cache fetch"): the client never sees it.
          assert.ok(error instanceof sdk.APIConnectionError);
          return;
        }
        assert.ok(error instanceof classFor(variant, fault.status), `${error.constructor.name} for ${fault.status}`);
        assert.equal(error.status, fault.status);
        if (fault.type) {
          assert.equal(error.error.error.type, fault.type);
          assert.equal(error.type, fault.type);
          assert.equal(error.error.error.details?.error_code, fault.code);
          if (!fault.message.includes('{{')) assert.equal(error.error.error.message, fault.message);
          assert.equal(error.error.request_id, error.requestID);
          if (major >= 1 && fault.code) assert.equal(error.errorCode, fault.code);
        }
        if (fault.origin === 'api') assert.match(error.requestID, /^req_[A-Za-z0-9]{24}$/);
        else assert.equal(error.requestID ?? null, null);
      });
    }
  });

  describe(`${name}: what the API itself refuses`, () => {
    const cases = [
      ['a short key', { apiKey: 'sk-ant-api03-' + 'x'.repeat(40) }, {}, 401, major ? 'Invalid bearer token' : 'invalid x-api-key'],
      ['an admin key', { apiKey: 'sk-ant-admin01-' + 'x'.repeat(93) + 'AA' }, {}, 401, major ? 'Invalid bearer token' : 'invalid x-api-key'],
      ['an OAuth token without its beta', { apiKey: null, authToken: fakeToken() }, {}, 401, 'OAuth authentication is currently not supported.'],
      ['a model that is none', {}, { model: 'claude-nonsense-9' }, 404, 'model: claude-nonsense-9'],
      ['no messages', {}, { messages: [] }, 400, 'messages: at least one message is required'],
      ['a field that is none', {}, { surprise: 1 }, 400, 'surprise: Extra inputs are not permitted'],
      ['a version that is none', { defaultHeaders: { 'anthropic-version': '2024-10-22' } }, {}, 400, 'anthropic-version: "2024-10-22" is not a valid version'],
      ['no version', { defaultHeaders: { 'anthropic-version': null } }, {}, 400, 'anthropic-version: header is required'],
      ['a browser\'s request', { defaultHeaders: { origin: 'https://app.example' } }, {}, 401, "CORS requests must set 'anthropic-dangerous-direct-browser-access' header"],
    ];
    for (const [title, options, body, status, message] of cases) {
      test(title, async () => {
        const error = await failure(makeClient(sdk, options).messages.create({ ...hello, ...body }));
        assert.equal(error.status, status);
        assert.equal(error.error.error.message, message);
        assert.match(error.requestID, /^req_/);
      });
    }

    test('temperature, by version', async () => {
      const promise = makeClient(sdk).messages.create({ ...hello, temperature: 1 });
      if (major === 0) assert.equal((await promise).type, 'message');
      else assert.equal((await failure(promise)).status, 400);
    });

    test('a base URL that ends with /v1', async () => {
      const client = makeClient(sdk, { baseURL: process.env.SDK_TEST_URL + '/v1' });
      const error = await failure(client.messages.create(hello));
      assert.equal(error.status, 404);
      assert.equal(error.error.error.message, 'The requested resource could not be found.');
    });

    test('more than 32 MB', async () => {
      const content = 'x'.repeat(33 * 1024 * 1024);
      const error = await failure(makeClient(sdk).messages.create({ ...hello, messages: [{ role: 'user', content }] }));
      assert.equal(error.status, 413);
      assert.equal(error.error.error.type, 'request_too_large');
    });
  });

  describe(`${name}: retries`, () => {
    for (const fault of ['overloaded', 'internal-error', 'rate-limit-account', 'edge-522', 'reset-before-answer', 'close-without-answer']) {
      test(`one ${fault} and then health`, async () => {
        const apiKey = fakeKey();
        await addFault(apiKey, { name: fault, times: 1 });
        const { data, request_id } = await makeClient(sdk, { apiKey, maxRetries: 1 }).messages.create(hello).withResponse();
        assert.equal(data.type, 'message');
        assert.match(request_id, /^req_/);
        await addFault(apiKey, { name: fault, times: 1 });
        const error = await failure(makeClient(sdk, { apiKey }).messages.create(hello));
        assert.ok(error instanceof sdk.APIError, 'without retries it fails');
      });
    }

    test('x-should-retry: false is believed', async () => {
      const apiKey = fakeKey();
      await addFault(apiKey, { name: 'service-unavailable', times: 1 });
      const error = await failure(makeClient(sdk, { apiKey, maxRetries: 2 }).messages.create(hello));
      assert.equal(error.status, 503);
    });

    test('a 401 is not retried', async () => {
      const apiKey = fakeKey();
      await addFault(apiKey, { name: 'key-invalid', times: 1 });
      assert.equal((await failure(makeClient(sdk, { apiKey, maxRetries: 2 }).messages.create(hello))).status, 401);
    });
  });

  describe(`${name}: transport`, () => {
    const stream = async (fault) => {
      const types = [];
      let error;
      try {
        for await (const event of await ask(makeClient(sdk), fault, { ...hello, stream: true })) types.push(event.type);
      } catch (thrown) {
        error = thrown;
      }
      return { types, error };
    };

    for (const fault of ['reset-before-answer', 'close-without-answer']) {
      test(fault, async () => {
        assert.ok((await failure(ask(makeClient(sdk), fault))) instanceof sdk.APIConnectionError);
      });
    }

    for (const fault of ['no-answer', 'slow-first-byte']) {
      test(`${fault} meets the client's deadline`, async () => {
        const error = await failure(ask(makeClient(sdk, { timeout: 200 }), fault));
        assert.ok(error instanceof sdk.APIConnectionTimeoutError, String(error));
      });
    }

    test('a truncated stream ends without an error, and without message_stop', async () => {
      const { types, error } = await stream('stream-truncated');
      assert.equal(error, undefined);
      assert.equal(types[0], 'message_start');
      assert.ok(!types.includes('message_stop'));
    });

    for (const fault of ['stream-reset', 'stream-cut']) {
      test(`${fault} is an error in the middle`, async () => {
        const { types, error } = await stream(fault);
        assert.ok(types.length > 0);
        assert.ok(error instanceof Error);
      });
    }

    test('an error event in a stream is an APIError', async () => {
      const { types, error } = await stream('stream-error');
      assert.ok(types.length > 0);
      assert.ok(error instanceof sdk.APIError, String(error));
      assert.match(error.message, /Overloaded/);
    });

    test('a stalled stream gives what it has, and waits', async () => {
      const abort = new AbortController();
      const types = [];
      const events = await makeClient(sdk).messages.create({ ...hello, stream: true },
        { headers: { 'x-locksmith-fault': 'stream-stalled' }, signal: abort.signal });
      setTimeout(() => abort.abort(), 300);
      for await (const event of events) types.push(event.type);
      assert.ok(types.length > 0 && !types.includes('message_stop'));
    });

    test('a wrong content-length is an error', async () => {
      assert.ok((await failure(ask(makeClient(sdk), 'wrong-content-length'))) instanceof Error);
    });

    test('a captive portal is no message', async () => {
      const answer = await ask(makeClient(sdk), 'captive-portal').catch((error) => error);
      assert.ok(answer instanceof Error || answer.type !== 'message');
    });

    test('an expired certificate is a connection error', async () => {
      const client = makeClient(sdk, { baseURL: process.env.SDK_TEST_EXPIRED_URL });
      assert.ok((await failure(client.messages.create(hello))) instanceof sdk.APIConnectionError);
    });

    test('the clock of an answer can be wrong', async () => {
      const { response } = await makeClient(sdk).messages
        .create(hello, { headers: { 'x-locksmith-fault': 'clock-two-hours-ahead' } }).withResponse();
      assert.ok(Date.parse(response.headers.get('date')) - Date.now() > 7_000_000);
    });
  });
}

test('no credential is kept or shown', async () => {
  const shown = JSON.stringify(await control('GET', 'requests')) + JSON.stringify(await control('GET', 'faults'));
  assert.ok(!shown.includes('sk-ant'));
});
