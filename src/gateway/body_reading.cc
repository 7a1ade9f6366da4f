#include "gateway/body_reading.h"

#include <utility>

#include "vocabulary/limits/gateway.h"
#include "wire/gzip/gzip.h"
#include "wire/json/peek.h"

namespace locksmith::gateway {

BodyReading::Verdict BodyReading::read(const Admitted& request, std::string_view body, const Settings& settings,
                                       const model::ledger::PriceList& prices, Asked& asked) {
  asked = {};
  if (request.gzip) {
    auto plain = wire::gzip::decompress(body, request.endpoint->body);
    if (!plain) return {plain.error().code.name() == "gzip_too_large" ? Why::body_too_large : Why::body_not_json, {}};
    unzipped_ = std::move(*plain);
    unzipped_.reserve(unzipped_.size() + wire::json::kPeekPadding);
    body = unzipped_;
  }
  const Verdict verdict = judge(request, body, settings, prices, asked);
  if (unzipped_.capacity() > limits::kKeptRequest) unzipped_ = {};
  return verdict;
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
