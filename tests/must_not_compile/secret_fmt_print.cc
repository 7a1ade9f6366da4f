// fmt does not print a Secret, also not with the stream formatter in sight.
// expect: Cannot format an argument | use of deleted function | selected deleted operator
#include <fmt/core.h>
#include <fmt/ostream.h>

#include "vocabulary/secret.h"

int main() {
  const locksmith::Secret secret("bytes");
#ifdef OFFENDING
  fmt::print("{}", secret);
#else
  fmt::print("{}", secret.size());
#endif
}
