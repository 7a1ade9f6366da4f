// What the doctor predicted against what arrived: a list of differences, empty where both are equal.

const isCredential = (name) => name === 'authorization' || name === 'x-api-key';

// Which of the four kinds of refusal an SDK's error is.
export function kindOf(failure) {
  if (/Could not resolve authentication method/.test(failure)) return 'no-credential';
  if (/^(APIConnectionError|APIConnectionTimeoutError)/.test(failure)) {
    if (/unknown scheme|bad port|includes credentials|not implemented|Failed to parse URL/.test(failure)) return 'url';
    return /header/i.test(failure) ? 'header' : 'network';
  }
  if (/Headers\.(append|set|delete)|ByteString|invalid header|is an invalid/i.test(failure)) return 'header';
  if (/^TypeError: Invalid URL/.test(failure)) return 'url';
  return 'profile';
}

function sameValue(header, arrived, environment) {
  if (header.bytes !== undefined && Buffer.byteLength(arrived, 'latin1') !== header.bytes) return false;
  if (!isCredential(header.name)) {
    return /^<\d+ characters>$/.test(header.value) ? environment.text.includes(arrived) : header.value === arrived;
  }
  const isBearer = (text) => /^bearer /i.test(text);
  if (header.name === 'authorization' && isBearer(header.value) !== isBearer(arrived)) return false;
  if (header.bytes === undefined) return arrived === 'Bearer ' + environment.fetched;
  if (arrived === '') return true;
  // The named source must really hold what arrived.
  const whole = header.name === 'x-api-key' || header.from === 'env:ANTHROPIC_CUSTOM_HEADERS';
  const bare = whole ? arrived : arrived.slice('Bearer '.length);
  const named = (header.from.startsWith('env:') ? environment.variables[header.from.slice(4)] : environment.fileText) ?? '';
  return named.includes(bare) || JSON.stringify(named).includes(JSON.stringify(bare).slice(1, -1));
}

export function differences(sends, seen, environment) {
  const request = seen.requests.find((r) => r.method === 'GET');
  const exchange = seen.requests.find((r) => r.method === 'POST');
  if (sends.refused) {
    if (request) return [`said refused (${sends.refused}), but ${request.url} was asked`];
    return kindOf(seen.failure) === sends.refused ? [] : [`said ${sends.refused}, but: ${seen.failure}`];
  }
  if (!request) return [`said ${sends.url}, but nothing was sent: ${seen.failure}`];
  const found = [];
  if (request.url !== sends.url) found.push(`asked ${request.url}, not ${sends.url}`);
  if ((exchange?.url ?? '') !== (sends.token_url ?? '')) found.push(`token from ${exchange?.url}, not ${sends.token_url}`);
  for (const header of sends.headers) {
    const arrived = request.headers[header.name];
    if (arrived === undefined) found.push(`${header.name} did not arrive`);
    else if (!sameValue(header, arrived, environment)) found.push(`${header.name} is not ${header.value} of ${header.from} (${header.bytes})`);
  }
  for (const name of Object.keys(request.headers)) {
    const told = sends.headers.some((header) => header.name === name);
    if (!told && (isCredential(name) || name.startsWith('anthropic-'))) found.push(`${name} arrived and was not foretold`);
  }
  return found;
}
