#include "doctor/survey/client.h"

#include <algorithm>
#include <array>

namespace locksmith::doctor::survey {
namespace {

constexpr std::array<std::string_view, 7> kNames{
    "claude-code", "sdk-typescript-0", "sdk-typescript-1", "sdk-python-0", "sdk-python", "ant", "curl"};

constexpr std::array kKeyThenToken{Slot::key, Slot::token, Slot::profile};
constexpr std::array kClaudeCode{Slot::key,   Slot::token,      Slot::helper, Slot::login_variable,
                                 Slot::login, Slot::stored_key, Slot::profile};
constexpr std::array kAnything{Slot::key,     Slot::token, Slot::login_variable,
                               Slot::profile, Slot::login, Slot::stored_key};
constexpr std::array kKeyOnly{Slot::key};

using Name = std::string_view;
// Claude Code 2.1.332 itself; curl's manual, "environment" (HTTP_PROXY is not read,
// because whoever calls a CGI program could set it); Go's net/http ProxyFromEnvironment; Python's urllib,
// which httpx asks.
constexpr std::array<Name, 6> kAllAlike{"https_proxy", "HTTPS_PROXY", "http_proxy",
                                        "HTTP_PROXY",  "all_proxy",   "ALL_PROXY"};
constexpr std::array<Name, 4> kHttpsOrAll{"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
constexpr std::array<Name, 3> kCurlHttp{"http_proxy", "all_proxy", "ALL_PROXY"};
constexpr std::array<Name, 4> kHttpOrAll{"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"};
constexpr std::array<Name, 2> kGoHttps{"HTTPS_PROXY", "https_proxy"};
constexpr std::array<Name, 2> kGoHttp{"HTTP_PROXY", "http_proxy"};
constexpr std::array<Name, 2> kLowerFirst{"no_proxy", "NO_PROXY"};
constexpr std::array<Name, 2> kUpperFirst{"NO_PROXY", "no_proxy"};
// Node's manual (tls.rootCertificates), httpx's on SSL configuration (certifi), Claude Code's on CLAUDE_CODE_CERT_STORE.
// Node's manual on --use-openssl-ca: SSL_CERT_FILE alone does nothing there.
constexpr std::array<Name, 1> kNodeCa{"NODE_EXTRA_CA_CERTS"};
constexpr std::array<Name, 2> kOpensslCa{"SSL_CERT_FILE", "SSL_CERT_DIR"};
constexpr std::array<Name, 3> kCurlCa{"CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"};
constexpr std::array<Name, 3> kAnyCa{"NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"};

constexpr std::string_view kOld = "2023-06-01";
constexpr std::string_view kNew = "2026-10-21";

constexpr std::array<ClientTraits, 8> kTraits{{
    // any: what is common: a key in x-api-key, the older version, which every endpoint takes
    {.version = kOld,
     .order = kAnything,
     .key_as_bearer = false,
     .sends_two = false,
     .trims = false,
     .reads_settings = false,
     .profiles = ProfileRule::named_first,
     .xdg = true,
     .custom_headers = false,
     .tight_betas = false,
     .dotenv = Dotenv::shell,
     .library = HttpLibrary::unknown,
     .join = Join::slash,
     .https_proxy = kHttpsOrAll,
     .http_proxy = kCurlHttp,
     .no_proxy = kLowerFirst,
     .ca_files = kAnyCa},
    // claude-code: its two headers, its settings; its fetch() is Bun's and knows proxies
    {.version = kOld,
     .order = kClaudeCode,
     .key_as_bearer = false,
     .sends_two = true,
     .two_headers = true,
     .trims = true,
     .reads_settings = true,
     .profiles = ProfileRule::named_first,
     .xdg = true,
     .custom_headers = true,
     .tight_betas = false,
     .dotenv = Dotenv::none,
     .library = HttpLibrary::bun,
     .join = Join::bun,
     .https_proxy = kAllAlike,
     .http_proxy = kAllAlike,
     .no_proxy = kLowerFirst,
     .ca_files = kNodeCa,
     .trust = Trust::both},
    // sdk-typescript-0: Node's fetch() reads no proxy variables unless told to
    {.version = kOld,
     .order = kKeyThenToken,
     .key_as_bearer = false,
     .sends_two = true,
     .trims = true,
     .reads_settings = false,
     .profiles = ProfileRule::file_first,
     .xdg = true,
     .custom_headers = true,
     .tight_betas = false,
     .dotenv = Dotenv::node,
     .library = HttpLibrary::fetch,
     .join = Join::web,
     .https_proxy = {},
     .http_proxy = {},
     .no_proxy = {},
     .ca_files = kNodeCa,
     .trust = Trust::bundled},
    // sdk-typescript-1
    {.version = kNew,
     .order = kKeyThenToken,
     .key_as_bearer = true,
     .sends_two = false,
     .trims = true,
     .reads_settings = false,
     .profiles = ProfileRule::named_first,
     .xdg = true,
     .custom_headers = true,
     .tight_betas = true,
     .dotenv = Dotenv::node,
     .library = HttpLibrary::fetch,
     .join = Join::web,
     .https_proxy = {},
     .http_proxy = {},
     .no_proxy = {},
     .ca_files = kNodeCa,
     .trust = Trust::bundled},
    // sdk-python-0
    {.version = kOld,
     .order = kKeyThenToken,
     .key_as_bearer = false,
     .sends_two = true,
     .trims = false,
     .reads_settings = false,
     .profiles = ProfileRule::explicit_first,
     .xdg = false,
     .custom_headers = true,
     .tight_betas = false,
     .dotenv = Dotenv::python,
     .library = HttpLibrary::h11,
     .join = Join::slash,
     .https_proxy = kHttpsOrAll,
     .http_proxy = kHttpOrAll,
     .no_proxy = kLowerFirst,
     .ca_files = kOpensslCa,
     .trust = Trust::bundled},
    // sdk-python
    {.version = kNew,
     .order = kKeyThenToken,
     .key_as_bearer = true,
     .sends_two = false,
     .trims = false,
     .reads_settings = false,
     .profiles = ProfileRule::explicit_first,
     .xdg = false,
     .custom_headers = true,
     .tight_betas = false,
     .dotenv = Dotenv::python,
     .library = HttpLibrary::h11,
     .join = Join::slash,
     .https_proxy = kHttpsOrAll,
     .http_proxy = kHttpOrAll,
     .no_proxy = kLowerFirst,
     .ca_files = kOpensslCa,
     .trust = Trust::bundled},
    // ant
    {.version = kNew,
     .order = kKeyThenToken,
     .key_as_bearer = true,
     .sends_two = false,
     .trims = false,
     .reads_settings = false,
     .profiles = ProfileRule::named_first,
     .xdg = true,
     .custom_headers = false,
     .tight_betas = false,
     .dotenv = Dotenv::none,
     .library = HttpLibrary::go,
     .join = Join::slash,
     .https_proxy = kGoHttps,
     .http_proxy = kGoHttp,
     .no_proxy = kUpperFirst,
     .loopback_direct = true,  // Go's golang.org/x/net/http/httpproxy: ProxyFunc
     .ca_files = kOpensslCa},
    // curl: with the variable in x-api-key, as the API's documentation shows it
    {.version = kOld,
     .order = kKeyOnly,
     .key_as_bearer = false,
     .sends_two = false,
     .trims = false,
     .reads_settings = false,
     .profiles = ProfileRule::none,
     .xdg = false,
     .custom_headers = false,
     .tight_betas = false,
     .dotenv = Dotenv::none,
     .library = HttpLibrary::curl,
     .join = Join::text,
     .https_proxy = kHttpsOrAll,
     .http_proxy = kCurlHttp,
     .no_proxy = kLowerFirst,
     .ca_files = kCurlCa},
}};

}  // namespace

std::string_view name(ClientKind client) {
  return client == ClientKind::any ? "any client" : kNames[static_cast<std::size_t>(client) - 1];
}

std::optional<ClientKind> client_named(std::string_view name) {
  const auto* found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<ClientKind>(found - kNames.begin() + 1);
}

std::span<const std::string_view> client_names() {
  return kNames;
}

const ClientTraits& traits(ClientKind client) {
  return kTraits[static_cast<std::size_t>(client)];
}

bool ClientTraits::is_node() const { return trust != Trust::system && std::ranges::find(ca_files, "NODE_EXTRA_CA_CERTS") != ca_files.end(); }

bool ClientTraits::reads(Slot slot) const {
  return std::ranges::find(order, slot) != order.end();
}

}  // namespace locksmith::doctor::survey
