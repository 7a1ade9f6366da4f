// The kernel's randomness behind world::Chance.
#pragma once

#include "world/chance.h"

namespace locksmith::host {

// getrandom(2): waits until the kernel has gathered enough, once after boot, and never fails afterwards. Any thread.
class RealChance final : public world::Chance {
 public:
  void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace locksmith::host
