// The gateway's log on its way to a file or stderr: gathered by the workers, written by a thread of its own, so that a slow
// disk or a stopped reader never holds up a request. A full disk is tried again until it takes more; every line that is written
// is whole. What cannot wait any more is dropped and counted.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/witness.h"

namespace locksmith::cli {

class LogWriter final : public gateway::LogSink {
 public:
  explicit LogWriter(int descriptor);  // stays open; owned by the caller
  // Writes what waits, for at most limits::kLogLastWords: a reader that stands still must not hold up the end of the program. Then the
  // thread is left behind in its write, and with it what it holds.
  ~LogWriter() override;

  // Starts the thread, once: a sandbox binds only the threads that are started in it. What is written before waits.
  void begin();
  bool write(std::string_view lines) override;  // any thread

 private:
  struct Shared {
    int descriptor = -1;
    std::mutex mutex;
    std::condition_variable wake;
    std::string waiting;
    bool stopping = false;
    bool ended = false;
  };
  static void run(Shared& shared);

  std::shared_ptr<Shared> shared_;  // the thread's too
  std::thread thread_;
};

}  // namespace locksmith::cli
