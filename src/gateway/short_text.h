// A text of at most N bytes that lies where it is kept; what is longer is cut off. For names and ids that are told of a request,
// so that keeping them allocates nothing and a request's values can be replaced whole.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace locksmith::gateway {

template <std::size_t N>
class ShortText {
 public:
  ShortText() {}  // leaves the bytes as they are: only the first size_ of them are ever read
  ShortText(const ShortText& other) : ShortText() { assign(other.view()); }
  ShortText& operator=(const ShortText& other) {
    if (this != &other) assign(other.view());
    return *this;
  }
  ~ShortText() = default;

  void assign(std::string_view text) {
    size_ = static_cast<std::uint16_t>(std::min(text.size(), N));
    std::copy_n(text.data(), size_, bytes_.data());
  }
  std::string_view view() const { return {bytes_.data(), size_}; }
  bool empty() const { return size_ == 0; }

 private:
  static_assert(N <= UINT16_MAX);
  std::uint16_t size_ = 0;
  std::array<char, N> bytes_;
};

}  // namespace locksmith::gateway
