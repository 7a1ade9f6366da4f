// Step 6: the request as it goes upstream. Changed are the credential, Host, the fields of this hop, Origin, and, where the
// answer is billed, the codings that the meter can read; every other field and every byte of the body stays.
#pragma once

#include <string>
#include <string_view>

#include "gateway/asking.h"
#include "gateway/settings.h"
#include "upstream/pool.h"

namespace locksmith::gateway {

// One of a worker's: the memory in which heads are put together serves all requests, one after the other.
class Forwarder {
 public:
  // Writes the head with this credential, and the body where it is known by now. The credential's bytes are wiped here as soon
  // as they are written. The answer comes later, because a link's write() calls nobody back.
  void send(upstream::Link& link, const upstream::Pool& pool, const Asking& asking, const UpstreamCredential& credential);
  // Of a body that passes as it comes.
  void send_piece(upstream::Link& link, const Asking& asking, std::string_view piece);
  static void send_end(upstream::Link& link, const Asking& asking);

 private:
  std::string out_;  // empty between two calls
};

}  // namespace locksmith::gateway
