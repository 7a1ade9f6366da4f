#include "model/credential/credential.h"

#include <algorithm>
#include <array>

#include "vocabulary/base64.h"
#include "vocabulary/text.h"

namespace locksmith::model::credential {
namespace {

constexpr std::size_t kApiKeyLength = 108;    // prefix 13 + 93 + "AA"
constexpr std::size_t kAdminKeyLength = 110;  // prefix 15 + 93 + "AA"
// Login tokens have about 108 characters; one client refuses set-up tokens under 80, and a paste of 90 was a cut one.
constexpr std::size_t kShortestToken = 80;
// Of a shorter value four characters would be too much of it.
constexpr std::size_t kShowTailFrom = 24;

bool is_key_char(char c) {
  return is_name_char(c) || c == '-';
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::ranges::equal(text.substr(0, prefix.size()), prefix, [](char a, char b) { return lower_case(a) == lower_case(b); });
}

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  return !std::ranges::search(text, part, [](char a, char b) { return lower_case(a) == lower_case(b); }).empty();
}

// ASCII quotes, the backtick, and the curly quotes that word processors make (UTF-8).
constexpr std::array<std::string_view, 9> kQuotes{"\"", "'", "`", "“", "”", "‘", "’", "«", "»"};

std::size_t leading_quote(std::string_view text) {
  for (const std::string_view quote : kQuotes) {
    if (text.starts_with(quote)) return quote.size();
  }
  return 0;
}

std::size_t trailing_quote(std::string_view text) {
  for (const std::string_view quote : kQuotes) {
    if (text.ends_with(quote)) return quote.size();
  }
  return 0;
}

// Length of "NAME=", "export NAME=", "$env:NAME = " at the start, or 0.
std::size_t assignment(std::string_view text) {
  std::size_t i = 0;
  for (const std::string_view word : {"export ", "set ", "setx ", "$env:", "env "}) {
    if (starts_with_ignoring_case(text, word)) i = word.size();
  }
  const std::size_t name_start = i;
  while (i < text.size() && (is_key_char(text[i]) && text[i] != '-')) ++i;
  constexpr std::size_t kLongestName = 64;  // what is longer is a value: base64 ends in "=" too
  if (i - name_start < 3 || i - name_start > kLongestName || (i < text.size() && text.substr(name_start).starts_with("sk"))) return 0;
  const bool has_letter = std::ranges::any_of(text.substr(name_start, i - name_start),
                                              is_letter);
  while (i < text.size() && is_blank(text[i])) ++i;
  if (!has_letter || i >= text.size() || (text[i] != '=' && text[i] != ':')) return 0;
  ++i;
  while (i < text.size() && is_blank(text[i])) ++i;
  return i < text.size() ? i : 0;
}

// What secret stores' own tools put in a value's place, to be resolved when a program starts: 1Password's, Vault's and the clouds'
// documentation of November 2026.
struct KnownReference {
  std::string_view prefix;
  std::string_view provider;
};
constexpr KnownReference kReferences[] = {
    {"op://", "1password"},
    {"{{ op://", "1password"},
    {"{{op://", "1password"},
    {"arn:aws:secretsmanager:", "aws"},
    {"arn:aws:ssm:", "aws"},
    {"arn:aws-cn:secretsmanager:", "aws"},
    {"arn:aws-us-gov:secretsmanager:", "aws"},
    {"{{resolve:", "aws"},
    {"secretsmanager:", "aws"},
    {"ssm:", "aws"},
    {"ssm-secure:", "aws"},
    {"aws-sm://", "aws"},
    {"awssm://", "aws"},
    {"awsssm://", "aws"},
    {"@Microsoft.KeyVault(", "azure"},
    {"secretref:", "azure"},
    {"azurekeyvault://", "azure"},
    {"keyvault://", "azure"},
    {"projects/", "google"},
    {"gcp-secret:", "google"},
    {"gcpsecretmanager://", "google"},
    {"sm://", "google"},
    {"berglas://", "google"},
    {"vault:", "vault"},
    {"vault://", "vault"},
    {"hashivault://", "vault"},
    {"ref+", "vals"},
    {"secret://", "a secret store"},
    {"doppler://", "doppler"},
    {"infisical://", "infisical"},
    {"bws://", "bitwarden"},
    {"bw://", "bitwarden"},
    {"keeper://", "keeper"},
    {"keychain:", "keychain"},
    {"keyring:", "keyring"},
    {"pass:", "pass"},
    {"ENC[", "sops"},
    {"!vault", "ansible"},
    {"$ANSIBLE_VAULT", "ansible"},
    {"valueFrom:", "kubernetes"},
    {"secretKeyRef:", "kubernetes"},
};

std::string_view known_reference(std::string_view core) {
  for (const KnownReference& known : kReferences) {
    if (!starts_with_ignoring_case(core, known.prefix)) continue;
    if (known.prefix == "projects/" && core.find("/secrets/") == std::string_view::npos) continue;
    return known.provider;
  }
  return {};
}

struct Peeled {
  std::string_view core;
  bool quoted = false;
  bool bearer = false;
  bool assigned = false;
  bool doubled = false;
  bool surplus = false;
};

// The whole credential of Claude's that stands in a longer text; empty where there is none. An API or Admin key has a fixed
// length and ends in AA; of a token only its least length is known, so that it ends where no character of a key follows.
std::string_view whole_credential(std::string_view text) {
  struct Kind {
    std::string_view prefix;
    std::size_t length;  // 0: not fixed
  };
  for (const Kind& kind : {Kind{"sk-ant-api03-", kApiKeyLength}, Kind{"sk-ant-admin01-", kAdminKeyLength}, Kind{"sk-ant-oat01-", 0},
                           Kind{"sk-ant-ort01-", 0}, Kind{"sk-ant-sid01-", 0}}) {
    const std::size_t at = text.find(kind.prefix);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = text.substr(at);
    const std::size_t run = static_cast<std::size_t>(std::ranges::find_if_not(rest, is_key_char) - rest.begin());
    if (kind.length == 0) return run >= kShortestToken ? rest.substr(0, run) : std::string_view{};
    const std::string_view key = rest.substr(0, std::min(run, kind.length));
    return key.size() == kind.length && key.ends_with("AA") ? key : std::string_view{};
  }
  return {};
}

Peeled peel(std::string_view value) {
  Peeled p{.core = trimmed(value)};
  // The layers come in any order and may repeat: "export KEY='Bearer …'".
  for (bool again = true; again && !p.core.empty();) {
    again = false;
    if (!known_reference(p.core).empty()) break;  // its first word ends in a colon, as a name does
    if (const std::size_t n = assignment(p.core); n != 0) {
      p.core = trimmed(p.core.substr(n));
      p.assigned = again = true;
    }
    const std::size_t open = leading_quote(p.core);
    const std::size_t close = trailing_quote(p.core);
    if ((open != 0 || close != 0) && p.core.size() > open + close) {
      p.core = trimmed(p.core.substr(open, p.core.size() - open - close));
      p.quoted = again = true;
    }
    for (const std::string_view scheme : {"bearer ", "bearer:", "x-api-key:", "authorization:"}) {
      if (starts_with_ignoring_case(p.core, scheme)) {
        p.core = trimmed(p.core.substr(scheme.size()));
        p.bearer = again = true;
      }
    }
  }
  if (p.core.size() >= 40) {
    const std::size_t second = p.core.find("sk-ant-", 7);
    const std::size_t half = p.core.size() / 2;
    if (p.core.starts_with("sk-ant-") && second != std::string_view::npos) {
      p.core = trimmed(p.core.substr(0, second));
      p.doubled = true;
    } else if (p.core.size() % 2 == 0 && p.core.substr(0, half) == p.core.substr(half)) {
      p.core = p.core.substr(0, half);
      p.doubled = true;
    }
  }
  const std::string_view whole = whole_credential(p.core);
  if (!whole.empty() && whole.size() < p.core.size()) {
    // Invisible characters around it are a flaw of their own.
    const std::size_t before = static_cast<std::size_t>(whole.data() - p.core.data());
    const auto around = [&](std::string_view part) { return std::ranges::none_of(part, is_ascii); };
    p.surplus = !around(p.core.substr(0, before)) || !around(p.core.substr(before + whole.size()));
    if (p.surplus) p.core = whole;
  }
  return p;
}

struct KnownPrefix {
  std::string_view prefix;
  Shape shape;
  std::string_view provider;
};

// Prefixes as the providers document them or the public secret scanners match them. The longer stands before the shorter.
constexpr KnownPrefix kPrefixes[] = {
    {"sk-ant-api01-", Shape::scoped_key, ""},
    {"sk-ant-api", Shape::api_key, ""},
    {"sk-ant-admin", Shape::admin_key, ""},
    {"sk-ant-oat", Shape::oauth_token, ""},
    {"sk-ant-ort", Shape::refresh_token, ""},
    {"sk-ant-sid", Shape::session_key, ""},
    {"apikey_01", Shape::key_id, ""},
    {"fig_", Shape::virtual_key, ""},
    {"lks_", Shape::virtual_key, ""},
    {"lsk-", Shape::virtual_key, ""},
    {"sk-litellm-", Shape::virtual_key, ""},
    {"sk-or-", Shape::other_provider, "openrouter"},
    {"sk-proj-", Shape::other_provider, "openai"},
    {"sk-svcacct-", Shape::other_provider, "openai"},
    {"sk-lf-", Shape::other_provider, "langfuse"},
    {"AIza", Shape::other_provider, "google"},
    {"ya29.", Shape::other_provider, "google"},
    {"gsk_", Shape::other_provider, "groq"},
    {"xai-", Shape::other_provider, "xai"},
    {"pplx-", Shape::other_provider, "perplexity"},
    {"hf_", Shape::other_provider, "huggingface"},
    {"r8_", Shape::other_provider, "replicate"},
    {"nvapi-", Shape::other_provider, "nvidia"},
    {"ghp_", Shape::other_provider, "github"},
    {"gho_", Shape::other_provider, "github"},
    {"ghu_", Shape::other_provider, "github"},
    {"ghs_", Shape::other_provider, "github"},
    {"github_pat_", Shape::other_provider, "github"},
    {"glpat-", Shape::other_provider, "gitlab"},
    {"AKIA", Shape::other_provider, "aws"},
    {"ASIA", Shape::other_provider, "aws"},
    {"bedrock-api-key-", Shape::other_provider, "bedrock"},
    {"ABSK", Shape::other_provider, "bedrock"},
    {"tgp_v1_", Shape::other_provider, "together"},
    {"fw_", Shape::other_provider, "fireworks"},
    {"sgp_", Shape::other_provider, "sourcegraph"},
    {"csk-", Shape::other_provider, "cerebras"},
    {"dapi", Shape::other_provider, "databricks"},
    {"tvly-", Shape::other_provider, "tavily"},
    {"jina_", Shape::other_provider, "jina"},
    {"pa-", Shape::other_provider, "voyage"},
    {"vck_", Shape::other_provider, "vercel"},
    {"npm_", Shape::other_provider, "npm"},
    {"xoxb-", Shape::other_provider, "slack"},
    {"xoxp-", Shape::other_provider, "slack"},
    {"sk_live_", Shape::other_provider, "stripe"},
    {"sk_test_", Shape::other_provider, "stripe"},
    {"rk_live_", Shape::other_provider, "stripe"},
    {"SG.", Shape::other_provider, "sendgrid"},
    {"lin_api_", Shape::other_provider, "linear"},
    {"glsa_", Shape::other_provider, "grafana"},
};

// "${NAME}", "$NAME", "$(command)", "{{ name }}", "%NAME%": for somebody else to fill in.
bool looks_like_template(std::string_view core) {
  return core.starts_with("${") || core.starts_with("$(") || core.starts_with("{{") || core.starts_with("<%") ||
         (core.starts_with('$') && core.size() > 1 && (is_key_char(core[1]) || core[1] == '{')) ||
         (core.starts_with('%') && core.ends_with('%') && core.size() > 2);
}

std::string_view reference_provider(std::string_view core) {
  const std::string_view known = known_reference(core);
  return known.empty() && looks_like_template(core) ? "a template" : known;
}

// The text that base64 stands for; empty where it is no base64 of text.
Secret text_of_base64(std::string_view text) {
  std::string out;
  Base64Reader reader;
  for (const char c : trimmed_right(text, [](char last) { return last == '='; })) {
    const auto took = reader.take(c);
    if (took == Base64Reader::Took::nothing) continue;
    const char byte = reader.byte();
    const bool printable = is_ascii(byte) && byte != 0x7F && (byte >= ' ' || is_line_break(byte));
    if (took == Base64Reader::Took::foreign || !printable) {
      wipe(out.data(), out.size());
      return {};
    }
    out += byte;
  }
  Secret decoded(out);
  wipe(out.data(), out.size());
  return decoded;
}

constexpr std::size_t kLongestEncoded = 1024;  // thrice the length of a key that was encoded twice

// What stands in base64 of a credential of Claude's, at most twice encoded; empty where nothing does.
Secret decoded_credential(std::string_view core) {
  if (core.size() < 40 || core.size() > kLongestEncoded || core.find("sk-ant-") != std::string_view::npos) return {};
  Secret text = text_of_base64(core);
  for (int again = 0; again < 2 && !text.empty(); ++again) {
    if (trimmed(text.reveal()).starts_with("sk-ant-")) return text;
    text = text_of_base64(trimmed(text.reveal()));
  }
  return {};
}

bool looks_masked(std::string_view core) {
  return core.find("...") != std::string_view::npos || core.find("…") != std::string_view::npos ||
         core.find("***") != std::string_view::npos || core.find("•") != std::string_view::npos ||
         core.find("●") != std::string_view::npos;
}

bool looks_like_placeholder(std::string_view core) {
  if (core.starts_with("<") || core.starts_with("$") || core.starts_with("%")) return true;
  for (const std::string_view word :
       {"your-", "your_", "yourkey", "your key", "my-key", "my_key", "my-api", "xxxx", "placeholder", "changeme", "change-me",
        "change_me", "replace", "dummy", "example", "insert", "api-key-here", "key-here", "key_here", "todo", "process.env",
        "os.environ", "anthropic_api_key"}) {
    if (contains_ignoring_case(core, word)) return true;
  }
  // "none", "null", "test": what programs write where a value is demanded.
  for (const std::string_view word : {"none", "null", "undefined", "nil", "test", "key", "api_key", "secret", "sk-ant-"}) {
    if (core.size() == word.size() && starts_with_ignoring_case(core, word)) return true;
  }
  return false;
}

// A key of Claude's whose first characters were not copied: a rest of its prefix, then as much as a whole one has behind it. Of a
// token the length is not known, so that more of the prefix must be there; of an API key its body alone is enough.
Shape lost_its_beginning(std::string_view core) {
  constexpr std::size_t kBody = 95;
  struct Kind {
    std::string_view prefix;
    Shape shape;
    bool fixed;
  };
  if (!std::ranges::all_of(core, is_key_char)) return Shape::unknown;
  for (const Kind& kind : {Kind{"sk-ant-api03-", Shape::api_key, true}, Kind{"sk-ant-admin01-", Shape::admin_key, true}, Kind{"sk-ant-oat01-", Shape::oauth_token, false}}) {
    constexpr std::size_t kTokenMark = 6;  // "oat01-"
    const std::size_t least = kind.fixed ? 0 : kTokenMark;
    for (std::size_t lost = 1; lost + least <= kind.prefix.size(); ++lost) {
      const std::string_view rest = kind.prefix.substr(lost);
      if (!core.starts_with(rest)) continue;
      const std::string_view body = core.substr(rest.size());
      if (kind.fixed ? body.size() == kBody && body.ends_with("AA") : kind.prefix.size() + body.size() >= kShortestToken) return kind.shape;
    }
  }
  return Shape::unknown;
}

bool looks_like_jwt(std::string_view core) {
  return core.starts_with("eyJ") && std::ranges::count(core, '.') == 2;
}

// Azure's keys have no prefix: 32 hexadecimal digits, or, since 2024, 84 characters with a mark in the last third.
bool looks_like_azure(std::string_view core) {
  if (core.size() == 32) return std::ranges::all_of(core, is_hex_digit);
  return core.size() == 84 && core.find("JQQJ99") != std::string_view::npos;
}

Shape classify(std::string_view core, std::string& provider) {
  if (core.empty()) return Shape::unknown;
  const bool ours = core.starts_with("sk-ant-");
  if (looks_masked(core) && (ours || core.starts_with("sk-"))) return Shape::masked;
  if (const std::string_view whose = reference_provider(core); !whose.empty()) {
    provider = whose;
    return Shape::reference;
  }
  if (core.size() < 60 && looks_like_placeholder(core)) return Shape::placeholder;
  for (const KnownPrefix& known : kPrefixes) {
    if (core.starts_with(known.prefix)) {
      provider = known.provider;
      return known.shape;
    }
  }
  if (const Shape cut = lost_its_beginning(core); cut != Shape::unknown) return cut;
  if (looks_masked(core)) return Shape::masked;
  if (looks_like_placeholder(core)) return Shape::placeholder;
  if (looks_like_jwt(core)) return Shape::federated_token;
  if (looks_like_azure(core)) {
    provider = "azure";
    return Shape::other_provider;
  }
  if (!ours && core.starts_with("sk-")) {
    // OpenAI's old keys have 51 characters; LiteLLM's virtual keys "sk-" and 22. Between them nobody can tell.
    if (core.size() <= 30) return Shape::virtual_key;
    provider = "openai";
    return Shape::other_provider;
  }
  return Shape::unknown;
}

bool is_truncated(std::string_view core, Shape shape) {
  switch (shape) {
    case Shape::api_key:
      return core.size() < kApiKeyLength || (core.size() == kApiKeyLength && !core.ends_with("AA"));
    case Shape::admin_key:
      return core.size() < kAdminKeyLength;
    case Shape::oauth_token:
    case Shape::refresh_token:
      return core.size() < kShortestToken;
    default:
      return false;
  }
}

std::string_view known_prefix(std::string_view core) {
  if (core.starts_with("sk-ant-")) {
    const std::size_t dash = core.find('-', 7);
    return dash != std::string_view::npos && dash < 20 ? core.substr(0, dash + 1) : core.substr(0, 7);
  }
  for (const KnownPrefix& known : kPrefixes) {
    if (core.starts_with(known.prefix)) return known.prefix;
  }
  return core.starts_with("sk-") ? core.substr(0, 3) : std::string_view{};
}

}  // namespace

