#include "gateway/authenticate.h"

#include "vocabulary/character.h"
#include "wire/digest/sha256.h"

namespace locksmith::gateway {
namespace {

using model::tenant::KeyForm;
using model::tenant::KeyState;

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
  if (request.credentials_differ) return {Why::credentials_differ};
  const std::string_view text = request.own_key.empty() ? request.foreign : request.own_key;
  if (text.empty()) return {request.no_bearer ? Why::credential_unsendable : Why::credential_missing};
  if (const Why why = why_of(model::tenant::examine_key(text), text); why != Why::none) return {why};
  const KnownKey* const known = keys.find(wire::digest::sha256(text));
  if (known == nullptr) return {Why::key_unknown};
  if (known->key.state == KeyState::revoked) return {Why::key_revoked, known};
  if (known->key.state == KeyState::suspended) return {Why::key_suspended, known};
  if (known->key.expires && now >= *known->key.expires) return {Why::key_expired, known};
  return {Why::none, known};
}

}  // namespace locksmith::gateway
