// Who may come in: by which name the server was asked, and with which credential.
//
// A browser lets any web page send requests to this machine, and a page whose own name is made to point here (DNS rebinding) may also
// read the answers. Both carry the page's name: in Host, or in Origin. So a name that is not this server's is refused before anything
// else is looked at. A literal address cannot be rebound and is always one of this server's names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "serving/message.h"
#include "vocabulary/secret.h"
#include "wire/http1/head.h"

namespace locksmith::serving {

// What a later sign-in implements with sessions.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // Nobody: nullopt. Constant in time for every credential of one length.
  virtual std::optional<Principal> who(const wire::http1::Fields& fields) const = 0;
  // Of a 401 (RFC 9110 section 11.6.1).
  virtual std::string challenge() const = 0;
};

// Authorization: Bearer TOKEN, of one token that all operators share.
class BearerToken final : public Authenticator {
 public:
  explicit BearerToken(Secret token) : token_(std::move(token)) {}
  std::optional<Principal> who(const wire::http1::Fields& fields) const override;
  std::string challenge() const override { return "Bearer realm=\"locksmith\""; }

 private:
  Secret token_;
};

// By its own names in lower case, without port; localhost and literal addresses are among them anyway.
bool is_own_name(std::string_view host, const std::vector<std::string>& names);

// Whether the request was meant for this server: Host, the target's own authority, and where something is to be changed Origin too.
bool is_meant_for(const wire::http1::RequestHead& head, const std::vector<std::string>& names);

}  // namespace locksmith::serving