std::string_view name(Shape shape) {
  switch (shape) {
    case Shape::api_key:
      return "api-key";
    case Shape::admin_key:
      return "admin-key";
    case Shape::scoped_key:
      return "scoped-key";
    case Shape::oauth_token:
      return "oauth-token";
    case Shape::refresh_token:
      return "refresh-token";
    case Shape::session_key:
      return "session-key";
    case Shape::federated_token:
      return "federated-token";
    case Shape::virtual_key:
      return "virtual-key";
    case Shape::other_provider:
      return "other-provider";
    case Shape::key_id:
      return "key-id";
    case Shape::placeholder:
      return "placeholder";
    case Shape::reference:
      return "reference";
    case Shape::masked:
      return "masked";
    case Shape::unknown:
      return "unknown";
  }
  return "unknown";
}

std::string_view to_words(Shape shape) {
  switch (shape) {
    case Shape::api_key:
      return "an API key";
    case Shape::admin_key:
      return "an Admin API key";
    case Shape::scoped_key:
      return "a compliance or enterprise key";
    case Shape::oauth_token:
      return "a login (OAuth) token";
    case Shape::refresh_token:
      return "a refresh token";
    case Shape::session_key:
      return "a claude.ai session key";
    case Shape::federated_token:
      return "an identity token (JWT)";
    case Shape::virtual_key:
      return "a gateway's own key";
    case Shape::other_provider:
      return "another provider's key";
    case Shape::key_id:
      return "the id of a key, not the key";
    case Shape::placeholder:
      return "a placeholder";
    case Shape::reference:
      return "a reference to a secret store, not the secret";
    case Shape::masked:
      return "a masked key, as a console shows it";
    case Shape::unknown:
      return "no known kind of credential";
  }
  return "no known kind of credential";
}

