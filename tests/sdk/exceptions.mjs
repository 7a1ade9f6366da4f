// Where a gateway between client and API answers in its own name: what that answer must be. Every other answer passes as it is.
import assert from 'node:assert/strict';

const refusal = (status, type, code, cause) => ({ status, type, code, cause });
const providerKey = refusal(401, 'authentication_error', 'provider_credential', 'key_wrong_kind');
const closed = refusal(502, 'api_error', 'upstream_closed', 'dns_or_connectivity.reset');

// By the end of a test's full name.
const exceptions = [
  // Credentials of the API itself end at the gateway.
  ['a short key', providerKey],
  ['an admin key', providerKey],
  ['an OAuth token without its beta', providerKey],
  ['an OAuth token with its beta', providerKey],
  // Origin is not passed on (docs/gateway.md): behind the gateway no request is a browser's.
  ["a browser's request", { status: 200 }],
  // The gateway forwards the paths that it knows.
  ['a base URL that ends with /v1', refusal(404, 'not_found_error', 'endpoint_doubled_v1', 'wrong_endpoint.doubled_v1')],
  // The gateway reads no more than the API would take.
  ['more than 32 MB', refusal(413, 'request_too_large', 'body_too_large', 'gateway_refusal.body_too_large')],
  // A connection without an answer becomes an answer.
  ['transport > reset-before-answer', closed],
  ['transport > close-without-answer', closed],
  // They speak to a TLS emulator of their own.
  ['trusted through NODE_EXTRA_CA_CERTS', { skip: 'not through the gateway' }],
  ['an expired certificate is a connection error', { skip: 'not through the gateway' }],
];

export const exceptionFor = (name) => exceptions.find(([end]) => name.endsWith(end))?.[1];

export function check(expected, answers) {
  const got = answers.at(-1);
  assert.ok(got, 'an answer came');
  if (expected.status < 400) return assert.equal(got.status, expected.status);
  const body = JSON.parse(got.body);
  assert.deepEqual(
    { status: got.status, type: body.error.type, code: body.error.details.error_code, cause: got.headers['x-locksmith-cause'] },
    { status: expected.status, type: expected.type, code: expected.code, cause: expected.cause });
  assert.match(got.headers['x-locksmith-id'], /^lkf_[A-Za-z0-9]+$/);
  assert.equal(body.type, 'error');
  assert.equal(body.request_id, null);
  assert.equal(got.headers['request-id'], undefined, 'a request id is never made up');
}
