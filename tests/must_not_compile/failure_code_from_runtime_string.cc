// A FailureCode is a literal, so that every one that is emitted can be found.
// expect: no matching function for call to | no matching conversion
#include "vocabulary/failure.h"

int main(int, char** argv) {
#ifdef OFFENDING
  const locksmith::FailureCode code(std::string_view{argv[0]});
#else
  const locksmith::FailureCode code("a_literal");
  static_cast<void>(argv);
#endif
  return static_cast<int>(code.name().size());
}
