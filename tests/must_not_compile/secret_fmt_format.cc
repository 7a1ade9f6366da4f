// fmt does not format a Secret.
// expect: Cannot format an argument
#include <fmt/core.h>

#include "vocabulary/secret.h"

int main() {
  const locksmith::Secret secret("bytes");
#ifdef OFFENDING
  return static_cast<int>(fmt::format("{}", secret).size());
#else
  return static_cast<int>(fmt::format("{}", secret.size()).size());
#endif
}
