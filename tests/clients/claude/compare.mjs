// What the doctor predicted of Claude Code against what arrived: a list of differences, empty where both are equal.

// What each kind of refusal looks like on the screen of Claude Code.
const words = {
  'no-credential': /Not logged in|Invalid API key · Fix external API key$/m,
  settings: /Configuration error|Managed settings document could not be parsed/,
  proxy: /Invalid proxy URL|UnsupportedProxyProtocol/,
  header: /Invalid ANTHROPIC_CUSTOM_HEADERS|Invalid header name|Invalid (API key|auth token) ·/,
  url: /Invalid URL|ERR_INVALID_ARG_VALUE|ERR_INVALID_URL/,
  profile: /login expired|Login expired|Credentials file|identity token|requires|Refusing to send|ENOENT|expired/i,
  elsewhere: /./,
};

// The doctor names the cheapest request; Claude Code asks for a message at the same place.
const asMessage = (url) => url.replace('/v1/models', '/v1/messages?beta=true').replace('%2Fv1%2Fmodels', '%2Fv1%2Fmessages%3Fbeta%3Dtrue');
const isCredential = (name) => name === 'authorization' || name === 'x-api-key';
const oauth = 'oauth-2025-04-20';

function sameCredential(header, arrived, environment) {
  const scheme = (text) => /^(bearer|basic)\b/i.exec(text)?.[1].toLowerCase() ?? '';
  const custom = /CUSTOM_HEADERS/.test(header.from ?? '') || !/^(Bearer|Basic) </.test(header.value);
  if (header.name === 'authorization' && !custom && scheme(header.value) !== scheme(arrived)) return false;
  if (header.from === 'helper:apiKeyHelper') {
    // A helper that fails leaves nothing in the headers but their names.
    return [environment.helper, ''].includes(arrived.replace(/^Bearer ?/, ''));
  }
  if (header.bytes === undefined) return arrived === 'Bearer ' + environment.fetched;
  if (Buffer.byteLength(arrived, 'latin1') !== header.bytes) return false;
  if (scheme(arrived) === 'basic' && !custom) return true;  // of a login in the URL
  const holds = (text) => environment.text.includes(text) || environment.text.includes(JSON.stringify(text).slice(1, -1));
  return holds(arrived) || (header.name === 'authorization' && holds(arrived.slice('Bearer '.length)));
}

export function differences(sends, seen, environment) {
  const { request, exchange, output } = seen;
  if (sends.refused) {
    if (request) return [`said refused (${sends.refused}: ${sends.why}), but ${request.url} was asked`];
    return words[sends.refused].test(output) ? [] : [`said ${sends.refused} (${sends.why}), but: ${output}`];
  }
  // A base URL that swallows the path leads elsewhere than to tokens, and the client says so.
  if (!request && sends.token_url && exchange?.url === sends.token_url && /Token endpoint/.test(output)) return [];
  if (!request) return [`said ${sends.url}, but nothing was sent: ${output}`];
  const found = [];
  if (request.url !== asMessage(sends.url)) found.push(`asked ${request.url}, not ${asMessage(sends.url)}`);
  if ((exchange?.url ?? '') !== (sends.token_url ?? '')) found.push(`token from ${exchange?.url}, not ${sends.token_url}`);
  for (const header of sends.headers) {
    const arrived = request.headers[header.name];
    if (arrived === undefined) found.push(`${header.name} did not arrive (${header.value} of ${header.from})`);
    else if (header.name === 'anthropic-beta') continue;
    else if (isCredential(header.name)) {
      if (!sameCredential(header, arrived, environment)) found.push(`${header.name} is ${arrived}, not ${header.value} of ${header.from} (${header.bytes})`);
    } else if (/^<\d+ characters>$/.test(header.value) ? Buffer.byteLength(arrived, 'latin1') !== header.bytes : arrived !== header.value) {
      found.push(`${header.name} is ${arrived}, not ${header.value}`);
    }
  }
  for (const name of ['x-api-key', 'authorization', 'anthropic-workspace-id']) {
    const told = sends.headers.some((header) => header.name === name);
    if (!told && request.headers[name] !== undefined) found.push(`${name} arrived and was not foretold: ${request.headers[name]}`);
  }
  const says = (text) => (text ?? '').includes(oauth);
  if (says(request.headers['anthropic-beta']) !== says(sends.headers.find((header) => header.name === 'anthropic-beta')?.value)) {
    found.push(`the beta of login tokens: ${request.headers['anthropic-beta']}`);
  }
  return found;
}
