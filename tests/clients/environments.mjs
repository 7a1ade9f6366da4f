// Environments from a seed: variables, profiles and credential files in every state in which people have them.
// An environment is {id, variables, files: [{path, text, mode} | {path, folder: true}]}; paths are relative to its own
// folder, and @/ stands for that folder. No value is a real credential.

export function makeChance(seed) {  // mulberry32
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    below: (n) => Math.floor(next() * n),
    often: (share) => next() < share,
    one: (...choices) => choices[Math.floor(next() * choices.length)],
  };
}

let serial = 0;
// Every value has a tail and a length of its own, so that one cannot be taken for another.
const tail = () => String(++serial).padStart(5, '0');
const apiKey = () => 'sk-ant-api03-' + 'x'.repeat(60 + (serial % 30)) + tail() + 'AA';
const loginToken = () => 'sk-ant-oat01-' + 'y'.repeat(60 + (serial % 30)) + tail();
const gatewayToken = () => 'gw-' + 'z'.repeat(20 + (serial % 15)) + tail();
const times = (n, value) => Array(n).fill(value);

function value(chance) {
  const plain = chance.one(apiKey, apiKey, apiKey, loginToken, gatewayToken)();
  const split = (between) => plain.slice(0, 30) + between + plain.slice(30);
  return chance.one(
    ...times(40, plain),
    ' ' + plain, plain + ' ', plain + '\n', plain + '\r\n', '\t' + plain + ' \n', '\u00a0' + plain + '\ufeff',
    '"' + plain + '"', "'" + plain + "'", 'Bearer ' + plain, 'ANTHROPIC_API_KEY=' + plain,
    split('\n'), split(' '), split('\t'), '\u201c' + plain + '\u201d', plain + '\u00e9', plain + '\u0001x', plain + '\u007f',
    plain.slice(0, 40), 'x' + tail(), '', '', ' ', '\n',
  );
}

const set = (variables, name, chance, share, make) => {
  if (chance.often(share)) variables[name] = make();
};

function baseUrl(chance, port) {
  const origin = chance.one(`http://127.0.0.1:${port}`, `http://localhost:${port}`, `https://gateway${tail()}.example`,
    'https://api.anthropic.com', `http://gateway${tail()}.example:8080`, `http://[::1]:${port}`, 'HTTP://LOCALHOST:' + port);
  const path = chance.one('', '', '', '/', '//', '/v1', '/v1/', '/anthropic', '/anthropic/', '/a/b//', '/a b', '/a%20b/',
    '/\u00e9', '/x/../y', '/x/./', '/%2e%2e/z', '/v1/messages', '\\back', '/q{1}', '/?a=b', '/x?team=blue&n=1', '/x?a=b c',
    '#top', '/x#y/', ';p=1');
  return chance.one(
    ...times(24, origin + path), ` ${origin}${path} `, `${origin}${path}\n`, `${origin.slice(0, 12)}\n${origin.slice(12)}${path}`,
    '', ' ', 'api.anthropic.com' + path, `localhost:${port}${path}`, '//gateway.example', 'ftp://gateway.example' + path,
    'http://', 'https:gateway.example' + path, 'http:/\\gateway.example' + path, `http://127.1:${port}${path}`,
    'http://0x7f.1' + path, 'http://256.1.1.1', 'http://host:99999', 'http://a b/', 'http://h:6000' + path,
    'http://me:secret@gateway.example' + path, 'http://@gateway.example' + path, 'https://gateway.example:443' + path,
    'http://gateway.example:080' + path, 'http://ex%41mple' + path, 'http://gateway.example.' + path, 'no url at all',
  );
}

function customHeaders(chance) {
  const line = () => chance.one(
    'X-Team: blue' + tail(), 'X-Team: blue' + tail(), 'x-team:' + tail(), 'X-Plan: ' + tail(), 'anthropic-beta: one-2026-01-01',
    'anthropic-beta: one-2026-01-01,two', 'anthropic-beta: one-2026-01-01, oauth-2025-04-20', 'anthropic-version: 2023-01-01',
    'Authorization: Bearer ' + gatewayToken(), 'authorization: Basic ' + gatewayToken(), 'X-Api-Key: ' + apiKey(),
    'Authorization:', 'x-api-key:  ', 'anthropic-workspace-id: wrkspc_' + tail(), 'X-Empty:', 'no colon here', ': no name',
    'X Spaced: 1', 'X-Text: caf\u00e9', 'X-Text: \u201cquoted\u201d', '  X-Around :  value  ', 'User-Agent: mine/1',
  );
  return Array.from({ length: 1 + chance.below(3) }, line).join(chance.one('\n', '\n', '\r\n', '\n\n'));
}

function config(chance) {
  const login = {
    version: '1.0',
    authentication: { type: 'user_oauth', ...(chance.often(0.6) && { client_id: 'client' + tail() }) },
  };
  const federation = {
    authentication: {
      type: 'oidc_federation',
      ...(chance.often(0.8) && { federation_rule_id: chance.one(...times(5, 'fdrl_' + tail()), '') }),
      ...(chance.often(0.6) && {
        identity_token: chance.one(...times(8, { source: 'file', path: '@/jwt' }), { source: 'file', path: '@/absent' },
          { source: 'file', path: '' }, { source: 'vault', path: '@/jwt' }),
      }),
    },
    ...(chance.often(0.8) && { organization_id: 'org' + tail() }),
  };
  const chosen = chance.often(0.6) ? login : federation;
  if (chance.often(0.15)) chosen.authentication.credentials_path = '@/elsewhere.json';
  if (chance.often(0.35)) {
    chosen.base_url = chance.one('http://127.0.0.1:@PORT', 'http://localhost:@PORT/team', 'https://profile' + tail() + '.example/',
      'https://profile.example/team//', '', 'http://profile.example', 'profile.example');
  }
  if (chance.often(0.35)) chosen.workspace_id = chance.one('wrkspc_' + tail(), 'wrkspc_' + tail(), '');
  return chance.one(...times(30, chosen), {}, { authentication: { type: 'password' } }, { authentication: null });
}

