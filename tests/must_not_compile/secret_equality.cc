// == would compare in variable time; equals() does not.
// expect: use of deleted function | overload resolution selected deleted operator
#include "vocabulary/secret.h"

int main() {
  const locksmith::Secret a("bytes");
  const locksmith::Secret b("bytes");
#ifdef OFFENDING
  return a == b ? 0 : 1;
#else
  return a.equals(b) ? 0 : 1;
#endif
}
