#include "wire/http1/torn_head.h"

#include "vocabulary/secret.h"

namespace locksmith::wire::http1 {

HeadEnd TornHead::take(std::string_view& input, std::string_view& head) {
  const std::size_t before = kept_.size();
  if (before > 0) append(input);
  const std::string_view bytes = before > 0 ? std::string_view(kept_) : input;
  const HeadEnd end = scan_head(scan_, bytes);
  if (end.progress == Progress::done) {
    head = bytes.substr(0, end.size);
    input.remove_prefix(end.size - before);
  } else if (end.progress == Progress::need_more) {
    if (before == 0) kept_.assign(input);
    input = {};
  }
  return end;
}

// A string that grows by itself leaves its bytes behind in the memory that it gives back.
void TornHead::append(std::string_view input) {
  if (kept_.capacity() < kept_.size() + input.size()) {
    std::string larger;
    larger.reserve(2 * kept_.size() + input.size());
    larger.append(kept_);
    wipe(kept_.data(), kept_.size());
    kept_.swap(larger);
  }
  kept_.append(input);
}

void TornHead::forget() {
  scan_ = {};
  if (kept_.empty()) return;
  wipe(kept_.data(), kept_.size());
  kept_ = {};
}

}  // namespace locksmith::wire::http1
