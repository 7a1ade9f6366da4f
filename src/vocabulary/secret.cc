#include "vocabulary/secret.h"

#include <string.h>

#include <cstring>
#include <utility>

namespace locksmith::inline vocabulary {

void wipe(char* bytes, std::size_t size) noexcept {
  if (size != 0) explicit_bzero(bytes, size);
}

Secret::Secret(std::string_view bytes)
    : bytes_(bytes.empty() ? nullptr : std::make_unique_for_overwrite<char[]>(bytes.size())), size_(bytes.size()) {
  if (size_ != 0) std::memcpy(bytes_.get(), bytes.data(), size_);
}

Secret::~Secret() { wipe_and_release(); }

Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe_and_release();
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

bool Secret::equals(std::string_view other) const {
  if (other.size() != size_) return false;
  // Every byte is looked at whatever came before it; volatile keeps the compiler from leaving early.
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    difference = static_cast<unsigned char>(
        difference | (static_cast<unsigned char>(bytes_[i]) ^ static_cast<unsigned char>(other[i])));
  }
  return difference == 0;
}

void Secret::wipe_and_release() noexcept {
  wipe(bytes_.get(), size_);
  bytes_.reset();
  size_ = 0;
}

}  // namespace locksmith::inline vocabulary
