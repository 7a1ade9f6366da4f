// How often which duration was seen, in fixed memory, after the idea of HdrHistogram: a value keeps its seven
// leading bits, so that a percentile is at most one part in 128 too high. Durations are nanoseconds.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace locksmith::bench {

// Counts by value in steps of less than one in 128, as HdrHistogram does.
class Histogram {
 public:
  void add(std::uint64_t value) {
    ++counts_[slot(value)];
    ++total_;
    max_ = std::max(max_, value);
  }
  double microseconds(double part) const {  // the value that `part` of all do not exceed; 0 without any
    if (total_ == 0) return 0;
    const auto wanted = static_cast<std::uint64_t>(part * static_cast<double>(total_ - 1)) + 1;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen >= wanted) return static_cast<double>(std::min(upper(i), max_)) / 1000;
    }
    return static_cast<double>(max_) / 1000;
  }
  double max() const { return static_cast<double>(max_) / 1000; }

 private:
  static constexpr std::uint64_t kSub = 128;
  static std::size_t slot(std::uint64_t value) {
    if (value < kSub) return value;
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - 8;
    return kSub * shift + (value >> shift);
  }
  static std::uint64_t upper(std::size_t slot) {
    if (slot < 2 * kSub) return slot;
    const std::size_t shift = slot / kSub - 1;
    return ((slot - kSub * shift + 1) << shift) - 1;
  }
  std::array<std::uint64_t, kSub * 58> counts_{};
  std::uint64_t total_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace locksmith::bench
