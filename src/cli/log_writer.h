// The gateway's log on its way to a file or stderr: gathered by the workers, written by a thread of its own, so that a slow
// disk or a stopped reader never holds up a request. What cannot wait any more is dropped and counted.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/witness.h"

namespace locksmith::cli {

class LogWriter final : public gateway::LogSink {
 public:
  explicit LogWriter(int descriptor);  // stays open; owned by the caller
  ~LogWriter() override;               // writes what waits, as long as the descriptor takes it

  bool write(std::string_view lines) override;  // any thread

 private:
  void run();

  int descriptor_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::string waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace locksmith::cli
