// Strong<Tag, T>: a value that means one thing only. A request id cannot be passed where a workspace id is wanted.
#pragma once

#include <compare>
#include <string>
#include <utility>

namespace locksmith::inline vocabulary {

template <class Tag, class T = std::string>
class Strong {
 public:
  Strong() = default;
  explicit Strong(T value) : value_(std::move(value)) {}
  const T& value() const { return value_; }
  friend auto operator<=>(const Strong&, const Strong&) = default;

 private:
  T value_{};
};

using RequestId = Strong<struct RequestIdTag>;            // the API's own: req_…
using OrganizationId = Strong<struct OrganizationIdTag>;  // a UUID
using WorkspaceId = Strong<struct WorkspaceIdTag>;        // wrkspc_…
using ModelId = Strong<struct ModelIdTag>;                // claude-…

}  // namespace locksmith::inline vocabulary
