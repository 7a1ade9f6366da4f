// Environments for Claude Code from a seed: variables, settings files of every kind, logins, profiles, proxies, in the states
// in which people have them. An environment is {id, variables, files: [{path, text, mode}], system: [{path, text}], helper};
// paths are relative to its own folder, those of `system` to /etc/claude-code. "@/" stands for that folder and "@PORT" for
// the port of its recorder. `helper` is what a key helper that works prints. No value is a real credential.
import { makeChance } from '../environments.mjs';

let serial = 0;
// Every value has a tail and a length of its own, so that one cannot be taken for another.
const tail = () => String(++serial).padStart(5, '0');
const apiKey = () => 'sk-ant-api03-' + 'x'.repeat(60 + (serial % 30)) + tail() + 'AA';
const loginToken = () => 'sk-ant-oat01-' + 'y'.repeat(60 + (serial % 30)) + tail();
const gatewayToken = () => 'gw-' + 'z'.repeat(20 + (serial % 15)) + tail();
const times = (n, value) => Array(n).fill(value);
const json = JSON.stringify;

function value(chance, make) {
  const plain = make();
  const split = (between) => plain.slice(0, 20) + between + plain.slice(20);
  return chance.one(
    ...times(50, plain), ' ' + plain, plain + '\n', plain + '\r\n', '\u00a0' + plain + '\ufeff', '"' + plain + '"', 'Bearer ' + plain,
    split('\n'), split(' '), split('\t'), split('\r'), '\u201c' + plain + '\u201d', plain + '\u00e9', plain + '\u200b', split('\u0001'),
    plain + '\u007f', plain + '\u{1f600}', plain + '\u2028', plain.slice(0, 40), 'x' + tail(), '', '', ' ', '\n',
  );
}
const anyCredential = (chance) => chance.one(apiKey, apiKey, apiKey, loginToken, gatewayToken);

function baseUrl(chance) {
  const origin = chance.one(...times(6, 'http://127.0.0.1:@PORT'), 'http://localhost:@PORT', `https://g${tail()}.gateway.test`,
    'https://api.anthropic.com', `http://g${tail()}.gateway.test:8080`, 'HTTP://LOCALHOST:@PORT');
  const path = chance.one(...times(6, ''), '/', '//', '/v1', '/v1/', '/anthropic/', '/a/b//', '/a b', '/\u00e9', '/x/../y', '/%2e%2e/z',
    '\\back', '/q{1}', '/?a=b', '/x?team=blue&n=1', '#top', '/x#y/');
  return chance.one(
    ...times(30, origin + path), ` ${origin}${path} `, `${origin}${path}\n`, `${origin}${path}\r`, `${origin.slice(0, 12)}\n${origin.slice(12)}${path}`,
    '', ' ', 'api.anthropic.com' + path, `localhost:@PORT${path.replace(/^[#\\].*/, '')}`, '//gateway.test', 'ftp://gateway.test' + path,
    'ws://127.0.0.1:@PORT', 'http:/\\127.0.0.1:@PORT' + path, 'http://127.1:@PORT' + path, 'http://256.1.1.1', 'http://host:99999',
    'http://a b/', 'http://me:secret@127.0.0.1:@PORT' + path, 'http://me@127.0.0.1:@PORT', 'http://@127.0.0.1:@PORT', 'no url at all',
    `"${origin}"`, 'http:127.0.0.1:@PORT', `https://g${tail()}.gateway.test:443`, `http://g${tail()}.gateway.test.`,
  );
}

function customHeaders(chance) {
  const line = () => chance.one(
    ...times(3, 'X-Team: blue' + tail()), 'x-team:' + tail(), 'anthropic-version: 2023-01-01', 'anthropic-beta: one-2026-01-01',
    'Authorization: Bearer ' + gatewayToken(), 'authorization: Basic ' + gatewayToken(), 'X-Api-Key: ' + apiKey(), 'Authorization:',
    'x-api-key:  ', 'anthropic-workspace-id: wrkspc_' + tail(), 'X-Empty:', 'no colon here', ': no name', 'X Spaced: 1', 'X-Text: caf\u00e9',
    'X-Text: \u201cquoted\u201d', '  X-Around :  value  ', 'X-Text: zero\u200bwidth', 'X-Text: a\rb', 'X-Two: a:b', '{"X-Json": "1"}', 'X-Tab: a\tb',
  );
  return Array.from({ length: 1 + chance.below(2) }, line).join(chance.one('\n', '\n', '\r\n', '\n\n'));
}

function proxies(chance, variables) {
  const here = '127.0.0.1:@PORT';
  const name = () => chance.one('https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY');
  const one = () => chance.one(...times(6, 'http://' + here), here, 'localhost:@PORT', 'http://' + here + '/', 'http://' + here + '\r', 'not a url', 'proxy.test',
    '//' + here, 'http://', 'ftp://' + here, 'socks5://' + here, `"http://${here}"`, `u:p@${here}`, 'http://u:p@' + here, 'HTTP://' + here, '', '  ', here + '/',
    'http:' + here, 'http://a b:80', 'foo:bar', ' ' + here, here + '/x', ' http://' + here);
  for (let n = 1 + chance.below(2); n > 0; n -= 1) variables[name()] = one();
}

