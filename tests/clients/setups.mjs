// Set-ups from a seed, as people have them: a good one in which one thing or two are off. A set-up is {id, client, variables, files,
// loads, flags}; `loads` says how its program gets .env: "no", "yes" (it loads the file itself), "flag" (node --env-file).
import { makeChance } from './environments.mjs';

export const good = 'sk-ant-api03-' + 'g'.repeat(88) + 'GoodG' + 'AA';
export const dead = 'sk-ant-api03-' + 'd'.repeat(88) + 'DeadD' + 'AA';
const login = 'sk-ant-oat01-' + 'l'.repeat(93) + 'AA';

const keys = (chance) => chance.one(
  dead, good + ',', good + ';', good + '\\n', good + ' ', good + '\n', good + '\r', `"${good}"`, ` ${good}`, 'Bearer ' + good, good + good,
  good.slice(0, 80), good.slice(0, 60) + '\n' + good.slice(60), Buffer.from(good).toString('base64'), good.toUpperCase(), good + '\u200b',
  'op://Private/Anthropic/credential', 'arn:aws:secretsmanager:us-east-1:1:secret:a', '${ANTHROPIC_KEY}', '@Microsoft.KeyVault(SecretUri=x)',
  `{"key":"${good}"}`, 'ANTHROPIC_API_KEY=' + good, good + 'PORT=3000', 'sk-ant-...', 'your-api-key-here', login, 'hunter2hunter2', '', ' ',
);

const bases = (chance, { url, port }) => chance.one(
  url + '/', url + '//', url + '/v1', url + '/v1/', url + '/#', url + '/?x=1', url + '\r', ` ${url} `, url + '\n', `127.0.0.1:${port}`,
  'http://127.0.0.1:1', url.replace('http:', 'https:'), url + '/anthropic', `http://localhost:${port}`, '', 'ftp://127.0.0.1', url.toUpperCase(),
);

const headers = (chance) => chance.one(
  'X-Team: ml', '{"X-Team":"ml"}', 'x-api-key: ' + dead, 'Authorization: Bearer ' + dead, 'no colon here', 'X Spaced: 1', 'X-Team: caf\u00e9',
  'X-One: 1\nX-Two: 2', 'X-Text: \u201cquoted\u201d', 'anthropic-beta: unknown-2026-01-01', 'x-api-key: ' + good, ': no name', 'X-Empty:',
);

const strayNames = ['VITE_ANTHROPIC_API_KEY', 'NEXT_PUBLIC_ANTHROPIC_API_KEY', 'ANTROPIC_API_KEY', 'ANTHROPIC_API_KEYS', 'anthropic_api_key',
  'CLAUDE_API_KEY', 'CLAUDE_KEY', 'MY_SECRET', 'ANTHROPIC_KEY', 'LLM_TOKEN'];

// One thing that is off, or only looks so.
function change(setup, chance, api) {
  const v = setup.variables;
  const dotenv = (text, loads, name = '.env') => {
    delete v.ANTHROPIC_API_KEY;
    setup.files.push({ path: name, text });
    setup.loads = loads;
  };
  const line = `ANTHROPIC_API_KEY=${chance.often(0.7) ? good : dead}`;
  const kinds = {
    key: () => { v.ANTHROPIC_API_KEY = keys(chance); },
    base: () => { v.ANTHROPIC_BASE_URL = bases(chance, api); },
    headers: () => { v.ANTHROPIC_CUSTOM_HEADERS = headers(chance); },
    token: () => { v.ANTHROPIC_AUTH_TOKEN = chance.one(dead, good, login, 'gateway-token-0001'); },
    unset: () => { delete v.ANTHROPIC_API_KEY; },
    stray: () => { delete v.ANTHROPIC_API_KEY; v[chance.one(...strayNames)] = good; },
    proxy: () => { v[chance.one('HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'ALL_PROXY')] = chance.one('http://127.0.0.1:1', '127.0.0.1:1', 'proxy'); },
    switch: () => { v.CLAUDE_CODE_USE_BEDROCK = '1'; },
    login: () => { v.CLAUDE_CODE_OAUTH_TOKEN = login; if (chance.often(0.5)) delete v.ANTHROPIC_API_KEY; },
    certificates: () => { v[chance.one('NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE')] = '@/absent.pem'; },
    dotenvLoaded: () => dotenv(line + '\n', 'yes'),
    dotenvFlag: () => dotenv(line + '\n', 'flag'),
    dotenvMark: () => dotenv('\ufeff' + line + '\n', 'flag'),
    dotenvNot: () => dotenv(line + '\n', 'no'),
    dotenvLocal: () => dotenv(line + '\n', chance.one('yes', 'no'), '.env.local'),
    dotenvEmptyHere: () => { dotenv(line + '\n', 'yes'); v.ANTHROPIC_API_KEY = ''; },
    dotenvBeside: () => { setup.files.push({ path: '.env', text: `ANTHROPIC_API_KEY=${dead}\n` }); setup.loads = chance.one('yes', 'no'); },
    tls: () => {
      v.ANTHROPIC_BASE_URL = api.tlsUrl;
      const name = chance.one('NODE_EXTRA_CA_CERTS', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', undefined);
      if (name) v[name] = api.ca;
    },
  };
  const forCurl = ['key', 'base', 'unset', 'stray', 'proxy', 'switch', 'tls', 'dotenvNot'];
  const names = Object.keys(kinds).filter((name) => setup.client !== 'curl' || forCurl.includes(name));
  const name = chance.one(...names);
  setup.changed.push(name);
  kinds[name]();
}

export function setups(count, seed, api) {
  const chance = makeChance(seed);
  return Array.from({ length: count }, (_, id) => {
    const setup = {
      id,
      client: chance.one('sdk-typescript-1', 'sdk-typescript-1', 'sdk-typescript-0', 'curl'),
      variables: { ANTHROPIC_BASE_URL: api.url, ANTHROPIC_API_KEY: good },
      files: [],
      loads: 'no',
      changed: [],
    };
    const changes = chance.one(0, 1, 1, 1, 1, 2, 2);
    for (let i = 0; i < changes; ++i) change(setup, chance, api);
    return setup;
  });
}
