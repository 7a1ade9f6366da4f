// Secrets have no order: it would tell where two of them begin to differ.
// expect: no match for 'operator<' | invalid operands to binary expression
#include "vocabulary/secret.h"

int main() {
  const locksmith::Secret a("bytes");
  const locksmith::Secret b("bytes");
#ifdef OFFENDING
  return a < b ? 0 : 1;
#else
  return a.size() < b.size() ? 0 : 1;
#endif
}
