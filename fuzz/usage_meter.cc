// The meter of a stream: the first byte decides how the bytes are torn; torn and whole must cost the same, and no count may
// be below zero.
#include "gateway/usage_meter.h"
#include "property.h"

namespace {

using namespace locksmith;
using gateway::UsageMeter;

struct Read {
  UsageMeter::Knowledge knowledge;
  model::ledger::Usage usage;
  std::string model, error;
  bool stop;
  std::int64_t cost, bound;
  friend bool operator==(const Read&, const Read&) = default;
};

Read read(UsageMeter::Mode mode, const std::vector<std::string>& parts) {
  static gateway::UsageReaders readers;
  static const model::ledger::PriceList prices({{.model = "claude", .rates = {{1000}, {5000}, {1250}, {2000}, {100}}, .long_prompt = 0, .long_rates = {}}},
                                               Money{10'000'000});
  UsageMeter meter(readers, mode);
  for (const std::string& part : parts) meter.take(part);
  meter.finish();
  return {meter.knowledge(),          meter.usage(),    std::string(meter.model()), std::string(meter.error_type()),
          meter.complete(),           meter.cost(prices, "claude").nano_usd,
          meter.bound(prices, "claude", 100).nano_usd};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes = fuzz::text_of(data + 1, size - 1);
  for (const auto mode : {UsageMeter::Mode::stream, UsageMeter::Mode::whole}) {
    const Read whole = read(mode, {std::string(bytes)});
    fuzz::must(whole == read(mode, fuzz::torn(bytes, data[0])), "a torn answer costs what the whole one does");
    fuzz::must(whole.usage.input >= 0 && whole.usage.output >= 0 && whole.usage.prompt() >= 0 && whole.cost >= 0 && whole.bound >= 0,
               "nothing is counted below zero");
  }
  return 0;
}