// A value of a settings file's env: texts, and what people write without quotes.
const setting = (chance, make) => chance.one(...times(8, make()), 100000 + ++serial, true, null, 1.5, [make()], '');

function env(chance) {
  const out = {};
  if (chance.often(0.35)) out.ANTHROPIC_API_KEY = setting(chance, () => value(chance, anyCredential(chance)));
  if (chance.often(0.4)) out.ANTHROPIC_AUTH_TOKEN = setting(chance, () => value(chance, anyCredential(chance)));
  if (chance.often(0.15)) out.CLAUDE_CODE_OAUTH_TOKEN = setting(chance, loginToken);
  if (chance.often(0.2)) out.ANTHROPIC_BASE_URL = baseUrl(chance);
  if (chance.often(0.1)) out.ANTHROPIC_CUSTOM_HEADERS = customHeaders(chance);
  if (chance.often(0.05)) out.CLAUDE_CODE_SIMPLE = chance.one('1', true, 1, '0');
  if (chance.often(0.05)) out.ANTHROPIC_PROFILE = 'work';
  return out;
}

function helper(chance, environment) {
  environment.helper ??= gatewayToken();
  return chance.one(...times(8, `echo ${environment.helper}`), `printf ' ${environment.helper} \\n\\n'`, 'exit 3', 'true', "printf 'a\\nb\\n'", '');
}

function settings(chance, environment, withEnv = 0.7) {
  const out = {};
  if (chance.often(withEnv)) out.env = env(chance);
  if (chance.often(0.3)) out.apiKeyHelper = helper(chance, environment);
  if (chance.often(0.2)) out.model = 'claude-sonnet-5-5';
  const wrong = chance.one({ permissions: 'no' }, { apiKeyHelper: 5 }, { env: [] }, { hooks: 1 }, { model: 7 });
  const text = json(chance.often(0.06) ? { ...out, ...wrong } : out);
  return chance.one(...times(24, text), text.slice(1), '\ufeff' + text, '{// note\n' + text.slice(1), '[]', '');
}

function login(chance, now) {
  const oauth = {
    accessToken: chance.one(...times(12, loginToken()), '', apiKey(), loginToken() + '\n'),
    refreshToken: chance.one(...times(4, 'sk-ant-ort01-' + tail()), undefined),
    expiresAt: chance.one(...times(6, (now + 100000) * 1000), (now - 1000) * 1000, null),
    scopes: chance.one(...times(8, ['user:inference', 'user:profile']), ['user:profile'], [], undefined, ['user:inference']),
    subscriptionType: chance.one('max', 'pro', null),
  };
  const text = json({ claudeAiOauth: oauth });
  return chance.one(...times(20, text), text.slice(2), '\ufeff' + text, '{}');
}

function state(chance, variables) {
  const out = { numStartups: 3 };
  if (chance.often(0.6)) out.primaryApiKey = chance.one(...times(12, apiKey()), '', ' ' + apiKey() + ' ', 5);
  const key = variables.ANTHROPIC_API_KEY ?? '';
  if (chance.often(0.4) && key.length > 20) {
    out.customApiKeyResponses = chance.often(0.6) ? { rejected: [key.slice(-20)], approved: [] } : { approved: [key.slice(-20)] };
  }
  if (chance.often(0.1)) out.env = { ANTHROPIC_AUTH_TOKEN: setting(chance, gatewayToken) };
  const text = json(out);
  return chance.one(...times(24, text), text.slice(1));
}

function profile(chance, { variables, files }, now) {
  const folder = chance.one(...times(4, 'home/.config/anthropic'), 'xdg/anthropic', 'own');
  if (folder.startsWith('xdg')) variables.XDG_CONFIG_HOME = '@/xdg';
  if (folder === 'own') variables.ANTHROPIC_CONFIG_DIR = '@/own';
  const name = chance.one('default', 'default', 'work');
  if (name === 'work') {
    if (chance.often(0.5)) variables.ANTHROPIC_PROFILE = chance.one('work', 'work', ' work\n');
    else files.push({ path: folder + '/active_config', text: chance.one(...times(6, 'work\n'), '', 'absent', '../x') });
  }
  if (chance.often(0.08)) variables.ANTHROPIC_PROFILE = chance.one('absent', '', ' ', '../up');
  const config = {
    authentication: { type: chance.one(...times(10, 'user_oauth'), 'password'), ...(chance.often(0.7) && { client_id: 'client' + tail() }) },
    ...(chance.often(0.3) && { base_url: chance.one('http://127.0.0.1:@PORT', 'http://localhost:@PORT/team', 'http://127.0.0.1:@PORT/team//', '') }),
    ...(chance.often(0.4) && { workspace_id: 'wrkspc_' + tail() }),
  };
  const federated = {
    authentication: { type: 'oidc_federation', federation_rule_id: 'fdrl_' + tail(), identity_token: { source: 'file', path: chance.one('@/jwt', '@/absent') } },
    ...(chance.often(0.8) && { organization_id: 'org' + tail() }),
  };
  const text = json(chance.often(0.8) ? config : federated);
  if (chance.often(0.95)) files.push({ path: `${folder}/configs/${name}.json`, text: chance.one(...times(14, text), text.slice(1), '\ufeff' + text, '[]') });
  if (chance.often(0.85)) {
    const stored = json({
      version: '1.0', type: 'oauth_token',
      ...(chance.often(0.92) && { access_token: loginToken() }),
      expires_at: chance.one(...times(5, now + 100000), now - 1000, now + 10, 0),
      ...(chance.often(0.7) && { refresh_token: 'sk-ant-ort01-' + tail() }),
    });
    files.push({ path: `${folder}/credentials/${name}.json`, text: chance.one(...times(16, stored), stored.slice(2)), mode: chance.one(...times(12, 0o600), 0o644, 0o640, 0o400) });
  }
}

