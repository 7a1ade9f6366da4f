// A Secret has no hash: equal secrets would meet in a table, and a table compares them in variable time.
// expect: use of deleted function | implicitly-deleted default constructor | does not provide a call operator
#include <functional>

#include "vocabulary/secret.h"

int main() {
#ifdef OFFENDING
  return static_cast<int>(std::hash<locksmith::Secret>{}(locksmith::Secret("bytes")));
#else
  return static_cast<int>(std::hash<std::size_t>{}(locksmith::Secret("bytes").size()));
#endif
}
