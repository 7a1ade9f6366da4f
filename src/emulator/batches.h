// POST /v1/messages/batches and what follows from it. A batch is worked off when it is made and says so when it is asked for; each
// of its answers is billed at half the price, and what its requests get wrong costs nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <string>
#include <string_view>

#include "emulator/bill.h"
#include "emulator/messages.h"
#include "vocabulary/instant.h"

namespace locksmith::emulator {

struct Batch {
  std::string id;
  Instant created{};
  std::int64_t succeeded = 0, errored = 0;
  std::string results;  // JSON Lines
};

// One of an Api's: the last limits::kEmulatorBatches.
class Batches {
 public:
  // `number`: of the request, for ids. The answer is the batch as the API shows it, still in progress.
  std::expected<std::string, ErrorText> create(const wire::json::Value& body, const Catalogue& catalogue, const Manner& manner, std::uint64_t number,
                                               const Declared& declared, Instant now, Bill& bill);
  const Batch* find(std::string_view id) const;
  // The newest first.
  std::string list(std::string_view origin) const;

 private:
  std::deque<Batch> batches_;
};

// As the API shows a batch; `ended`: its results are there, at an address below `origin` ("http://127.0.0.1:8080"). That is the emulator's own
// and not the API's, or a client that follows it would leave this machine with its credential.
std::string batch_body(const Batch& batch, bool ended, std::string_view origin);

}  // namespace locksmith::emulator