function federation(chance, variables) {
  variables.ANTHROPIC_FEDERATION_RULE_ID = 'fdrl_' + tail();
  if (chance.often(0.85)) variables.ANTHROPIC_ORGANIZATION_ID = 'org' + tail();
  if (chance.often(0.85)) variables.ANTHROPIC_IDENTITY_TOKEN = 'head.body.sign' + tail();
}

export function environments(count, seed, now) {
  serial = 0;
  const chance = makeChance(seed);
  return Array.from({ length: count }, (_, id) => {
    const environment = { id, variables: {}, files: [{ path: 'jwt', text: 'head.body.sign' + tail() + '\n' }], system: [] };
    const { variables, files, system } = environment;
    // Half of them have a login or a profile, which shows only where nothing comes before it.
    const byLogin = chance.often(0.5);
    if (chance.often(byLogin ? 0.1 : 0.7)) variables.ANTHROPIC_API_KEY = value(chance, anyCredential(chance));
    if (chance.often(byLogin ? 0.07 : 0.4)) variables.ANTHROPIC_AUTH_TOKEN = value(chance, anyCredential(chance));
    if (chance.often(0.15)) variables.CLAUDE_CODE_OAUTH_TOKEN = value(chance, chance.one(loginToken, loginToken, apiKey));
    if (chance.often(0.85)) variables.ANTHROPIC_BASE_URL = chance.often(0.6) ? 'http://127.0.0.1:@PORT' : baseUrl(chance);
    if (chance.often(0.18)) variables.ANTHROPIC_CUSTOM_HEADERS = customHeaders(chance);
    if (chance.often(0.06)) variables.CLAUDE_CODE_SIMPLE = chance.one('1', 'true', 'YES', '0', '');
    if (chance.often(0.05)) variables[chance.one('CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_USE_FOUNDRY')] = chance.one('1', 'true', 'On', '0', 'false', '2');
    if (chance.often(0.12)) proxies(chance, variables);
    if (chance.often(0.1)) variables.ANTHROPIC_WORKSPACE_ID = 'wrkspc_' + tail();
    // A folder of its own for Claude Code, and the usual one beside it, which then must not count.
    const moved = chance.often(0.12);
    const config = moved ? chance.one('cfg', 'cfg', 'project/.claude') : 'home/.claude';
    if (moved) variables.CLAUDE_CONFIG_DIR = chance.one('@/' + config, '@/' + config, '');
    if (chance.often(byLogin ? 0.25 : 0.35)) files.push({ path: config + '/settings.json', text: settings(chance, environment) });
    if (moved && chance.often(0.5)) files.push({ path: 'home/.claude/settings.json', text: settings(chance, environment) });
    if (chance.often(0.12)) files.push({ path: 'project/.claude/settings.json', text: settings(chance, environment) });
    if (chance.often(0.12)) files.push({ path: 'project/.claude/settings.local.json', text: settings(chance, environment) });
    if (chance.often(0.06)) system.push({ path: 'managed-settings.json', text: settings(chance, environment, 0.9) });
    for (const name of ['10-a.json', '20-b.json', '30-c.conf']) {
      if (chance.often(0.03)) system.push({ path: 'managed-settings.d/' + name, text: settings(chance, environment, 0.9) });
    }
    if (chance.often(byLogin ? 0.5 : 0.2)) files.push({ path: config + '/.credentials.json', text: login(chance, now) });
    if (chance.often(byLogin ? 0.4 : 0.2)) files.push({ path: (moved ? config : 'home') + '/.claude.json', text: state(chance, variables) });
    if (moved && chance.often(0.3)) files.push({ path: 'home/.claude.json', text: state(chance, variables) });
    if (chance.often(0.02)) files.push({ path: config + '/.config.json', text: state(chance, variables) });
    if (byLogin && chance.often(0.5)) profile(chance, environment, now);
    if (chance.often(byLogin ? 0.08 : 0.03)) federation(chance, variables);
    return environment;
  });
}