std::string_view name(Flaw flaw) {
  constexpr std::array<std::string_view, kFlaws> kNames{
      "leading-space", "trailing-space",   "trailing-newline", "carriage-return", "quoted",              "non-ascii",
      "truncated",     "embedded-newline", "inner-whitespace", "bearer-prefixed", "assignment-prefixed", "doubled",
      "surplus",       "base64",           "wrong-case"};
  return kNames[static_cast<std::size_t>(flaw)];
}

std::string_view to_words(Flaw flaw) {
  constexpr std::array<std::string_view, kFlaws> kWords{"a space at the start",
                                                        "a space at the end",
                                                        "a line break at the end",
                                                        "a carriage return (Windows line end)",
                                                        "quotes that became part of it",
                                                        "a character outside ASCII",
                                                        "a length or ending that no whole key has",
                                                        "a line break in the middle",
                                                        "white space inside",
                                                        "a header name or the word Bearer before it",
                                                        "NAME= before it",
                                                        "the same key twice",
                                                        "something else before or behind a whole key",
                                                        "base64 around it",
                                                        "letters whose case was changed"};
  return kWords[static_cast<std::size_t>(flaw)];
}

std::string_view core(std::string_view value) { return peel(value).core; }

Secret meant(std::string_view value) {
  const std::string_view inner = core(value);
  if (Secret decoded = decoded_credential(inner); !decoded.empty()) return Secret(core(decoded.reveal()));
  if (inner.find('\n') == std::string_view::npos && !std::ranges::any_of(inner, is_blank)) return Secret(inner);
  std::string joined;
  for (const char c : inner) {
    if (!is_blank(c) && !is_line_break(c)) joined += c;
  }
  Secret whole(joined);
  wipe(joined.data(), joined.size());
  return whole;
}

