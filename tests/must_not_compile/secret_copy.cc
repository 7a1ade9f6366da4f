// A Secret is not copied silently; duplicate() says it.
// expect: use of deleted function | call to deleted constructor
#include "vocabulary/secret.h"

int main() {
  const locksmith::Secret a("bytes");
#ifdef OFFENDING
  const locksmith::Secret b = a;
#else
  const locksmith::Secret b = a.duplicate();
#endif
  return static_cast<int>(b.size());
}
