#include "doctor/survey/search.h"

#include <algorithm>
#include <array>

#include "model/credential/credential.h"
#include "vocabulary/text.h"

namespace locksmith::doctor::survey {
namespace {

using model::credential::Shape;

constexpr std::array<std::string_view, 3> kNames{"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"};
// Other spellings of the first, which are further from it than a slip of the finger.
constexpr std::array<std::string_view, 10> kOtherWords{"anthropic_key",   "anthropic_token", "anthropic_apikey", "claude_key",     "claude_api_key",
                                                       "claude_apikey",   "claude_token",    "claude_code_key",  "claude_code_api_key", "anthropic_secret_key"};
// What build tools ask for before a name that a web page may see, and what people add for a stage.
constexpr std::array<std::string_view, 17> kPrefixes{"next_public_", "vite_", "react_app_", "expo_public_", "nuxt_public_", "nuxt_", "vue_app_", "gatsby_", "public_",
                                                     "my_",          "app_",  "prod_",      "production_",  "staging_",     "dev_",  "test_",    "secret_"};
constexpr std::size_t kSlips = 2;         // letters that may differ
constexpr std::size_t kShortestValue = 20;  // of a value without a known form; virtual keys of gateways are as short

bool is_claudes(std::string_view value) {
  const Shape shape = model::credential::examine(value).shape;
  return shape == Shape::api_key || shape == Shape::oauth_token;
}

}  // namespace

std::string_view meant_name(std::string_view name) {
  if (name.size() > 64) return {};
  const std::string lowered = lower_case(name);
  std::string_view bare = lowered;
  for (const std::string_view prefix : kPrefixes) {
    if (bare.starts_with(prefix)) bare.remove_prefix(prefix.size());
  }
  for (const std::string_view known : kNames) {
    if (edit_distance(bare, lower_case(known)) <= kSlips) return known;
  }
  return std::ranges::find(kOtherWords, bare) != kOtherWords.end() ? kNames.front() : std::string_view{};
}

bool holds_stray_credential(std::string_view name, std::string_view value) {
  if (name.starts_with("LOCKSMITH_") || name == "_" || value.empty()) return false;
  if (is_claudes(value)) return true;
  if (meant_name(name).empty()) return false;
  const auto examined = model::credential::examine(value);
  if (examined.shape == Shape::admin_key || examined.shape == Shape::other_provider) return false;
  return examined.shape != Shape::unknown || (value.size() >= kShortestValue && value.find_first_of(" /") == std::string_view::npos);
}

std::string_view file_variable(std::string_view name) {
  if (!lower_case(name).ends_with("_file")) return {};
  return meant_name(name.substr(0, name.size() - 5));
}

}  // namespace locksmith::doctor::survey