function credentials(chance, now) {
  return {
    version: '1.0',
    type: 'oauth_token',
    ...(chance.often(0.92) && { access_token: chance.one(...times(6, loginToken()), '', loginToken() + '\n') }),
    ...(chance.often(0.6) && { expires_at: chance.one(...times(3, now + 100000), now - 1000, now - 1000, now + 10, 0) }),
    ...(chance.often(0.7) && { refresh_token: 'sk-ant-ort01-' + tail() }),
  };
}

function profiles(chance, { variables, files }, now) {
  const folder = chance.one(...times(3, 'home/.config/anthropic'), 'xdg/anthropic', 'own');
  if (folder.startsWith('xdg')) variables.XDG_CONFIG_HOME = '@/xdg';
  if (folder === 'own') variables.ANTHROPIC_CONFIG_DIR = chance.one('@/own', ' @/own ', 'own');
  const name = chance.one('default', 'default', 'work', 'a.b_c-1');
  if (chance.often(0.02)) files.push({ path: folder + '/active_config', folder: true });
  else if (name !== 'default' && chance.often(0.6)) variables.ANTHROPIC_PROFILE = chance.one(name, name, ` ${name}\n`);
  else if (name !== 'default' || chance.often(0.2)) {
    const text = chance.one(...times(6, name + '\n'), name, ' ' + name, '', '../x', 'absent');
    files.push({ path: folder + '/active_config', text });
  }
  if (chance.often(0.06)) variables.ANTHROPIC_PROFILE = chance.one('absent', '', ' ', '../up', '..', 'a b', '\u00fc');
  if (chance.often(0.93)) {
    const text = JSON.stringify(config(chance));
    files.push({ path: `${folder}/configs/${name}.json`, text: chance.one(...times(40, text), text.slice(1), '\ufeff' + text, '[]') });
  } else if (chance.often(0.3)) files.push({ path: `${folder}/configs/${name}.json`, folder: true });
  for (const path of [`${folder}/credentials/${name}.json`, 'elsewhere.json']) {
    if (!chance.often(0.85)) continue;
    const text = JSON.stringify(credentials(chance, now));
    const mode = chance.one(...times(24, 0o600), 0o400, 0o700, 0o640, 0o644, 0o620, 0o606);
    files.push({ path, text: chance.one(...times(30, text), text.slice(2), ''), mode });
  }
}

function federation(chance, variables) {
  set(variables, 'ANTHROPIC_FEDERATION_RULE_ID', chance, 0.75, () => chance.one(...times(8, 'fdrl_' + tail()), '', ' '));
  set(variables, 'ANTHROPIC_ORGANIZATION_ID', chance, 0.75, () => chance.one(...times(6, 'org' + tail()), ''));
  set(variables, 'ANTHROPIC_SERVICE_ACCOUNT_ID', chance, 0.3, () => 'svac_' + tail());
  set(variables, 'ANTHROPIC_IDENTITY_TOKEN_FILE', chance, 0.5, () => chance.one(...times(4, '@/jwt'), 'jwt', '@/absent', '@/blank', ''));
  set(variables, 'ANTHROPIC_IDENTITY_TOKEN', chance, 0.4, () => chance.one('head.body.sign' + tail(), '', 'j'.repeat(16385)));
}

export function environments(count, seed, port, now) {
  serial = 0;
  const chance = makeChance(seed);
  return Array.from({ length: count }, (_, id) => {
    const files = [{ path: 'jwt', text: 'head.body.sign' + tail() + '\n' }, { path: 'blank', text: ' \n' }];
    const environment = { id, variables: {}, files };
    const { variables } = environment;
    const byProfile = chance.often(0.45);
    set(variables, 'HOME', chance, 0.95, () => '@/home');
    set(variables, 'ANTHROPIC_API_KEY', chance, byProfile ? 0.05 : 0.75, () => value(chance));
    set(variables, 'ANTHROPIC_AUTH_TOKEN', chance, byProfile ? 0.05 : 0.5, () => value(chance));
    set(variables, 'ANTHROPIC_BASE_URL', chance, byProfile ? 0.3 : 0.7, () => baseUrl(chance, port));
    set(variables, 'ANTHROPIC_CUSTOM_HEADERS', chance, 0.25, () => customHeaders(chance));
    set(variables, 'ANTHROPIC_WORKSPACE_ID', chance, 0.25, () => chance.one('wrkspc_' + tail(), 'wrkspc_' + tail(), '', ' \n', 'two\nlines'));
    set(variables, 'https_proxy', chance, 0.1, () => 'http://127.0.0.1:9');
    set(variables, 'CLAUDE_CODE_OAUTH_TOKEN', chance, 0.1, () => loginToken());
    if (byProfile || chance.often(0.2)) profiles(chance, environment, now);
    if (chance.often(byProfile ? 0.35 : 0.1)) federation(chance, variables);
    return environment;
  });
}
