// Nor is it made of a character array that only exists at run time.
// expect: is not a constant expression | call to consteval function | is not usable in a constant expression
#include "vocabulary/failure.h"

int main(int argc, char**) {
#ifdef OFFENDING
  char name[] = "at_run_time";
  name[0] = static_cast<char>('a' + argc);
  const locksmith::FailureCode code(name);
#else
  const locksmith::FailureCode code("at_compile_time");
  static_cast<void>(argc);
#endif
  return static_cast<int>(code.name().size());
}
