// A request id is not passed where a workspace id is wanted.
// expect: could not convert | no viable conversion | invalid initialization | conversion from
#include "vocabulary/strong.h"

static std::size_t length(const locksmith::WorkspaceId& id) { return id.value().size(); }

int main() {
#ifdef OFFENDING
  return static_cast<int>(length(locksmith::RequestId("req_1")));
#else
  return static_cast<int>(length(locksmith::WorkspaceId("wrkspc_1")));
#endif
}
