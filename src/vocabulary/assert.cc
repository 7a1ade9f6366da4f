#include "vocabulary/assert.h"

#include <cstdio>
#include <cstdlib>

namespace locksmith::inline vocabulary {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr,
               "%s:%d: assertion failed: %s\n"
               "This is a defect in locksmith, not in your set-up. Please report this line.\n",
               file, line, expression);
  std::abort();
}

}  // namespace locksmith::inline vocabulary
