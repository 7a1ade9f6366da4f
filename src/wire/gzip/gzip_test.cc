#include "wire/gzip/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace locksmith::wire::gzip {
namespace {

std::string compress(std::string text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<unsigned char*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<unsigned char*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(Gzip, IsUndone) {
  EXPECT_EQ(decompress(compress("hello"), 5_B).value(), "hello");
  EXPECT_EQ(decompress(compress(""), 0_B).value(), "");
  EXPECT_EQ(decompress(compress("a") + compress("b"), 9_B).value(), "ab");
  EXPECT_EQ(decompress(compress(std::string(300000, 'x')), 1_MiB).value(), std::string(300000, 'x'));
}

TEST(Gzip, ABombIsRefused) {
  EXPECT_EQ(decompress(compress(std::string(10000000, 'x')), 1_MiB).error().code.name(), "gzip_too_large");
}

TEST(Gzip, BrokenBytesAreRefused) {
  const std::string whole = compress("hello world");
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(decompress(whole.substr(0, i), 1_MiB).error().code.name(), "gzip_invalid") << i;
  }
  EXPECT_EQ(decompress("{\"plain\":1}", 1_MiB).error().code.name(), "gzip_invalid");
}

}  // namespace
}  // namespace locksmith::wire::gzip
