// What can be said of a credential by looking at its text, without sending it anywhere: its kind, the ways in which it was
// damaged on its way here, and a form of it that may be shown.
//
// Source of the grammar: the scanners' and clients' own patterns (gitleaks, trufflehog, Claude Code) and the API's
// documentation on API keys, OAuth and Workload Identity Federation. There is no offline checksum: a text of the right
// form may still be no key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/secret.h"

namespace locksmith::model::credential {

enum class Shape : std::uint8_t {
  api_key,         // sk-ant-api03-
  admin_key,       // sk-ant-admin01-
  scoped_key,      // sk-ant-api01-: compliance access key, claude.ai enterprise admin key
  oauth_token,     // sk-ant-oat01-
  refresh_token,   // sk-ant-ort01-
  session_key,     // sk-ant-sid01-, sk-ant-sid02-
  federated_token, // a JWT, as used for the token exchange
  virtual_key,     // a gateway's own
  other_provider,  // Examined::provider says whose
  key_id,          // apikey_01…: the name of a key, not the key
  placeholder,
  reference,       // to a secret store, not resolved: op://…, arn:aws:secretsmanager:…; Examined::provider says whose
  masked,          // as a console shows it
  unknown,
};

// The word of the evidence document: "api-key", "other-provider", …
std::string_view name(Shape shape);
// For a sentence: "an API key", "a subscription login token".
std::string_view to_words(Shape shape);

enum class Flaw : std::uint8_t {
  leading_space,
  trailing_space,
  trailing_newline,
  carriage_return,
  quoted,
  non_ascii,
  truncated,
  embedded_newline,
  inner_whitespace,
  bearer_prefixed,
  assignment_prefixed,
  doubled,
  surplus,     // a whole credential with something else before or behind it: a comma, JSON, the next line of a file
  base64,      // once or twice encoded, and not decoded again
  wrong_case,  // its letters became capitals or small ones
};
inline constexpr std::size_t kFlaws = 15;

std::string_view name(Flaw flaw);      // the word of the evidence document: "trailing-newline"
std::string_view to_words(Flaw flaw);  // "a line break at the end"

struct Examined {
  Shape shape = Shape::unknown;
  std::string provider;      // of an other_provider: "openai", "google", …; of a reference: "1password", "aws", …
  std::vector<Flaw> flaws;   // in the order of the enumeration
  std::size_t length = 0;    // bytes of the raw value, flaws included
  std::string tail;          // the last 4 characters of the core, of long credentials only
  bool sendable = true;      // false: no HTTP client puts these bytes into a header (RFC 9110 section 5.5)
};

// Pure; linear in the value's length. An empty value has shape unknown, length 0.
Examined examine(std::string_view value);

// The value without what examine() found around it (spaces, quotes, line breaks, NAME=, Bearer, a comma, JSON): what was meant.
// A doubled value is halved. A view into `value`.
std::string_view core(std::string_view value);

// As core(), with base64 undone too, and a key that was wrapped joined again: what to try in the value's place.
Secret meant(std::string_view value);

// The value as a client sends it: surrounding white space that every HTTP library strips is gone, nothing else.
std::string_view as_sent(std::string_view value);

// "sk-ant-api03-…wXAA": enough to recognise, not enough to use. Never more than 4 characters of the secret part, and
// none of a short one.
std::string redacted(std::string_view value);

// The text with everything in it that looks like a credential replaced by its redacted form: Anthropic's kinds by their
// broad form, those of other well-known providers, values behind x-api-key and Authorization; also where
// its dashes are escaped for a URL or JSON, or a terminal's sequences stand in it. For all that we print.
std::string redact(std::string_view text);

}  // namespace locksmith::model::credential
