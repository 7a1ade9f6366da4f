// The clients whose behaviour is known: where each looks for a credential, in which order, and how it sends
// what it finds. All of it is data; resolve.h and outgoing.h read it and know no client by name.
//
// Sources, November 2026: the TypeScript SDK's client.ts and credentials.ts (0.120.0 and 1.12.0; proven by
// tests/clients), the Python SDK's _client.py and lib/credentials (0.121.0; 2.x by its release notes: the
// header, the version and one credential instead of two), the ant CLI's cmdutil.go (1.20.0; 2.x by its
// release notes), Claude Code 2.1.332 itself (what it sends, watched by tests/clients/claude), httpx's and Go's
// documentation of proxies, curl's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "doctor/survey/header_text.h"
#include "doctor/survey/request_url.h"

namespace locksmith::doctor::survey {

enum class ClientKind : std::uint8_t {
  any,
  claude_code,
  sdk_typescript_0,
  sdk_typescript_1,
  sdk_python_0,
  sdk_python,  // 2.x
  ant,
  curl,
};

std::string_view name(ClientKind client);                       // "claude-code"; of any: "any client"
std::optional<ClientKind> client_named(std::string_view name);  // as --as takes it
std::span<const std::string_view> client_names();

// Which header carries the credential.
enum class Header : std::uint8_t { x_api_key, bearer, bearer_oauth /* with its beta header */, both };

// The places of a chain, each with what it stands for.
enum class Slot : std::uint8_t {
  key,             // ANTHROPIC_API_KEY
  token,           // ANTHROPIC_AUTH_TOKEN
  helper,          // Claude Code's apiKeyHelper
  login_variable,  // CLAUDE_CODE_OAUTH_TOKEN
  profile,         // profiles and federation, in the order of ProfileRule
  login,           // what a login stored
  stored_key,      // an API key that a login created and Claude Code stored
};

// In which order profiles and federation are asked, and what a broken one does.
enum class ProfileRule : std::uint8_t {
  none,
  file_first,      // TypeScript 0.x: the named, active or default profile's file; without it federation
  named_first,     // TypeScript 1.x, ant: the named profile; federation that is complete; the active profile
  explicit_first,  // Python: the named or pointed-to profile; federation that is complete; the default
                   // profile
};

// How a .env file is read: as a shell reads it, or as the library of the client's language. See dotenv.h.
enum class Dotenv : std::uint8_t { none, shell, node, node_itself, python, docker };

// Which certificates a client trusts before it is told of others.
enum class Trust : std::uint8_t {
  system,   // the machine's store; what a variable names replaces it
  bundled,  // a list of its own (Node's; certifi's); what NODE_EXTRA_CA_CERTS names is added, what SSL_CERT_FILE names replaces it
  both,     // its own and the machine's
};

struct ClientTraits {
  std::string_view version;  // the anthropic-version that it sends
  std::span<const Slot> order;
  bool key_as_bearer;   // API keys go out as Authorization: Bearer (SDK majors since October 2026)
  bool sends_two;       // key and token both set: both go out
  bool two_headers = false;  // fills x-api-key and Authorization each on its own: see claude_code.h
  bool trims;           // variables lose the white space around them; nothing but white space is "not set"
  bool reads_settings;  // Claude Code's settings files; their env blocks override the process's variables
  ProfileRule profiles;
  bool xdg;             // $XDG_CONFIG_HOME stands for ~/.config
  bool custom_headers;  // ANTHROPIC_CUSTOM_HEADERS
  bool tight_betas;     // a beta is added to others with "," between all; else with ", " behind what is there
  Dotenv dotenv;
  HttpLibrary library;
  Join join;
  std::span<const std::string_view> https_proxy;  // variables for https; the first that is set counts
  std::span<const std::string_view> http_proxy;
  std::span<const std::string_view> no_proxy;
  bool loopback_direct = false;  // no proxy for localhost and loopback addresses, whatever the exceptions say
  std::span<const std::string_view> ca_files;  // variables that name certificates to trust; the first counts
  Trust trust = Trust::system;

  bool reads(Slot slot) const;
  // Node, or Bun, which takes Node's variables for certificates.
  bool is_node() const;
};
const ClientTraits& traits(ClientKind client);

}  // namespace locksmith::doctor::survey
