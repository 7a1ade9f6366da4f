#include "wire/gzip/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

#include "vocabulary/assert.h"

namespace locksmith::wire::gzip {
namespace {

constexpr int kGzipWithLargestWindow = 15 + 16;

class Inflater {
 public:
  explicit Inflater(std::string_view bytes) {
    LOCKSMITH_ASSERT(inflateInit2(&stream_, kGzipWithLargestWindow) == Z_OK);
    stream_.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(std::min<std::size_t>(bytes.size(), 1U << 30));
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // The next bytes, at most `most` of them; valid until the next call. What zlib said of it is in result().
  std::string_view next(std::uint64_t most) {
    stream_.next_out = buffer_.data();
    stream_.avail_out = static_cast<uInt>(std::min<std::uint64_t>(buffer_.size(), most));
    const uInt room = stream_.avail_out;
    result_ = inflate(&stream_, Z_NO_FLUSH);
    return {reinterpret_cast<const char*>(buffer_.data()), room - stream_.avail_out};
  }
  int result() const { return result_; }
  bool is_read() const { return stream_.avail_in == 0; }  // all of the packed bytes
  bool filled() const { return stream_.avail_out == 0; }  // there may be more of these
  bool begin_next_member() { return inflateReset(&stream_) == Z_OK; }

 private:
  z_stream stream_{};
  int result_ = Z_OK;
  std::array<unsigned char, 64 * 1024> buffer_;
};

std::unexpected<Failure> invalid() {
  return fail(FailureCode("gzip_invalid"), "The bytes are not a complete gzip stream.", {}, Blame::user);
}

}  // namespace

Result<std::string> decompress(std::string_view bytes, ByteCount limit) {
  Inflater inflater(bytes);
  std::string out;
  for (;;) {
    const std::string_view got = inflater.next(std::numeric_limits<std::uint64_t>::max());
    if (got.size() > limit.value - out.size()) {
      return fail(FailureCode("gzip_too_large"), "The gzip stream holds more than " + to_words(limit) + ".", {},
                  Blame::user);
    }
    out.append(got);
    if (inflater.result() == Z_STREAM_END) {
      if (inflater.is_read()) return out;
      if (!inflater.begin_next_member()) return invalid();
    } else if (inflater.result() != Z_OK || (got.empty() && inflater.is_read())) {
      return invalid();
    }
  }
}

std::string decompress_beginning(std::string_view bytes, ByteCount limit) {
  Inflater inflater(bytes);
  std::string out;
  while (out.size() < limit.value) {
    out.append(inflater.next(limit.value - out.size()));
    if (inflater.result() != Z_OK || (inflater.is_read() && !inflater.filled())) break;
  }
  return out;
}

}  // namespace locksmith::wire::gzip
