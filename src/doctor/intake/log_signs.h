// Does a log line bear on a failing call of the Claude API? The cheap first look: one table look-up a byte,
// no allocation. Broad on purpose: what passes is looked at closely, what does not pass is never seen again.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace locksmith::doctor::intake {

class LogSigns {
 public:
  enum Sign : std::uint8_t {
    claude = 1,   // it speaks of Claude: a host, a model, a class of the SDK, the API's own words
    failure = 2,  // something went wrong, or a number stands there that may be a status
    enough = 4,   // a failure of HTTP or the network by itself
    around = 16,  // it shows where the program runs or what it was given: Surroundings reads it
    named = 8,    // it names Claude; what else bears the sign `claude`, other vendors' errors may have as well
  };

  LogSigns();

  std::uint8_t look(std::string_view line) const {
    const State* const states = states_.get();
    std::uint16_t state = 0;
    std::uint8_t signs = 0;
    for (const char c : line) {
      state = states[state].next[classes_[static_cast<unsigned char>(c)]];
      signs |= states[state].signs;
    }
    return signs;
  }
  static bool worth_reading(std::uint8_t signs) {
    return (signs & enough) != 0 || (signs & (claude | failure)) == (claude | failure);
  }

 private:
  static constexpr std::size_t kClasses = 64;
  static constexpr std::size_t kStates = 1536;
  struct State {
    std::array<std::uint16_t, kClasses> next{};
    std::uint8_t signs = 0;
  };
  std::uint16_t add(std::string_view word, std::uint8_t sign);
  void link();

  std::array<std::uint8_t, 256> classes_{};
  std::size_t used_classes_ = 1;
  std::size_t used_states_ = 1;
  std::unique_ptr<State[]> states_;
};

}  // namespace locksmith::doctor::intake
