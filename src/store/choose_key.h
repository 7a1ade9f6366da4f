// Which key an id or a name means, and whether its state may change: the same in every store.
#pragma once

#include <string_view>
#include <vector>

#include "model/tenant/virtual_key.h"
#include "vocabulary/failure.h"

namespace locksmith::store {

// `candidates` are all keys whose id or name it is, the oldest first. An id comes before names; a name means the one key of it that is
// not revoked, and where there is none the newest that is, so that a second revocation is no mistake. Failure codes: key_not_found,
// key_name_ambiguous, key_revoked_for_good.
Result<model::tenant::VirtualKey> choose_key(const std::vector<model::tenant::VirtualKey>& candidates, std::string_view id_or_name,
                                             model::tenant::KeyState state);

}  // namespace locksmith::store
