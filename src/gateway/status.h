// What `locksmith status` shows of a running gateway: gathered from every worker on its own thread, joined on the admin loop.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/counters.h"
#include "vocabulary/instant.h"

namespace locksmith::gateway {

class Worker;

struct CredentialStatus {
  std::string name, organization;
  Duration rests{};    // for how much longer it is not used; zero: it is used
  std::string cause;   // of the last failure that made it rest; empty: there was none
  Tick refused_at{}, taken_at{};
  // Refused, and not taken since: also when its rest is over, or when it is the only one and asked all the same.
  bool fails() const { return !cause.empty() && refused_at > taken_at; }
};

// Failures of one cause; `id` and what follows are those of the newest that is still kept.
struct CauseStatus {
  std::string cause;
  std::uint64_t count = 0;
  std::string id, layer, next_step;
  Instant at{};
};

struct KeyStatus {
  std::size_t active = 0, suspended = 0, revoked = 0, expired = 0;
  std::size_t damaged = 0;  // rows of the store that cannot be read as a key
};

struct Status {
  std::string not_ready;      // empty: ready
  std::string reload_failed;  // why the last SIGHUP changed nothing; empty: it did, or there was none
  Instant since{};
  std::size_t workers = 0;
  std::uint64_t connections = 0, connections_limit = 0, requests = 0, streams = 0;
  KeyStatus keys;
  std::vector<CredentialStatus> credentials;
  std::vector<CauseStatus> causes;  // the newest first
};

// One worker's part; on its thread.
Status status_of(Worker& worker);
// Adds it. A credential rests as long as in the worker where it rests longest: they learn of its failures one by one.
void join(Status& all, Status part);
// Why no request can succeed though the gateway itself is ready: every credential fails. Empty: one may work.
std::string no_credential(const Status& status);
// The document (locksmith.status/1).
std::string status_json(const Status& status);

}  // namespace locksmith::gateway
