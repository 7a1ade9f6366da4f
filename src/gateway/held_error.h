// An error answer of upstream's, held until its cause is known: the cause goes out in its head.
#pragma once

#include <string>

#include "gateway/passage.h"
#include "model/evidence/evidence.h"

namespace locksmith::gateway {

struct Passage::HeldError {
  model::evidence::Evidence evidence;  // of the head
  std::string head;                    // as it will go out, without the empty line
  std::string body;
};

}  // namespace locksmith::gateway
