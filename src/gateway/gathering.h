// What one read of an answer brings is gathered here and goes to the client in one write. One of a worker's, because only one
// answer gathers at a time: who begins must find it empty, which is asserted.
#pragma once

#include <string>

#include "vocabulary/assert.h"

namespace locksmith::gateway {

class Gathering {
 public:
  // The bytes that `owner` has gathered; empty at first, and to be emptied by it before it lets another one gather.
  std::string& of(const void* owner) {
    LOCKSMITH_ASSERT(bytes_.empty() || owner_ == owner);
    owner_ = owner;
    return bytes_;
  }

 private:
  std::string bytes_;
  const void* owner_ = nullptr;
};

}  // namespace locksmith::gateway
