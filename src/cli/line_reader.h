// Lines of a file or of standard input, bounded: what is too long is told apart from what is read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vocabulary/bytes.h"
#include "vocabulary/failure.h"

namespace locksmith::cli {

class LineReader {
 public:
  enum class Outcome : std::uint8_t { line, too_long, end, failed };

  // "-" is standard input. Failure codes: file_not_found, file_unreadable.
  static Result<LineReader> open(const std::string& path, ByteCount longest);
  ~LineReader();
  LineReader(LineReader&& other) noexcept;
  LineReader& operator=(LineReader&&) = delete;

  // The next line without its line end; valid until the next call. A line above the limit is skipped whole and its
  // content dropped: memory stays bounded however long it is.
  Outcome next(std::string_view& line);

  std::uint64_t line_number() const { return line_number_; }  // of the last line, from 1
  std::uint64_t bytes_read() const { return bytes_read_; }
  std::uint64_t total_bytes() const { return total_bytes_; }  // 0 where unknown

 private:
  LineReader(int descriptor, ByteCount longest);
  bool fill();

  int descriptor_;
  std::size_t longest_;
  std::string buffer_;
  std::size_t start_ = 0;
  bool at_end_ = false;
  bool failed_ = false;
  std::uint64_t line_number_ = 0;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t total_bytes_ = 0;
};

// A whole file or standard input. Failure codes: file_not_found, file_unreadable, file_too_large.
Result<std::string> read_whole(const std::string& path, ByteCount limit);

}  // namespace locksmith::cli
