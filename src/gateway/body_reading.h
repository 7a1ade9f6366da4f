// Step 3, of the body: reads what it asks for, without changing a byte of it.
#pragma once

#include <string>
#include <string_view>

#include "gateway/admit.h"
#include "gateway/asked.h"
#include "gateway/body_judge.h"
#include "gateway/body_memory.h"
#include "gateway/refusal.h"
#include "gateway/settings.h"
#include "wire/json/walk.h"

namespace locksmith::gateway {

// One of a worker's.
class BodyReading {
 public:
  struct Verdict {
    Why why = Why::none;
    std::string_view detail;  // the name of a member, or of what has no bound
  };
  // `body` must be readable wire::json::kPeekPadding bytes past its end. What it is undone to counts as `undone` while it is read.
  Verdict read(const Admitted& request, std::string_view body, BodyPart undone, const Settings& settings,
               const model::ledger::PriceList& prices, Asked& asked);

  // Gives back what a very large body took; now and then, between requests.
  void shrink();

 private:
  Verdict undo(std::string_view body, ByteCount most, BodyPart& undone);
  Verdict judge(const Admitted& request, std::string_view body, const Settings& settings,
                const model::ledger::PriceList& prices, Asked& asked);

  wire::json::Walk walk_;
  BodyJudge judge_;
  std::string unzipped_;
};

}  // namespace locksmith::gateway
