#include "cli/log_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "cli/called.h"
#include "cli/line_reader.h"
#include "vocabulary/limits/gateway.h"
#include "vocabulary/limits/input.h"

namespace locksmith::cli {
namespace {

// A disk that is full after so many bytes of a file, until it dies: the last write before is cut short, and the next one fails.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit little{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &little);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

class LogWriterTest : public testing::Test {
 protected:
  LogWriterTest() : file_(own_.file("log", "")), descriptor_(open(file_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)) {}
  ~LogWriterTest() override { close(descriptor_); }

  std::string text() const { return *read_whole(file_, limits::kTextFile); }
  void wait_for(std::size_t bytes) const {
    while (std::filesystem::file_size(file_) < bytes) std::this_thread::yield();
  }

  OwnFolder own_;
  std::string file_;
  int descriptor_;
};

TEST_F(LogWriterTest, AFullDiskTearsNoLineAndLosesNoneThatCanWait) {
  LogWriter log(descriptor_);
  log.begin();
  {
    const FullDisk full(10);
    EXPECT_TRUE(log.write("{\"first\":1}\n"));
    wait_for(10);
    EXPECT_TRUE(log.write("{\"second\":2}\n"));
  }
  const std::string whole = "{\"first\":1}\n{\"second\":2}\n";
  wait_for(whole.size());
  EXPECT_EQ(text(), whole);
}

TEST_F(LogWriterTest, WhatAFullDiskLeavesNoRoomForIsSaidToBeDropped) {
  LogWriter log(descriptor_);
  log.begin();
  const FullDisk full(1);
  EXPECT_TRUE(log.write("{}\n"));
  wait_for(1);
  const std::string batch(limits::kLogBacklog, 'x');
  EXPECT_TRUE(log.write(batch));
  EXPECT_FALSE(log.write("{}\n"));
}

TEST_F(LogWriterTest, AFullDiskDoesNotHoldUpTheEnd) {
  const FullDisk full(1);
  const auto before = std::chrono::steady_clock::now();
  {
    LogWriter log(descriptor_);
    log.begin();
    EXPECT_TRUE(log.write("{}\n"));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - before, Duration(limits::kLogLastWords) / 2);
}

}  // namespace
}  // namespace locksmith::cli
