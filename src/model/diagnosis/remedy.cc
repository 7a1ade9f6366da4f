#include "model/diagnosis/remedy.h"

#include <algorithm>

#include "model/diagnosis/cause_name.h"
#include "model/evidence/claude_hosts.h"
#include "vocabulary/url.h"

namespace locksmith::model::diagnosis {
namespace {

using evidence::Evidence;
using enum Grade;

// {var}: the variable, {source}: the place of the credential in use, {base}: the base URL, {model}, {proxy}, {host}.
struct Row {
  CauseName code;            // a cause or a finer code; a finer code's rows replace its cause's
  Grade grade;
  std::string_view text;
  std::string_view command;  // Linux and macOS
  std::string_view windows;  // where it differs
};

constexpr Row kRows[] = {
    {"key_missing", safe, "Set the credential where the client looks: {var}.", "export {var}=YOUR_KEY", "$env:{var} = 'YOUR_KEY'"},
    {"key_missing", safe, "Then check what the process really has (the length, not the value).", "printenv {var} | wc -c", "$env:{var}.Length"},
    {"key_missing.empty", ask_first, "{source} is set to an empty text: remove the entry or fill it.", "", ""},
    {"key_missing.name_differs", ask_first, "Store the key under the name that the client reads: {var}.", "", ""},

    {"key_malformed", ask_first, "Store the credential again: copy it whole from where it was created, with nothing around it.", "", ""},
    {"key_malformed.trailing_newline", safe, "Strip the line break in this shell.", "export {var}=\"$(printf %s \"${var}\" | tr -d '\\r\\n')\"",
     "$env:{var} = $env:{var}.Trim()"},
    {"key_malformed.trailing_newline", ask_first, "Store it without one: printf instead of echo, and no line break at the end of the secret's file ({source}).", "", ""},
    {"key_malformed.carriage_return", ask_first, "Convert the file to Unix line ends: {source}.", "sed -i 's/\\r$//' FILE",
     "(Get-Content FILE -Raw) -replace \"`r\", '' | Set-Content -NoNewline FILE"},
    {"key_malformed.quoted", ask_first, "Remove the quotes from the value in {source}; docker --env-file and most secret forms keep them as part of it.", "", ""},
    {"key_malformed.space", ask_first, "Remove the spaces around or inside the value in {source}.", "", ""},
    {"key_malformed.embedded_newline", ask_first, "Join the two halves to one line in {source}; the terminal wrapped the key when it was copied.", "", ""},
    {"key_malformed.non_ascii", ask_first, "Copy the key again from the Console, not from a document or chat that changes quotes and spaces.", "", ""},
    {"key_malformed.truncated", ask_first, "Copy the whole key again: an API key has 108 characters and ends in AA. The Console shows it only once; if it is lost, create a new one.", "", ""},
    {"key_malformed.bearer_prefixed", ask_first, "Store the key alone in {source}; the client adds the header's name and Bearer itself.", "", ""},
    {"key_malformed.assignment_prefixed", ask_first, "Store the value alone in {source}, without NAME=.", "", ""},
    {"key_malformed.doubled", ask_first, "Delete one of the two copies in {source}.", "", ""},
    {"key_malformed.placeholder", only_human, "Replace the placeholder in {source} by a key of yours (Console, API keys).", "", ""},
    {"key_malformed.no_key", ask_first, "Put a Claude API key (sk-ant-api03-…) into {source}; if the value is a gateway's own key, set the gateway's address as well.", "", ""},
    {"key_malformed.surplus", ask_first, "Keep the key alone in {source}, from sk-ant- to its last letter: no comma, no quotes, no next line.", "", ""},
    {"key_malformed.base64", safe, "Undo the encoding in this shell.", "export {var}=\"$(printf %s \"${var}\" | base64 -d)\"", ""},
    {"key_malformed.base64", ask_first, "Store the key itself in {source}; a Kubernetes Secret's stringData takes it unencoded, its data wants it encoded once.", "", ""},
    {"key_malformed.wrong_case", ask_first, "Copy the key again into {source} without any change of its letters: capitals and small ones differ.", "", ""},
    {"key_malformed.reference", ask_first, "Start the program through the tool that resolves the reference in {source}.", "{resolver}", ""},
    {"key_malformed.masked", only_human, "The Console shows a key whole only when it is created. Create a new one and store it at once.", "", ""},

    {"key_wrong_kind", only_human, "Use an API key (sk-ant-api03-…) from the Console for {source}.", "", ""},
    {"key_wrong_kind.admin_key", only_human, "Create a normal API key for model requests; the Admin key stays for /v1/organizations.", "", ""},
    {"key_wrong_kind.oauth_token", only_human, "A subscription's login token only works in Claude Code. For other programs create an API key in the Console.", "", ""},
    {"key_wrong_kind.oauth_token", safe, "For Claude Code itself, set the token under its own name.", "export CLAUDE_CODE_OAUTH_TOKEN=YOUR_TOKEN; unset ANTHROPIC_API_KEY",
     "$env:CLAUDE_CODE_OAUTH_TOKEN = 'YOUR_TOKEN'; Remove-Item Env:ANTHROPIC_API_KEY"},
    {"key_wrong_kind.refresh_token", only_human, "Log in again so that the client stores an access token; never set a refresh token as a key.", "", ""},
    {"key_wrong_kind.session_key", only_human, "Create an API key in the Console: a browser session is no API credential. Sign out there if the session was shared.", "", ""},
    {"key_wrong_kind.other_provider", ask_first, "Put the Claude API key into {source}, or point the base URL at the provider whose key this is.", "", ""},
    {"key_wrong_kind.claude_code_only", only_human, "Create an API key for this program in the Console, and set it as ANTHROPIC_API_KEY.", "", ""},
    {"key_wrong_kind.virtual_key", ask_first, "Set the gateway's base URL beside its key.", "export ANTHROPIC_BASE_URL=https://YOUR_GATEWAY", "$env:ANTHROPIC_BASE_URL = 'https://YOUR_GATEWAY'"},
    {"key_wrong_kind.key_id", only_human, "apikey_… names the key. The key itself (sk-ant-api03-…) was shown once, at creation; create a new one if it is lost.", "", ""},

    {"key_revoked_or_invalid", only_human, "Look the key up in the Console by its last four characters: is it there, active, in the workspace you mean?", "", ""},
    {"key_revoked_or_invalid", only_human, "If it is not, create a new key, store it in {source}, and restart what uses it.", "", ""},
    {"key_expired", only_human, "An expired key cannot be revived: create a new one, with an end date that you will see coming.", "", ""},
    {"leaked_key", only_human, "Treat the key as public: delete it in the Console and create a new one. Removing it from the latest version is not enough; it stays in the history.", "", ""},
    {"leaked_key", safe, "Find the other places where it stands.", "locksmith scan . --git", ""},

    {"oauth_expired_or_revoked", only_human, "Log in again.", "claude /login", ""},
    {"oauth_expired_or_revoked.no_refresh_token", only_human, "Log in again in the program itself, so that it stores the means to renew; for machines use claude setup-token (one year) or an API key.", "", ""},
    {"oauth_expired_or_revoked.shared_login", only_human, "Give each program and machine a login of its own, or an API key; then log in again.", "", ""},

    {"auth_header_format", ask_first, "Send the credential in the header that this endpoint takes: x-api-key for API keys, Authorization: Bearer for login tokens.", "", ""},
    {"auth_header_format.key_as_bearer", ask_first, "Use x-api-key: YOUR_KEY, or update the client: SDKs of the version 2026-10-21 may send API keys as Bearer.", "", ""},
    {"auth_header_format.token_in_x_api_key", ask_first, "Set the token as ANTHROPIC_AUTH_TOKEN (sent as Authorization: Bearer), not as ANTHROPIC_API_KEY.", "", ""},
    {"auth_header_format.two_headers", safe, "Keep one of the two.", "unset ANTHROPIC_AUTH_TOKEN", "Remove-Item Env:ANTHROPIC_AUTH_TOKEN"},

    {"version_header", ask_first, "Send anthropic-version: 2023-06-01 (or 2026-10-21), once.", "", ""},
    {"version_header.doubled", ask_first, "Let the proxy set anthropic-version instead of adding a second one.", "", ""},
    {"beta_header", ask_first, "Leave out the anthropic-beta value that the message names, or switch the feature off in the client.", "", ""},
    {"beta_header.oauth_beta_missing", ask_first, "Send anthropic-beta: oauth-2025-04-20 with a login token; a proxy must pass anthropic-beta on unchanged.", "", ""},
    {"beta_header.dropped", ask_first, "Let the proxy pass anthropic-beta on unchanged, or remove the body field that needs it.", "", ""},

    {"wrong_endpoint", ask_first, "Check the base URL ({base}): it names scheme and host, and for the official clients no path.", "printenv ANTHROPIC_BASE_URL", "$env:ANTHROPIC_BASE_URL"},
    {"wrong_endpoint.provider_switch", safe, "Run without the switch, if the Claude API is what you mean.", "unset {switch}", "Remove-Item Env:{switch}"},
    {"wrong_endpoint.doubled_v1", safe, "Remove /v1 from the base URL; the client adds it.", "export ANTHROPIC_BASE_URL=\"${ANTHROPIC_BASE_URL%/v1*}\"", "$env:ANTHROPIC_BASE_URL = $env:ANTHROPIC_BASE_URL -replace '/v1.*$', ''"},
    {"wrong_endpoint.missing_v1", ask_first, "Add /v1 to the base URL of this client: https://api.anthropic.com/v1.", "", ""},
    {"wrong_endpoint.other_provider", ask_first, "Use the key of the service that the base URL names, or unset the base URL.", "unset ANTHROPIC_BASE_URL", "Remove-Item Env:ANTHROPIC_BASE_URL"},
    {"wrong_endpoint.nothing_listens", safe, "Start the program that should listen at {base}, or unset the base URL. In a container, localhost is the container itself.", "unset ANTHROPIC_BASE_URL", "Remove-Item Env:ANTHROPIC_BASE_URL"},
    {"wrong_endpoint.openai_style", ask_first, "Use the endpoint of this server that speaks the Messages API, or a client that speaks its protocol.", "", ""},

    {"env_shadowed", safe, "Remove the credential that wins and see.", "env -u ANTHROPIC_API_KEY -u ANTHROPIC_AUTH_TOKEN -u CLAUDE_CODE_OAUTH_TOKEN YOUR_COMMAND",
     "Remove-Item Env:ANTHROPIC_API_KEY, Env:ANTHROPIC_AUTH_TOKEN -ErrorAction Ignore; YOUR_COMMAND"},
    {"env_shadowed", ask_first, "Then delete it where it is set: shell profile, .env, settings file ({source}).", "", ""},
    {"env_shadowed.key_over_login", safe, "Run once without the key; the login is then used.", "env -u ANTHROPIC_API_KEY YOUR_COMMAND", "Remove-Item Env:ANTHROPIC_API_KEY; YOUR_COMMAND"},
    {"env_shadowed.key_over_login", ask_first, "Then delete ANTHROPIC_API_KEY where it is set: shell profile, .env, settings file.", "", ""},
    {"env_shadowed.token_over_key", safe, "Run once without the token; the key is then used.", "env -u ANTHROPIC_AUTH_TOKEN YOUR_COMMAND", "Remove-Item Env:ANTHROPIC_AUTH_TOKEN; YOUR_COMMAND"},
    {"env_shadowed.token_over_login", safe, "Run once without the token; the login is then used.", "env -u ANTHROPIC_AUTH_TOKEN -u CLAUDE_CODE_OAUTH_TOKEN YOUR_COMMAND",
     "Remove-Item Env:ANTHROPIC_AUTH_TOKEN, Env:CLAUDE_CODE_OAUTH_TOKEN -ErrorAction Ignore; YOUR_COMMAND"},
    {"env_shadowed.custom_header", ask_first, "Take the line with x-api-key or Authorization out of ANTHROPIC_CUSTOM_HEADERS ({headers}).", "unset ANTHROPIC_CUSTOM_HEADERS", "Remove-Item Env:ANTHROPIC_CUSTOM_HEADERS"},
    {"env_shadowed.dotenv_over_environment", ask_first, "Delete or correct the entry in the .env file ({source}).", "", ""},
    {"env_shadowed.settings_over_environment", ask_first, "Delete or correct the entry in the settings file's env block ({source}).", "", ""},

    {"env_not_loaded", ask_first, "Give the credential to the process itself, not only to your shell.", "", ""},
    {"env_not_loaded.gui", safe, "Start the program from a terminal in which the variable is set.", "", ""},
    {"env_not_loaded.gui", ask_first, "Or set it for the desktop session: environment.d (Linux), launchctl setenv (macOS), System settings (Windows); or in the program's own settings.", "", ""},
    {"env_not_loaded.service", ask_first, "Set it in the unit: EnvironmentFile= with mode 0600, then restart the service.", "systemctl edit UNIT", ""},
    {"env_not_loaded.container", ask_first, "Pass it in.", "docker run -e {var} IMAGE", ""},
    {"env_not_loaded.ci", ask_first, "Pass the secret on in the workflow's env block, under the name that the step reads.", "", ""},
    {"env_not_loaded.ci_fork", only_human, "Run the job from a branch of the repository itself; secrets are kept from forks on purpose.", "", ""},
    {"env_not_loaded.keychain", ask_first, "Unlock the keychain in this session, or use a token in the environment for sessions without a desktop.", "security unlock-keychain", ""},
    {"env_not_loaded.sudo", safe, "Let sudo keep the variable.", "sudo --preserve-env=ANTHROPIC_API_KEY YOUR_COMMAND", ""},
    {"env_not_loaded.ssh", safe, "Start it in a login shell, or set the variable in ~/.ssh/environment or in the command.", "ssh HOST 'bash -lc YOUR_COMMAND'", ""},
    {"env_not_loaded.file_unreadable", ask_first, "Give the file back to the user that runs the client.", "sudo chown \"$(id -un)\" {file} && chmod 600 {file}", ""},
    {"env_not_loaded.file_invalid", ask_first, "Correct the syntax of {file}.", "python3 -m json.tool {file}", ""},
    {"env_not_loaded.helper", safe, "Run the command under apiKeyHelper yourself: it must end with 0 and print the credential alone, on one line.", "", ""},
    {"env_not_loaded.helper", ask_first, "Until it does, give the credential in a variable, which counts before the helper.", "export ANTHROPIC_API_KEY=YOUR_KEY", ""},
    {"env_not_loaded.line_not_read", ask_first, "Write the line as NAME=value in UTF-8 without a byte-order mark, and without export where no shell reads it.", "", ""},
    {"env_not_loaded.dotenv", safe, "Give this shell what the file holds, and run the program from it.", "set -a; . ./{dotenv}; set +a", ""},
    {"env_not_loaded.dotenv", ask_first, "Load the .env file (dotenv, --env-file), from the directory in which it stands.", "", ""},
    {"env_not_loaded.subprocess", ask_first, "Export the variable, or pass the environment on where the child is started.", "export {var}", ""},

    {"workspace_or_org_mismatch", only_human, "Compare the organization and workspace of the key (Console) with those that the client names.", "", ""},
    {"workspace_or_org_mismatch.workspace_required", ask_first, "Name the workspace in each request.", "curl -H 'anthropic-workspace-id: wrkspc_YOURS' …", ""},
    {"workspace_or_org_mismatch.workspace_archived", only_human, "Archiving a workspace ends its keys for good: create a key in a workspace that is active.", "", ""},
    {"workspace_or_org_mismatch.key_creation_off", only_human, "Ask an admin of the organization for a role that may create keys, or for a key.", "", ""},
    {"workspace_or_org_mismatch.tenant_restriction", only_human, "Use a key of the organization that this network allows, or another network; your IT sets the list.", "", ""},
    {"org_disabled", only_human, "Write to support with the request id; a new key of the same organization changes nothing.", "", ""},
    {"org_disabled.on_hold", only_human, "Follow the appeal link of the answer (details.appeal_url).", "", ""},
    {"org_disabled.login_method_off", only_human, "Use the way of signing in that the organization allows, or ask its admin.", "", ""},

    {"credit_exhausted", only_human, "Buy credit or switch on auto-reload (Console, Billing), for the organization that this key belongs to.", "", ""},
    {"credit_exhausted.extra_usage", only_human, "Wait for the plan's limit to reset, or add extra usage in the account's settings.", "", ""},
    {"spend_limit", only_human, "Raise the limit (Console, Limits) or wait until it resets on the first of the month, 00:00 UTC.", "", ""},
    {"spend_limit.usage_tier", only_human, "Ask for a higher tier, or wait for the first of the month, 00:00 UTC; retrying does not help.", "", ""},
    {"spend_limit.gateway", only_human, "Ask whoever runs the gateway for a larger budget.", "", ""},
    {"spend_limit.gateway_held", safe, "Try again after the time in retry-after: the money is held, not spent.", "", ""},
    {"spend_limit.gateway_spent", only_human, "Ask whoever runs the gateway for a larger budget, or send a smaller request or max_tokens.", "", ""},
    {"spend_limit.gateway_cut", only_human, "Ask whoever runs the gateway for a larger budget; what came of the answer is good.", "", ""},
    {"rate_limit", ask_first, "Wait as long as retry-after says, then send fewer requests or tokens at once.", "", ""},
    {"rate_limit.subscription", only_human, "Wait for the time that the message names, or use an API key for this work.", "", ""},
    {"rate_limit.acceleration", ask_first, "Raise the load in steps instead of at once.", "", ""},
    {"overloaded", safe, "Try again in a minute with growing pauses, or use another model; it is not your quota.", "", ""},

    {"model_not_found_or_no_access", safe, "List the models that this key can use.", "curl -s {origin}/v1/models -H \"x-api-key: ${var}\" -H 'anthropic-version: 2023-06-01'", ""},
    {"model_not_found_or_no_access", ask_first, "Set one of them in place of {model}.", "", ""},
    {"model_not_found_or_no_access.retention_required", only_human, "Switch 30-day retention on for one workspace, or use another model.", "", ""},

    {"region_or_country_block", only_human, "Call from a place and network that is supported (anthropic.com/supported-countries); a new key or login changes nothing.", "", ""},
    {"waf_or_cloudflare_block", ask_first, "Call from another network or address; ask whoever runs the firewall to exempt api.anthropic.com.", "", ""},
    {"waf_or_cloudflare_block.stale_edge_address", ask_first, "Remove the pinned address from the hosts file or DNS.", "grep -n anthropic /etc/hosts", "findstr anthropic %WINDIR%\\System32\\drivers\\etc\\hosts"},

    {"proxy_or_vpn", safe, "Try once without the proxy.", "env -u HTTPS_PROXY -u https_proxy -u HTTP_PROXY -u http_proxy -u ALL_PROXY YOUR_COMMAND", "Remove-Item Env:HTTPS_PROXY, Env:HTTP_PROXY -ErrorAction Ignore; YOUR_COMMAND"},
    {"proxy_or_vpn.login_required", ask_first, "Put the proxy's user and password into the proxy URL, or use a local proxy that signs in.", "", ""},
    {"proxy_or_vpn.bad_url", safe, "Write the proxy as http://HOST:PORT.", "export HTTPS_PROXY=http://HOST:PORT", "$env:HTTPS_PROXY = 'http://HOST:PORT'"},
    {"proxy_or_vpn.unreachable", ask_first, "Start the proxy at {proxy}, or unset the variable.", "unset HTTPS_PROXY https_proxy HTTP_PROXY http_proxy ALL_PROXY all_proxy", "Remove-Item Env:HTTPS_PROXY"},
    {"proxy_or_vpn.loopback", safe, "Except this machine's own addresses from the proxy.", "export NO_PROXY=\"localhost,127.0.0.1,::1${NO_PROXY:+,$NO_PROXY}\"", "$env:NO_PROXY = 'localhost,127.0.0.1,::1'"},
    {"proxy_or_vpn.blocked", only_human, "Ask whoever runs the proxy to allow CONNECT to api.anthropic.com:443.", "", ""},
    {"proxy_or_vpn.not_used", ask_first, "Set the proxy for this program too.", "export HTTPS_PROXY=http://HOST:PORT", "$env:HTTPS_PROXY = 'http://HOST:PORT'"},

    {"tls_interception_or_ca", ask_first, "Give the client your company's certificate authority (ask IT for the PEM file).",
     "export NODE_EXTRA_CA_CERTS=CA.pem SSL_CERT_FILE=CA.pem REQUESTS_CA_BUNDLE=CA.pem", "$env:NODE_EXTRA_CA_CERTS = 'CA.pem'; $env:SSL_CERT_FILE = 'CA.pem'"},
    {"tls_interception_or_ca.host_name", ask_first, "Check what the name resolves to and which server answers there; a hosts entry or DNS may point elsewhere.", "getent hosts {host}", "Resolve-DnsName {host}"},
    {"tls_interception_or_ca.expired", safe, "Check this machine's clock first.", "date -u", "Get-Date -AsUTC"},

    {"dns_or_connectivity", safe, "Find the stage that fails.", "locksmith doctor", ""},
    {"dns_or_connectivity.dns", safe, "Ask another resolver.", "getent hosts {host}; nslookup {host} 1.1.1.1", "Resolve-DnsName {host}"},
    {"dns_or_connectivity.timeout", ask_first, "Ask whoever runs the network to allow TCP 443 to api.anthropic.com (160.79.104.0/23, 2607:6bc0::/48).", "", ""},
    {"dns_or_connectivity.mtu", ask_first, "Lower the interface's MTU (VPNs need about 1400), and see whether large requests pass.", "sudo ip link set dev INTERFACE mtu 1400", "netsh interface ipv4 set subinterface INTERFACE mtu=1400"},
    {"dns_or_connectivity.ipv6", ask_first, "Prefer IPv4 until IPv6 is repaired.", "export NODE_OPTIONS=--dns-result-order=ipv4first", ""},
    {"dns_or_connectivity.captive_portal", only_human, "Open any page in a browser and sign in to the network.", "", ""},

    {"cors_or_browser_key", only_human, "Call the API from your own server, and keep the key there; a key in a web page is public.", "", ""},
    {"cors_or_browser_key.header_missing", ask_first, "For a tool that only you use: send anthropic-dangerous-direct-browser-access: true (SDK: dangerouslyAllowBrowser). A proxy must not forward Origin.", "", ""},
    {"cors_or_browser_key.relay_lacks_cors", ask_first, "Let the relay answer OPTIONS and send Access-Control-Allow-Origin for the page's origin.", "", ""},
    {"request_too_large_or_invalid", ask_first, "Change the field that the message names.", "", ""},
    {"request_too_large_or_invalid.custom_headers", ask_first, "Write ANTHROPIC_CUSTOM_HEADERS ({headers}) as lines of Name: value; it is not JSON.", "export ANTHROPIC_CUSTOM_HEADERS='Name: value'", "$env:ANTHROPIC_CUSTOM_HEADERS = 'Name: value'"},
    {"request_too_large_or_invalid.prompt_too_long", ask_first, "Shorten or compact the conversation, or use a model with a larger context.", "", ""},
    {"request_too_large_or_invalid.body_too_large", ask_first, "Send less at once: 32 MB is the limit of a Messages request; upload large files by the Files API.", "", ""},
    {"gateway_bug", safe, "Ask the API directly once, to be sure that it is the intermediary.", "locksmith doctor --base-url https://api.anthropic.com", ""},
    {"gateway_bug", ask_first, "Let the intermediary pass anthropic-* headers, the path and the stream on unchanged; update it.", "", ""},
    {"gateway_refusal", only_human, "The gateway refused it, not the API: its message ends with the next step. Whoever runs the gateway can change the rule.", "", ""},
    {"gateway_refusal.key_unknown", only_human, "Ask whoever runs this gateway for a virtual key of its store.", "locksmith keys create", ""},
    {"gateway_refusal.key_suspended", only_human, "Ask whoever runs the gateway to switch the virtual key on again.", "locksmith keys resume", ""},
    {"gateway_refusal.key_revoked", only_human, "Ask whoever runs the gateway for a new virtual key, and put it in the place of the old one.", "locksmith keys create", ""},
    {"gateway_refusal.key_expired", only_human, "Ask whoever runs the gateway for a new virtual key, and put it in the place of the old one.", "locksmith keys create", ""},
    {"gateway_refusal.rate_limit_reached", safe, "Wait as long as retry-after says: it is the gateway's limit for this virtual key, not the account's.", "", ""},
    {"gateway_refusal.concurrency_limit_reached", safe, "Let the requests under way end first: it is the gateway's limit for this virtual key, not the account's.", "", ""},
    {"gateway_refusal.gateway_full", safe, "Try again in a moment, or with a smaller body.", "", ""},
    {"gateway_refusal.gateway_stopping", safe, "Try again at once: another instance of the gateway takes it.", "", ""},

    {"client_bug", safe, "Confirm with curl, then report it to the client's maintainers with the output of locksmith report.", "", ""},
    {"client_bug.regression", ask_first, "Go back to the version that worked, and report it.", "", ""},
    {"stream_interrupted", ask_first, "Raise idle limits and switch buffering off on everything between (proxy_buffering off, read timeouts of 10 minutes).", "", ""},
    {"stream_interrupted", safe, "Ask for the same without streaming, to see whether the answer itself is fine.", "", ""},
    {"platform_incident", safe, "Look at https://status.claude.com and wait; do not rotate keys or change settings meanwhile.", "", ""},
    {"stale_rotation", ask_first, "Restart what uses the key, and compare the last four characters of every copy with the Console.", "", ""},
    {"clock_skew", ask_first, "Set the clock.", "sudo timedatectl set-ntp true", "w32tm /resync"},
    {"other", safe, "Write a report for support.", "locksmith report EVIDENCE.json", ""},
};

struct Warning {
  std::string_view cause;
  std::string_view text;
};
constexpr Warning kDoNot[] = {
    {"key_missing", "Do not paste the key into the source code to get around it."},
    {"key_malformed", "Do not create a new key before the stored text is repaired: the new one would be damaged the same way."},
    {"key_wrong_kind", "Do not put a subscription token into other programs; it breaks the terms and stops working."},
    {"key_revoked_or_invalid", "Do not retry a 401: it stays a 401."},
    {"oauth_expired_or_revoked", "Do not copy a login's files between machines: each renewal ends the other's token."},
    {"auth_header_format", "Do not rotate the key before it was sent in the header that this endpoint takes."},
    {"env_shadowed", "Do not buy credit or create keys before you know which credential goes out."},
    {"env_not_loaded", "Do not create a new key: the one you have is not the problem."},
    {"org_disabled", "Do not open a second account to get around it."},
    {"credit_exhausted", "Do not rotate the key: every key of the organization draws on the same credit."},
    {"spend_limit", "Do not retry in a loop: it cannot succeed before the limit changes."},
    {"rate_limit", "Do not spread the load over more keys of the same organization: they share one limit."},
    {"overloaded", "Do not change keys or plans: it is not your quota."},
    {"region_or_country_block", "Do not rotate the key: it was never read."},
    {"waf_or_cloudflare_block", "Do not rotate the key: it was never read."},
    {"proxy_or_vpn", "Do not rotate the key: it never arrived."},
    {"tls_interception_or_ca", "Do not switch certificate checks off: whoever stands between could then read the key."},
    {"dns_or_connectivity", "Do not rotate the key: it never arrived."},
    {"cors_or_browser_key", "Do not ship a key in code that runs on other people's machines."},
    {"platform_incident", "Do not rotate keys during an incident: you would not know what helped."},
    {"leaked_key", "Do not only delete the commit: the key was read within minutes."},
    {"stale_rotation", "Do not delete the old key before every copy is replaced."},
};

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

const evidence::Credential* in_use(const Evidence& e) {
  const evidence::Credential* candidate = nullptr;
  for (const evidence::Credential& c : e.credentials) {
    if (c.used.value_or(false)) return &c;
    if (candidate == nullptr && c.state == "set") candidate = &c;
  }
  return candidate != nullptr || e.credentials.empty() ? candidate : &e.credentials.front();
}

std::string place_of(const Evidence& e, std::string_view name) {
  const auto found = std::ranges::find(e.settings.places, name, &std::pair<std::string, std::string>::first);
  return found == e.settings.places.end() ? std::string() : found->second;
}

// "file:~/.claude/settings.json" -> "~/.claude/settings.json"; "env:NAME" -> "the environment".
std::string in_words(std::string_view place) {
  if (place.empty() || place.starts_with("env:")) return "the environment";
  for (const std::string_view kind : {"file:", "dotenv:"}) {
    if (place.starts_with(kind)) return std::string(place.substr(kind.size()));
  }
  return std::string(place);
}

// How the tool of a secret store puts the secret in the place of its reference.
struct Resolver {
  std::string_view provider, command;
};
constexpr Resolver kResolvers[] = {
    {"1password", "op run -- YOUR_COMMAND"},
    {"aws", "aws secretsmanager get-secret-value --secret-id SECRET --query SecretString --output text"},
    {"azure", "az keyvault secret show --vault-name VAULT --name SECRET --query value --output tsv"},
    {"google", "gcloud secrets versions access latest --secret=SECRET"},
    {"vault", "vault kv get -field=FIELD SECRET_PATH"},
    {"vals", "vals exec -i -f VALUES.yaml -- YOUR_COMMAND"},
    {"doppler", "doppler run -- YOUR_COMMAND"},
    {"infisical", "infisical run -- YOUR_COMMAND"},
    {"bitwarden", "bws run -- YOUR_COMMAND"},
    {"sops", "sops exec-env FILE YOUR_COMMAND"},
};

std::string resolver(const Evidence& e) {
  for (const evidence::Credential& c : e.credentials) {
    if (!c.shape.starts_with("reference:")) continue;
    const auto* found = std::ranges::find(kResolvers, std::string_view(c.shape).substr(10), &Resolver::provider);
    if (found != std::end(kResolvers)) return std::string(found->command);
  }
  return {};
}

std::string dotenv_file(const Evidence& e) {
  for (const evidence::Credential& c : e.credentials) {
    if (c.source.starts_with("dotenv:") && c.state == "set") return c.source.substr(7);
  }
  return ".env";
}

// A variable that is set in a file is not mended by export or unset: whoever starts next reads the file again.
void bind_to_place(Step& step, const Evidence& e) {
  std::string_view rest = step.command;
  for (const std::string_view word : {"unset ", "export ", "Remove-Item Env:", "$env:"}) {
    if (!rest.starts_with(word)) continue;
    rest.remove_prefix(word.size());
    const std::string place = place_of(e, rest.substr(0, rest.find_first_of("= ;")));
    step.place = place;
    if (place.empty() || place.starts_with("env:")) return;
    step.command.clear();
    step.grade = Grade::ask_first;
    step.text += " It is set in " + in_words(place) + ".";
    return;
  }
}

std::string fill(std::string_view pattern, const Evidence& e) {
  std::string text(pattern);
  if (text.find('{') == std::string::npos) return text;
  const evidence::Credential* credential = in_use(e);
  std::string variable = "ANTHROPIC_API_KEY";
  std::string source = "its place";
  if (credential != nullptr) {
    source = credential->source;
    const std::size_t colon = source.find(':');
    const std::string kind = source.substr(0, colon);
    if (colon != std::string::npos && (kind == "env" || kind == "ci-secret")) variable = source.substr(colon + 1);
    if (colon != std::string::npos) source = source.substr(colon + 1);
  }
  const std::string base = e.settings.base_url.value_or(e.request.url.empty() ? std::string(evidence::kApiBase) : e.request.url);
  replace_all(text, "{var}", variable);
  replace_all(text, "{source}", source);
  replace_all(text, "{base}", base);
  replace_all(text, "{host}", split_url(base).host);
  // Never another host than the one that the client asks: the key in the command would go there.
  replace_all(text, "{origin}", e.settings.base_url && !e.settings.base_url->empty() ? *e.settings.base_url : std::string(evidence::kApiBase));
  replace_all(text, "{resolver}", resolver(e));
  replace_all(text, "{switch}", place_of(e, "switch").empty() ? "CLAUDE_CODE_USE_BEDROCK" : place_of(e, "switch"));
  replace_all(text, "{headers}", in_words(place_of(e, "ANTHROPIC_CUSTOM_HEADERS")));
  replace_all(text, "{file}", place_of(e, "file").empty() ? "FILE" : in_words(place_of(e, "file")));
  replace_all(text, "{dotenv}", dotenv_file(e));
  replace_all(text, "{model}", e.request.model.empty() ? "the model" : e.request.model);
  replace_all(text, "{proxy}", e.settings.proxy.empty() ? "the configured address" : e.settings.proxy);
  return text;
}

}  // namespace

std::string_view to_words(Grade grade) {
  switch (grade) {
    case Grade::safe:
      return "safe";
    case Grade::ask_first:
      return "ask first";
    case Grade::only_human:
      return "only a human";
  }
  return "only a human";
}

Remedy remedy(const CauseCode& code, const Evidence& evidence) {
  Remedy result;
  const bool has_own = std::ranges::any_of(kRows, [&](const Row& row) { return row.code == code.name; });
  const std::string_view wanted = has_own ? code.name : code.cause();
  for (const Row& row : kRows) {
    if (row.code != wanted) continue;
    const bool windows = evidence.os == "windows" && !row.windows.empty();
    result.steps.push_back({row.grade, fill(row.text, evidence), fill(windows ? row.windows : row.command, evidence), {}});
    bind_to_place(result.steps.back(), evidence);
  }
  for (const Warning& warning : kDoNot) {
    if (warning.cause == code.cause()) result.do_not = warning.text;
  }
  return result;
}

}  // namespace locksmith::model::diagnosis
