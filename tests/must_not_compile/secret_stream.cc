// No stream prints a Secret.
// expect: use of deleted function | overload resolution selected deleted operator
#include <iostream>

#include "vocabulary/secret.h"

int main() {
  const locksmith::Secret secret("bytes");
#ifdef OFFENDING
  std::cout << secret;
#else
  std::cout << secret.size();
#endif
}
