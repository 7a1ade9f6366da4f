#include "cli/log_writer.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "vocabulary/limits/gateway.h"

namespace locksmith::cli {
namespace {

// Returns what was not taken: nothing, unless the disk is full.
std::string_view write_what_fits(int descriptor, std::string_view lines) {
  while (!lines.empty()) {
    const ssize_t written = ::write(descriptor, lines.data(), lines.size());
    if (written > 0) {
      lines.remove_prefix(static_cast<std::size_t>(written));
    } else if (written < 0 && errno != EINTR) {
      break;
    }
  }
  return lines;
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

// What a full disk did not take is tried again from the byte where it broke off, so that no line is torn or joined with another.
// Meanwhile lines gather in `waiting`, and those that find no room there are counted by whoever brings them.
void LogWriter::run(Shared& shared) {
  std::string lines;
  std::string_view rest;  // of `lines`
  for (bool stopping = false; !stopping || rest.empty();) {
    {
      std::unique_lock lock(shared.mutex);
      if (rest.empty()) {
        shared.wake.wait(lock, [&shared] { return shared.stopping || !shared.waiting.empty(); });
        if (shared.waiting.empty()) break;
        lines.clear();
        lines.swap(shared.waiting);
        rest = lines;
      } else {
        shared.wake.wait_for(lock, limits::kLogRetry, [&shared] { return shared.stopping; });
      }
      stopping = shared.stopping;
    }
    rest = write_what_fits(shared.descriptor, rest);
  }
  const std::lock_guard lock(shared.mutex);
  shared.ended = true;
  shared.wake.notify_all();
}

}  // namespace locksmith::cli
