// For the same reason it is no key of an unordered container.
// expect: use of deleted function | implicitly-deleted default constructor | implicitly deleted
#include <unordered_set>

#include "vocabulary/secret.h"

int main() {
#ifdef OFFENDING
  std::unordered_set<locksmith::Secret> seen;
#else
  std::unordered_set<std::size_t> seen;
#endif
  return static_cast<int>(seen.size());
}
