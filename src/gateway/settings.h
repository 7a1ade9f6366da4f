// What the gateway was told: immutable once it serves, replaced as a whole on a reload.
#pragma once

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

struct Settings {
  upstream::PoolSettings upstream;
  std::vector<UpstreamCredential> credentials;  // at least one
  store::KeyLimits key_limits;                  // of every virtual key
  std::vector<std::string> models;              // beginnings of the models that may be used; empty: all
  std::vector<std::string> endpoints;           // canonical paths beside the table's, each with all below it
  Duration first_byte = limits::kFirstByte;
  Duration silence = limits::kStreamSilence;
};

}  // namespace locksmith::gateway
