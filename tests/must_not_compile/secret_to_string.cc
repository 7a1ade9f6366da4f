// Nor into a string.
// expect: no matching function for call to | no matching conversion | no matching constructor
#include <string>

#include "vocabulary/secret.h"

int main() {
  const locksmith::Secret secret("bytes");
#ifdef OFFENDING
  const std::string text(secret);
#else
  const std::string text(secret.reveal());
#endif
  return static_cast<int>(text.size());
}
