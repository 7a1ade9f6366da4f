#include "doctor/examination/credential_headers.h"

namespace locksmith::doctor::examination {
namespace {

using survey::Header;

constexpr std::string_view kOauthBeta = "oauth-2025-04-20";  // SDK credentials/types.ts; without it a login token gets 401

Secret bearer(std::string_view value) {
  std::string text = "Bearer " + std::string(value);
  Secret secret(text);
  wipe(text.data(), text.size());
  return secret;
}

}  // namespace

void add_credential(upstream::Plan& plan, Header header, std::string_view value, survey::ClientKind client) {
  plan.headers.emplace_back("anthropic-version", survey::traits(client).version);
  if (header == Header::x_api_key || header == Header::both) plan.credentials.emplace_back("x-api-key", Secret(value));
  if (header != Header::x_api_key) plan.credentials.emplace_back("authorization", bearer(value));
  if (header == Header::bearer_oauth) plan.headers.emplace_back("anthropic-beta", kOauthBeta);
}

model::evidence::Fields shown_headers(const survey::Survey& survey) {
  model::evidence::Fields fields;
  fields.emplace_back("anthropic-version", survey::traits(survey.client).version);
  if (!survey.winner) return fields;
  const std::string kind = "<" + survey.held[*survey.winner].described.shape + ">";
  const Header header = survey.header;
  if (header == Header::x_api_key || header == Header::both) fields.emplace_back("x-api-key", kind);
  if (header != Header::x_api_key) fields.emplace_back("authorization", "Bearer " + kind);
  if (header == Header::bearer_oauth) fields.emplace_back("anthropic-beta", kOauthBeta);
  if (survey.second) {
    const std::string other = "<" + survey.held[*survey.second].described.shape + ">";
    fields.emplace_back(header == Header::x_api_key ? "authorization" : "x-api-key", header == Header::x_api_key ? "Bearer " + other : other);
  }
  return fields;
}

Header other_header(Header header) { return header == Header::x_api_key ? Header::bearer : Header::x_api_key; }

}  // namespace locksmith::doctor::examination
