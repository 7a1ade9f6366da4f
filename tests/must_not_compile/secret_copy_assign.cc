// Nor is one assigned from another.
// expect: use of deleted function | is a deleted
#include "vocabulary/secret.h"

int main() {
  const locksmith::Secret a("bytes");
  locksmith::Secret b;
#ifdef OFFENDING
  b = a;
#else
  b = a.duplicate();
#endif
  return static_cast<int>(b.size());
}
