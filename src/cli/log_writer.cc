#include "cli/log_writer.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "vocabulary/limits.h"

namespace locksmith::cli {
namespace {

// A full disk loses lines, never the process; the next lines are tried again.
void write_all(int descriptor, std::string_view lines) {
  while (!lines.empty()) {
    const ssize_t written = ::write(descriptor, lines.data(), lines.size());
    if (written > 0) {
      lines.remove_prefix(static_cast<std::size_t>(written));
    } else if (written < 0 && errno != EINTR) {
      return;
    }
  }
}

}  // namespace

LogWriter::LogWriter(int descriptor) : descriptor_(descriptor), thread_([this] { run(); }) {}

LogWriter::~LogWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

bool LogWriter::write(std::string_view lines) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() + lines.size() > limits::kLogBacklog) return false;
    waiting_.append(lines);
  }
  wake_.notify_one();
  return true;
}

void LogWriter::run() {
  std::string lines;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      lines.clear();
      lines.swap(waiting_);
    }
    write_all(descriptor_, lines);
  }
}

}  // namespace locksmith::cli
