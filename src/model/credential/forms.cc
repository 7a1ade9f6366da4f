#include "model/credential/forms.h"

#include <algorithm>
#include <array>

#include "vocabulary/text.h"

namespace locksmith::model::credential {
namespace {

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  return !std::ranges::search(text, part, [](char a, char b) { return lower_case(a) == lower_case(b); }).empty();
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

bool looks_like_jwt(std::string_view core) {
  return core.starts_with("eyJ") && std::ranges::count(core, '.') == 2;
}

// Azure's keys have no prefix: 32 hexadecimal digits, or, since 2024, 84 characters with a mark in the last third.
bool looks_like_azure(std::string_view core) {
  if (core.size() == 32) return std::ranges::all_of(core, is_hex_digit);
  return core.size() == 84 && core.find("JQQJ99") != std::string_view::npos;
}

}  // namespace

bool is_key_char(char c) {
  return is_name_char(c) || c == '-';
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::ranges::equal(text.substr(0, prefix.size()), prefix, [](char a, char b) { return lower_case(a) == lower_case(b); });
}

std::string_view known_reference(std::string_view core) {
  for (const KnownReference& known : kReferences) {
    if (!starts_with_ignoring_case(core, known.prefix)) continue;
    if (known.prefix == "projects/" && core.find("/secrets/") == std::string_view::npos) continue;
    return known.provider;
  }
  return {};
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

}  // namespace locksmith::model::credential
