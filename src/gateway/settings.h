// What the gateway was told: immutable once it serves, replaced as a whole on a reload.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/ledger/price.h"
#include "store/account.h"
#include "upstream/pool.h"
#include "vocabulary/instant.h"
#include "vocabulary/limits/upstream.h"
#include "vocabulary/secret.h"

namespace locksmith::gateway {

// One real credential. Its name is for people and logs.
struct UpstreamCredential {
  std::string name;
  Secret value;
  bool bearer = false;         // sent as Authorization: Bearer; else as x-api-key
  std::string organization;    // credentials of one organization share its limits; empty: nothing is known
};

// What happens to a stream where a key's spend limit has no room for the most that it can cost: it is not begun, or it begins
// with its prompt and a slice of output, grows as it passes, and is cut where it cannot.
enum class OnLimit : std::uint8_t { refuse, cut };
// What happens to the answer of a client that has left: its connection is closed and a bound is spent, or it is read to its
// end for its usage.
enum class OnDisconnect : std::uint8_t { close, drain };

struct Settings {
  upstream::PoolSettings upstream;
  std::vector<UpstreamCredential> credentials;  // at least one
  store::KeyLimits key_limits;                  // of every virtual key
  std::vector<std::string> models;              // beginnings of the models that may be used; empty: all
  std::vector<std::string> endpoints;           // canonical paths beside the table's, each with all below it
  OnLimit on_limit = OnLimit::refuse;
  OnDisconnect on_disconnect = OnDisconnect::close;
  Duration first_byte = limits::kFirstByte;
  Duration silence = limits::kStreamSilence;
};

}  // namespace locksmith::gateway
