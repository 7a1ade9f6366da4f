// Failure and Result: how a function says that it could not do its work.
//
// A Failure is a value; it crosses every folder border. It has a stable code (listed in docs/failures.md, checked by
// tests/tidy), one clear sentence, and the next step. None of the three may hold a secret.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace locksmith::inline vocabulary {

// A stable, listed name such as "file_too_large". Constructed from a literal only, so that tests/tidy can find every
// one that is emitted; adding a code rebuilds nothing but the place that uses it.
class FailureCode {
 public:
  template <std::size_t N>
  consteval explicit FailureCode(const char (&name)[N]) : name_(name, N - 1) {}
  std::string_view name() const { return name_; }
  friend bool operator==(FailureCode a, FailureCode b) { return a.name_ == b.name_; }

 private:
  std::string_view name_;
};

// Whose move it is. Decides the exit code of the program (contract: 2 wrong use or unreadable input, 70 our fault).
enum class Blame : std::uint8_t {
  user,     // wrong use, or input that cannot be read as what it should be
  outside,  // the machine, the network or a peer did not do its part
  ours,     // a defect of this program
};

struct Failure {
  FailureCode code;
  std::string message;    // one sentence, without a secret
  std::string next_step;  // what to run or do now; empty where there is nothing to do
  Blame blame = Blame::outside;
};

template <class T>
using Result = std::expected<T, Failure>;

inline std::unexpected<Failure> fail(FailureCode code, std::string message, std::string next_step = {},
                                     Blame blame = Blame::outside) {
  return std::unexpected(Failure{code, std::move(message), std::move(next_step), blame});
}

}  // namespace locksmith::inline vocabulary
