#include "scanner/inflater.h"

#include <libdeflate.h>

#include <algorithm>

#include "vocabulary/assert.h"

namespace locksmith::scanner {

struct Inflater::Library {
  libdeflate_decompressor* decompressor = libdeflate_alloc_decompressor();
  ~Library() { libdeflate_free_decompressor(decompressor); }
};

Inflater::Inflater() : library_(std::make_unique<Library>()) { LOCKSMITH_ASSERT(library_->decompressor != nullptr); }
Inflater::~Inflater() = default;

bool Inflater::undo(std::string_view packed, std::size_t size, std::string& out) {
  out.resize(size);
  std::size_t read = 0;
  std::size_t written = 0;
  const auto result = libdeflate_zlib_decompress_ex(library_->decompressor, packed.data(), packed.size(), out.data(), size, &read, &written);
  return result == LIBDEFLATE_SUCCESS && written == size;
}

std::optional<std::string> Inflater::undo(std::string_view packed, std::size_t most) {
  std::string out;
  for (std::size_t size = std::max<std::size_t>(4096, packed.size() * 4);; size *= 4) {
    out.resize(std::min(size, most));
    std::size_t read = 0;
    std::size_t written = 0;
    const auto result = libdeflate_zlib_decompress_ex(library_->decompressor, packed.data(), packed.size(), out.data(), out.size(), &read, &written);
    if (result == LIBDEFLATE_SUCCESS) {
      out.resize(written);
      return out;
    }
    if (result != LIBDEFLATE_INSUFFICIENT_SPACE || out.size() == most) return std::nullopt;
  }
}

std::optional<std::string> Inflater::gunzip(std::string_view packed, std::size_t most) {
  constexpr std::size_t kShortest = 18;  // a head and an end (RFC 1952)
  if (packed.size() < kShortest) return std::nullopt;
  std::size_t size = 0;
  for (std::size_t i = 4; i > 0; --i) size = size << 8U | static_cast<unsigned char>(packed[packed.size() - 5 + i]);
  if (size > most) return std::nullopt;
  std::string out(size, '\0');
  std::size_t read = 0;
  std::size_t written = 0;
  const auto result = libdeflate_gzip_decompress_ex(library_->decompressor, packed.data(), packed.size(), out.data(), size, &read, &written);
  if (result != LIBDEFLATE_SUCCESS || read != packed.size() || written != size) return std::nullopt;
  return out;
}

}  // namespace locksmith::scanner
