// A plain string is no id until somebody says which one.
// expect: could not convert | no viable conversion | invalid initialization | conversion from
#include "vocabulary/strong.h"

static std::size_t length(const locksmith::ModelId& id) { return id.value().size(); }

int main() {
#ifdef OFFENDING
  return static_cast<int>(length(std::string("claude")));
#else
  return static_cast<int>(length(locksmith::ModelId("claude")));
#endif
}
