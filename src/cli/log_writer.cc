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

LogWriter::LogWriter(int descriptor) : shared_(std::make_shared<Shared>()) {
  shared_->descriptor = descriptor;
}

void LogWriter::begin() {
  thread_ = std::thread([shared = shared_] { run(*shared); });
}

LogWriter::~LogWriter() {
  if (!thread_.joinable()) return;
  std::unique_lock lock(shared_->mutex);
  shared_->stopping = true;
  shared_->wake.notify_all();
  const bool ended = shared_->wake.wait_for(lock, limits::kLogLastWords, [this] { return shared_->ended; });
  lock.unlock();
  if (ended) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

bool LogWriter::write(std::string_view lines) {
  {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->waiting.size() + lines.size() > limits::kLogBacklog) return false;
    shared_->waiting.append(lines);
  }
  shared_->wake.notify_one();
  return true;
}

void LogWriter::run(Shared& shared) {
  std::string lines;
  while (true) {
    {
      std::unique_lock lock(shared.mutex);
      shared.wake.wait(lock, [&shared] { return shared.stopping || !shared.waiting.empty(); });
      if (shared.waiting.empty()) {
        shared.ended = true;
        shared.wake.notify_all();
        return;
      }
      lines.clear();
      lines.swap(shared.waiting);
    }
    write_all(shared.descriptor, lines);
  }
}

}  // namespace locksmith::cli
