// The words for shapes and flaws.
#include <array>

#include "model/credential/credential.h"

namespace locksmith::model::credential {

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

}  // namespace locksmith::model::credential
