#include "gateway/body_reading.h"

#include <algorithm>
#include <utility>

#include "vocabulary/limits/gateway.h"
#include "wire/gzip/gzip.h"
#include "wire/json/peek.h"

namespace locksmith::gateway {

BodyReading::Verdict BodyReading::read(const Admitted& request, std::string_view body, BodyPart undone, const Settings& settings,
                                       const model::ledger::PriceList& prices, Asked& asked) {
  asked = {};
  if (!request.gzip) return judge(request, body, settings, prices, asked);
  Verdict verdict = undo(body, request.endpoint->body, undone);
  if (verdict.why == Why::none) verdict = judge(request, unzipped_, settings, prices, asked);
  if (unzipped_.capacity() > limits::kKeptRequest) unzipped_ = {};
  return verdict;
}

// Few bytes must not become many: reading them costs by what they become.
BodyReading::Verdict BodyReading::undo(std::string_view body, ByteCount most, BodyPart& undone) {
  const std::uint64_t fair = std::max(limits::kUndoneAnyway.value, body.size() * limits::kUndoneRatio);
  auto plain = wire::gzip::decompress(body, ByteCount{std::min(most.value, fair)});
  if (!plain && plain.error().code.name() == "gzip_too_large") {
    return fair < most.value ? Verdict{Why::body_too_large, "it is compressed too well"} : Verdict{Why::body_too_large, {}};
  }
  if (!plain) return {Why::body_not_json, {}};
  if (!undone.take(plain->size())) return {Why::body_memory, {}};
  unzipped_ = std::move(*plain);
  unzipped_.reserve(unzipped_.size() + wire::json::kPeekPadding);
  return {};
}

BodyReading::Verdict BodyReading::judge(const Admitted& request, std::string_view body, const Settings& settings,
                                        const model::ledger::PriceList& prices, Asked& asked) {
  const bool batch = request.endpoint->endpoint == Endpoint::batches;
  const bool listed = request.endpoint->reads == Reads::json_if_it_is;
  const Measure measure{prices, settings.models, batch};
  judge_.open(measure, body.size(), asked);
  if (!walk_.read(body, judge_)) {
    asked = {};
    return {listed ? Why::none : Why::body_not_json, {}};
  }
  const Why why = judge_.finish();
  if (why != Why::none) return {why, judge_.detail()};
  if (asked.model_barred) return {Why::model_not_allowed, {}};
  // A path that the settings list is judged and billed where its body names a model.
  asked.billed = request.endpoint->billed && !(listed && asked.model.empty());
  if (!asked.billed) asked.most = {};
  if (asked.billed && settings.key_limits.spend > Money{} && !asked.unbounded.empty()) {
    return {Why::cost_unbounded, asked.unbounded};
  }
  return {};
}

void BodyReading::shrink() { walk_.shrink(limits::kKeptParser); }

}  // namespace locksmith::gateway
