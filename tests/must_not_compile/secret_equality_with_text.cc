// Nor is a Secret compared with plain text by ==.
// expect: no match for 'operator==' | invalid operands to binary expression | use of deleted function
#include "vocabulary/secret.h"

int main() {
  const locksmith::Secret a("bytes");
#ifdef OFFENDING
  return a == std::string_view("bytes") ? 0 : 1;
#else
  return a.equals("bytes") ? 0 : 1;
#endif
}
