#include "gateway/batch_reading.h"

#include <array>

#include "vocabulary/limits/gateway.h"

namespace locksmith::gateway {

using wire::json::Kind;
using wire::json::Member;

void BatchReading::take(std::string_view piece) {
  if (!understood_) return;
  while (of_ == Of::results && piece.find('\n') != std::string_view::npos) {
    const std::size_t end = piece.find('\n');
    kept_.append(piece.substr(0, end));
    piece.remove_prefix(end + 1);
    take_line();
  }
  kept_.append(piece);
  if (kept_.size() > limits::kMeteredBody) understood_ = false;
}

// Views into `text`, which has room for the reader behind its end.
std::string_view BatchReading::peek(std::string_view text, std::string_view name, Kind kind) {
  std::array<Member, 1> wanted{Member{.name = name, .text = {}, .raw = {}}};
  if (!readers_.peek.read(text, wanted) || wanted[0].kind != kind || wanted[0].repeated) return {};
  return kind == Kind::string ? wanted[0].text : wanted[0].raw;
}

void BatchReading::take_line() {
  kept_.reserve(kept_.size() + wire::json::kPeekPadding);
  if (kept_.find_first_not_of(" \r\t") == std::string::npos) return kept_.clear();
  any_ = true;
  const std::string_view result = peek(kept_, "result", Kind::object);
  const std::string_view type = result.empty() ? std::string_view() : peek(result, "type", Kind::string);
  if (type == "succeeded") {
    UsageMeter meter(readers_, UsageMeter::Mode::whole);
    meter.take(peek(result, "message", Kind::object));
    meter.finish();
    understood_ = understood_ && meter.knowledge() == UsageMeter::Knowledge::exact;
    cost_ += meter.cost(prices_, {});
  } else {
    understood_ = understood_ && (type == "errored" || type == "canceled" || type == "expired");
  }
  kept_.clear();
}

bool BatchReading::finish() {
  if (!understood_) return false;
  if (of_ == Of::results) {
    take_line();
    return understood_ && any_;
  }
  kept_.reserve(kept_.size() + wire::json::kPeekPadding);
  id_ = peek(kept_, "id", Kind::string).substr(0, limits::kRequestId);
  return id_.starts_with("msgbatch_");
}

std::string_view batch_of_results(std::string_view path) {
  constexpr std::string_view kBefore = "/v1/messages/batches/", kBehind = "/results";
  if (path.ends_with('/')) path.remove_suffix(1);
  if (path.size() <= kBefore.size() + kBehind.size() || !path.starts_with(kBefore) || !path.ends_with(kBehind)) return {};
  return path.substr(kBefore.size(), path.size() - kBefore.size() - kBehind.size());
}

}  // namespace locksmith::gateway
