// Step 2: one virtual key is known, or 401 whose cause says which of the reasons it was.
#pragma once

#include "gateway/admit.h"
#include "gateway/key_ring.h"
#include "gateway/refusal.h"
#include "vocabulary/instant.h"

namespace locksmith::gateway {

struct Authenticated {
  Why why = Why::none;
  const KnownKey* key = nullptr;  // also where its state is the reason for the refusal
};

// Pure; allocates nothing. `now` decides on expiry.
Authenticated authenticate(const Admitted& request, const KeyRing& keys, Instant now);

}  // namespace locksmith::gateway
