#include "cli/line_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace locksmith::cli {
namespace {

constexpr std::size_t kPiece = 256 * 1024;  // of one read(): large enough that system calls do not count

std::unexpected<Failure> cannot_read(const std::string& path, int error) {
  if (error == ENOENT) {
    return fail(FailureCode("file_not_found"), "There is no file " + path + ".", "Check the path, or use - for standard input.",
                Blame::user);
  }
  return fail(FailureCode("file_unreadable"), path + " cannot be read: " + std::strerror(error) + ".",
              "Check its permissions and that it is a file.", Blame::user);
}

Result<int> open_descriptor(const std::string& path) {
  if (path == "-") return STDIN_FILENO;
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return cannot_read(path, errno);
  struct stat info {};
  if (::fstat(descriptor, &info) == 0 && S_ISDIR(info.st_mode)) {
    ::close(descriptor);
    return cannot_read(path, EISDIR);
  }
  return descriptor;
}

// read() that is not stopped by a signal.
ssize_t read_some(int descriptor, char* room, std::size_t size) {
  ssize_t got = 0;
  do {
    got = ::read(descriptor, room, size);
  } while (got < 0 && errno == EINTR);
  return got;
}

}  // namespace

Result<LineReader> LineReader::open(const std::string& path, ByteCount longest) {
  const auto descriptor = open_descriptor(path);
  if (!descriptor) return std::unexpected(descriptor.error());
  return LineReader(*descriptor, longest);
}

LineReader::LineReader(int descriptor, ByteCount longest)
    : descriptor_(descriptor), longest_(static_cast<std::size_t>(longest.value)) {
  struct stat info {};
  if (::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode)) total_bytes_ = static_cast<std::uint64_t>(info.st_size);
}

LineReader::LineReader(LineReader&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      longest_(other.longest_),
      buffer_(std::move(other.buffer_)),
      start_(other.start_),
      at_end_(other.at_end_),
      failed_(other.failed_),
      line_number_(other.line_number_),
      bytes_read_(other.bytes_read_),
      total_bytes_(other.total_bytes_) {}

LineReader::~LineReader() {
  if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
}

bool LineReader::fill() {
  if (at_end_) return false;
  if (start_ != 0) {
    buffer_.erase(0, start_);
    start_ = 0;
  }
  const std::size_t before = buffer_.size();
  buffer_.resize(before + kPiece);
  const ssize_t got = read_some(descriptor_, buffer_.data() + before, kPiece);
  buffer_.resize(before + static_cast<std::size_t>(got > 0 ? got : 0));
  failed_ |= got < 0;
  at_end_ = got <= 0;
  bytes_read_ += static_cast<std::uint64_t>(got > 0 ? got : 0);
  return got > 0;
}

LineReader::Outcome LineReader::next(std::string_view& line) {
  bool too_long = false;
  std::size_t searched = start_;
  while (true) {
    const std::size_t end = buffer_.find('\n', searched);
    if (end != std::string::npos) {
      line = std::string_view(buffer_).substr(start_, end - start_);
      start_ = end + 1;
      ++line_number_;
      if (too_long || line.size() > longest_) return Outcome::too_long;
      if (line.ends_with('\r')) line.remove_suffix(1);
      return Outcome::line;
    }
    if (buffer_.size() - start_ > longest_) {
      too_long = true;
      start_ = buffer_.size();  // drop what was read of it
    }
    searched = buffer_.size() - start_;
    if (fill()) continue;
    if (failed_) return Outcome::failed;
    if (start_ == buffer_.size() && !too_long) return Outcome::end;
    line = std::string_view(buffer_).substr(start_);
    start_ = buffer_.size();
    ++line_number_;
    return too_long ? Outcome::too_long : Outcome::line;
  }
}

Result<std::string> read_whole(const std::string& path, ByteCount limit) {
  const auto descriptor = open_descriptor(path);
  if (!descriptor) return std::unexpected(descriptor.error());
  std::string content;
  ssize_t got = 0;
  std::string piece(kPiece, '\0');
  while ((got = read_some(*descriptor, piece.data(), piece.size())) > 0 && content.size() <= limit.value) {
    content.append(piece, 0, static_cast<std::size_t>(got));
  }
  const int error = errno;
  if (*descriptor != STDIN_FILENO) ::close(*descriptor);
  if (got < 0) return cannot_read(path, error);
  if (content.size() > limit.value) {
    return fail(FailureCode("file_too_large"), path + " is larger than " + to_words(limit) + ", so it is not what it should be.",
                "For many documents use --jsonl, for a log --log.", Blame::user);
  }
  return content;
}

}  // namespace locksmith::cli
