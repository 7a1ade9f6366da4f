// Randomness, handed in and never reached for.
#pragma once

#include <cstdint>
#include <span>

namespace locksmith::world {

class Chance {
 public:
  virtual ~Chance() = default;
  // Fills with bytes that nobody can foretell; the simulation's are told by its seed.
  virtual void fill(std::span<std::uint8_t> bytes) = 0;
};

}  // namespace locksmith::world
