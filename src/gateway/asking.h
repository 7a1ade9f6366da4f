// What one request asks for: filled by steps 1 to 3, and gone with its exchange.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/admit.h"
#include "gateway/asked.h"
#include "gateway/generation.h"
#include "gateway/kept_request.h"
#include "gateway/key_ring.h"
#include "gateway/short_text.h"
#include "vocabulary/instant.h"
#include "vocabulary/limits/gateway.h"
#include "vocabulary/limits/http.h"

namespace locksmith::gateway {

struct Asking {
  Instant at{};
  Tick began{};
  ShortText<limits::kShownAddress> client;                 // its address; the connection may be gone before the answer is
  ShortText<limits::kMethodBytes> method;
  ShortText<limits::kLoggedPath> path;  // without query: for the log
  Admitted admitted;                    // its views are empty once the head is kept
  std::shared_ptr<const KeyRing> keys;
  const KnownKey* key = nullptr;        // in keys
  GenerationUse generation;             // the settings that hold for this request, limits included
  std::uint64_t affinity = 0;
  bool passes_body = false;             // the body is forwarded as it comes, unread
  std::uint64_t bytes_in = 0;           // of the body
  KeptRequest kept;
  Asked asked;
  std::string own_origin;               // by which the client asked, where the answer may name URLs (own_urls.h)
};

inline Asker asker_of(const Asking& asking) {
  return asker_of(asking.key->key.id.value(), asking.admitted.endpoint->path, asking.asked.model.view());
}

}  // namespace locksmith::gateway
