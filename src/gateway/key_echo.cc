#include "gateway/key_echo.h"

#include <algorithm>
#include <utility>

namespace locksmith::gateway {
namespace {

// A run shorter than seven eighths of the key is no use to anybody; three bytes may have gone on before it was suspected.
constexpr std::size_t kMargin = 8;
constexpr std::size_t kUnsuspected = 3;

struct Run {
  std::size_t begin = 0, size = 0;
};

// The longest run of `key` that stands in `text` at `at`.
std::size_t run_at(std::string_view text, std::size_t at, std::string_view key) {
  std::size_t longest = 0;
  for (std::size_t from = key.find(text[at]); from != std::string_view::npos; from = key.find(text[at], from + 1)) {
    const std::string_view rest = key.substr(from);
    const std::string_view there = text.substr(at);
    const auto end = std::mismatch(rest.begin(), rest.end(), there.begin(), there.end()).first;
    longest = std::max(longest, static_cast<std::size_t>(end - rest.begin()));
  }
  return longest;
}

// Covers the runs that are long enough. The run at the very end of the text is left for what follows and returned, unless it is so short
// that it is suspected nowhere.
Run cover(std::string& text, std::string_view key, std::size_t least, std::size_t& covered) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = run_at(text, at, key);
    if (size > 0 && at + size == text.size() && (size > kUnsuspected || text.size() <= kUnsuspected)) return {at, size};
    if (size >= least) {
      std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(at), size, '*');
      ++covered;
    }
    at += size >= least ? size : 1;
  }
  return {text.size(), 0};
}

bool echoes(std::string_view text, const KeyTrace& trace) {
  for (std::size_t at = 0; at + trace.least() <= text.size(); ++at) {
    if (run_at(text, at, trace.key()) >= trace.least()) return true;
  }
  return false;
}

}  // namespace

// The fields lie one behind the other in the bytes that were read, so one look goes over all of them.
bool echoes_key(const wire::http1::ResponseHead& head, const KeyTrace& trace) {
  if (echoes(head.reason, trace)) return true;
  if (head.fields.empty()) return false;
  const wire::http1::Field& last = head.fields[head.fields.size() - 1];
  const char* const begin = head.fields.begin()->name.data();
  const std::string_view all(begin, static_cast<std::size_t>(last.value.data() + last.value.size() - begin));
  return trace.may_hold(all) && without_echoes(head, trace).fields.size() < head.fields.size();
}

wire::http1::ResponseHead without_echoes(const wire::http1::ResponseHead& head, const KeyTrace& trace) {
  wire::http1::ResponseHead clean;
  clean.status = head.status;
  clean.version = head.version;
  if (!echoes(head.reason, trace)) clean.reason = head.reason;
  for (const wire::http1::Field& field : head.fields) {
    if (!echoes(field.name, trace) && !echoes(field.value, trace)) clean.fields.add(field.name, field.value);
  }
  return clean;
}

KeyTrace::KeyTrace(std::string_view key) : key_(key) {
  if (key.size() < kGram) return;
  const std::size_t least = std::max(kGram, key.size() - key.size() / kMargin);
  stride_ = std::max<std::size_t>(1, std::min(least, key.size() - std::min(key.size() - kGram, kUnsuspected)) - (kGram - 1));
  for (std::size_t i = 0; i + kGram <= key.size(); ++i) {
    const std::uint32_t place = slot(key.data() + i);
    grams_[place / 64] |= 1ULL << (place % 64);
  }
}

bool KeyTrace::is_within_run(std::string_view text, std::size_t at) const {
  const std::string_view gram = text.substr(at, kGram);
  for (std::size_t in = key_.find(gram); in != std::string_view::npos; in = key_.find(gram, in + 1)) {
    std::size_t begin = at, end = at + kGram;
    for (std::size_t i = in; i > 0 && begin > 0 && key_[i - 1] == text[begin - 1]; --i) --begin;
    for (std::size_t i = in + kGram; i < key_.size() && end < text.size() && key_[i] == text[end]; ++i) ++end;
    if (end - begin >= least() || end == text.size()) return true;
  }
  return false;
}

void EchoMask::release() {
  wipe(held_.data(), out_);
  held_.erase(0, std::exchange(out_, 0));
}

std::string_view EchoMask::take(const KeyTrace& trace, std::string_view piece) {
  release();
  held_.append(piece);
  out_ = cover(held_, trace.key(), trace.least(), masked_).begin;
  return std::string_view(held_).substr(0, out_);
}

std::string_view EchoMask::finish(const KeyTrace& trace) {
  release();
  if (held_.size() >= trace.least()) {
    held_.assign(held_.size(), '*');
    ++masked_;
  }
  out_ = held_.size();
  return held_;
}

}  // namespace locksmith::gateway