std::string_view as_sent(std::string_view value) {
  return trimmed(value, is_blank);
}

Examined examine(std::string_view value) {
  Examined result;
  result.length = value.size();
  if (value.empty()) return result;
  const Peeled p = peel(value);
  const Secret decoded = decoded_credential(p.core);
  const bool wrong_case = starts_with_ignoring_case(p.core, "sk-ant-") && !p.core.starts_with("sk-ant-");
  const std::string lowered = wrong_case ? lower_case(p.core.substr(0, 20)) : std::string();
  result.shape = classify(!decoded.empty() ? core(decoded.reveal()) : wrong_case ? std::string_view(lowered) : p.core, result.provider);
  const auto note = [&](Flaw flaw, bool holds) {
    if (holds) result.flaws.push_back(flaw);
  };
  const std::string_view unbroken = [&] {
    std::string_view v = value;
    while (!v.empty() && is_line_break(v.back())) v.remove_suffix(1);
    return v;
  }();
  note(Flaw::leading_space, is_blank(value.front()));
  note(Flaw::trailing_space, !unbroken.empty() && is_blank(unbroken.back()));
  note(Flaw::trailing_newline, value.back() == '\n');
  note(Flaw::carriage_return, value.find('\r') != std::string_view::npos);
  note(Flaw::quoted, p.quoted);
  note(Flaw::non_ascii, result.shape != Shape::masked && std::ranges::any_of(p.core, [](char c) {
                          const auto u = static_cast<unsigned char>(c);
                          return u >= 0x7F || (u < 0x20 && !is_line_break(c) && c != '\t');
                        }));
  note(Flaw::truncated, !p.doubled && !wrong_case && (is_truncated(!decoded.empty() ? core(decoded.reveal()) : p.core, result.shape) || lost_its_beginning(p.core) != Shape::unknown));
  note(Flaw::embedded_newline, p.core.find('\n') != std::string_view::npos);
  const bool is_stand_in = result.shape == Shape::placeholder || result.shape == Shape::reference;
  note(Flaw::inner_whitespace, !is_stand_in && std::ranges::any_of(p.core, is_blank));
  note(Flaw::bearer_prefixed, p.bearer);
  note(Flaw::assignment_prefixed, p.assigned);
  note(Flaw::doubled, p.doubled);
  note(Flaw::surplus, p.surplus);
  note(Flaw::base64, !decoded.empty());
  note(Flaw::wrong_case, wrong_case);
  if (p.core.size() >= kShowTailFrom && !is_stand_in && decoded.empty()) {
    const std::string_view tail = p.core.substr(p.core.size() - 4);
    if (std::ranges::all_of(tail, is_key_char)) result.tail = tail;
  }
  result.sendable = std::ranges::none_of(as_sent(value), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u < 0x20 || u == 0x7F || u >= 0x80;
  });
  return result;
}

std::string redacted(std::string_view value) {
  const std::string_view c = core(value);
  const std::string_view prefix = known_prefix(c);
  std::string out(prefix);
  out += "…";
  if (c.size() >= prefix.size() + kShowTailFrom) {
    const std::string_view tail = c.substr(c.size() - 4);
    if (std::ranges::all_of(tail, is_key_char)) out += tail;
  }
  return out;
}

}  // namespace locksmith::model::credential
