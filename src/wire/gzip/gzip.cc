#include "wire/gzip/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "vocabulary/assert.h"

namespace locksmith::wire::gzip {
namespace {

constexpr int kGzipWithLargestWindow = 15 + 16;

class Inflater {
 public:
  Inflater() { LOCKSMITH_ASSERT(inflateInit2(&stream_, kGzipWithLargestWindow) == Z_OK); }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
};

std::unexpected<Failure> invalid() {
  return fail(FailureCode("gzip_invalid"), "The bytes are not a complete gzip stream.", {}, Blame::user);
}

}  // namespace

Result<std::string> decompress(std::string_view bytes, ByteCount limit) {
  Inflater inflater;
  z_stream& stream = inflater.stream();
  std::array<unsigned char, 64 * 1024> buffer;
  std::string out;
  stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(std::min<std::size_t>(bytes.size(), 1U << 30));
  for (;;) {
    stream.next_out = buffer.data();
    stream.avail_out = static_cast<uInt>(buffer.size());
    const int result = inflate(&stream, Z_NO_FLUSH);
    const std::size_t got = buffer.size() - stream.avail_out;
    if (got > limit.value - out.size()) {
      return fail(FailureCode("gzip_too_large"), "The gzip stream holds more than " + to_words(limit) + ".", {},
                  Blame::user);
    }
    out.append(reinterpret_cast<const char*>(buffer.data()), got);
    if (result == Z_STREAM_END) {
      if (stream.avail_in == 0) return out;
      if (inflateReset(&stream) != Z_OK) return invalid();
    } else if (result != Z_OK || (got == 0 && stream.avail_in == 0)) {
      return invalid();
    }
  }
}

std::string decompress_beginning(std::string_view bytes, ByteCount limit) {
  Inflater inflater;
  z_stream& stream = inflater.stream();
  std::array<unsigned char, 64 * 1024> buffer;
  std::string out;
  stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(std::min<std::size_t>(bytes.size(), 1U << 30));
  while (out.size() < limit.value) {
    stream.next_out = buffer.data();
    stream.avail_out = static_cast<uInt>(std::min<std::uint64_t>(buffer.size(), limit.value - out.size()));
    const uInt room = stream.avail_out;
    const int result = inflate(&stream, Z_NO_FLUSH);
    out.append(reinterpret_cast<const char*>(buffer.data()), room - stream.avail_out);
    if (result != Z_OK || (stream.avail_in == 0 && stream.avail_out != 0)) break;
  }
  return out;
}

}  // namespace locksmith::wire::gzip
