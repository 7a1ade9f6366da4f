// Whether the gateways that serve from a store do what the store now says of a key.
//
// Asked are all that left their mark beside the store (gateway_mark.h), and the one whose admin address is configured.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace locksmith::cli {

struct Confirmation {
  std::string admin;       // its address
  bool confirmed = false;  // every worker of it treats the key so
  std::int64_t workers = 0;
  std::string why_not;     // a part of a sentence, without a full stop
};

struct Confirmations {
  std::vector<Confirmation> gateways;  // empty: none serves from this store
  bool all() const;
};

// Blocks for at most limits::kAskGateway a gateway. `admin`: the configured address, which must confirm too; empty where none is configured:
// then what serves at the default address counts if it knows the key.
Confirmations ask_who_follows(const std::string& store, const std::string& admin, std::string_view id, std::string_view state);

}  // namespace locksmith::cli
