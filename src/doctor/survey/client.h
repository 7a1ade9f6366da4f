// The clients whose behaviour is known: where each looks for a credential, in which order, and how it sends what it finds.
//
// Sources: the SDKs' own client.ts (precedence, trimming, headers), Claude Code's documentation of authentication and
// settings, both as of November 2026 (versions 1.12.0 and 2.1.330).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace locksmith::doctor::survey {

enum class ClientKind : std::uint8_t { any, claude_code, sdk_typescript_0, sdk_typescript_1, sdk_python, curl };

std::string_view name(ClientKind client);                         // "claude-code"; of any: "any client"
std::optional<ClientKind> client_named(std::string_view name);    // as --as takes it
std::span<const std::string_view> client_names();

// Which header carries the credential.
enum class Header : std::uint8_t { x_api_key, bearer, bearer_oauth /* with its beta header */, both };

struct ClientTraits {
  std::string_view version;   // the anthropic-version that it sends
  bool key_as_bearer;         // API keys go out as Authorization: Bearer (SDK majors since October 2026)
  bool sends_two;             // key and token both set: both go out
  bool token_first;           // a token outranks a key
  bool trims;                 // white space and line breaks around a value are removed before it is sent
  bool reads_settings;        // Claude Code's settings files; their env blocks override the process's variables
  bool reads_profiles;        // the profiles of the ant CLI
  bool reads_login;           // Claude Code's stored login
  bool reads_proxy;           // the proxy variables (the TypeScript SDK needs a dispatcher of the program's instead)
};
const ClientTraits& traits(ClientKind client);

}  // namespace locksmith::doctor::survey
