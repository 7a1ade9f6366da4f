// LOCKSMITH_ASSERT: our own mistakes end the program, in release builds too.
//
// What the outside causes is never asserted: it is a Failure (failure.h). The message holds the expression and the place,
// never a value, because a value could be a secret.
#pragma once

namespace locksmith::inline vocabulary {

// Prints "file:line: assertion failed: expression" to stderr and aborts. Any thread.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace locksmith::inline vocabulary

#define LOCKSMITH_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::locksmith::assertion_failed(#condition, __FILE__, __LINE__))
