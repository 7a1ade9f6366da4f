#include "gateway/authenticate.h"

#include "vocabulary/character.h"
#include "wire/digest/sha256.h"
#include "wire/http1/fields.h"

namespace locksmith::gateway {
namespace {

using model::tenant::KeyForm;
using model::tenant::KeyState;

// Bearer is case-insensitive (RFC 9110 section 11.1).
bool take_bearer(std::string_view value, std::string_view& token) {
  constexpr std::string_view kScheme = "bearer";
  if (value.size() <= kScheme.size() || !wire::http1::same_name(value.substr(0, kScheme.size()), kScheme)) return false;
  if (value[kScheme.size()] != ' ') return false;
  token = value.substr(kScheme.size() + 1);
  token = trimmed_left(token, [](char c) { return c == ' '; });
  return !token.empty() && token.find(' ') == std::string_view::npos;
}

Why why_of(KeyForm form, std::string_view text) {
  switch (form) {
    case KeyForm::good:
      return Why::none;
    case KeyForm::other_prefix:
      return text.starts_with("sk-ant-") ? Why::provider_key : Why::key_foreign;
    case KeyForm::wrong_length:
      return Why::key_cut;
    case KeyForm::wrong_character:
    case KeyForm::wrong_checksum:
      return Why::key_damaged;
  }
  return Why::key_foreign;
}

}  // namespace

Authenticated authenticate(const Admitted& request, const KeyRing& keys, Instant now) {
  if (request.repeated_credential) return {Why::credentials_differ};
  std::string_view text = request.api_key;
  if (request.has_authorization && !request.authorization.empty()) {
    std::string_view token;
    if (!take_bearer(request.authorization, token)) return {Why::credential_unsendable};
    if (!text.empty() && text != token) return {Why::credentials_differ};
    text = token;
  }
  if (text.empty()) return {Why::credential_missing};
  if (const Why why = why_of(model::tenant::examine_key(text), text); why != Why::none) return {why};
  const KnownKey* const known = keys.find(wire::digest::sha256(text));
  if (known == nullptr) return {Why::key_unknown};
  if (known->key.state == KeyState::revoked) return {Why::key_revoked, known};
  if (known->key.state == KeyState::suspended) return {Why::key_suspended, known};
  if (known->key.expires && now >= *known->key.expires) return {Why::key_expired, known};
  return {Why::none, known};
}

}  // namespace locksmith::gateway
