#include "host/run_command.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace locksmith::host {
namespace {

using End = CommandRun::End;

constexpr Duration kLong = std::chrono::seconds(60);

CommandRun run(std::string_view command, Duration deadline = kLong, std::vector<Secret> pairs = {}) {
  const std::atomic<bool> stop = false;
  return run_command(Secret(command), pairs, deadline, 1_KiB, stop);
}

std::string printed(std::string_view command, std::vector<Secret> pairs = {}) { return std::string(run(command, kLong, std::move(pairs)).printed.reveal()); }

TEST(RunCommand, GivesWhatWasPrintedAndHowItEnded) {
  const CommandRun good = run("printf 'a\\nb'; echo oops >&2");
  EXPECT_EQ(good.end, End::exited);
  EXPECT_EQ(good.exit_code, 0);
  EXPECT_EQ(good.printed.reveal(), "a\nb");
  EXPECT_EQ(run("echo x; exit 3").exit_code, 3);
  EXPECT_EQ(run("kill -TERM $$").exit_code, 128 + SIGTERM);
  EXPECT_EQ(run("no-such-program-here").exit_code, 127);
  EXPECT_EQ(printed("cat; echo end"), "end\n");  // it reads nothing and waits for nobody
}

TEST(RunCommand, IsStoppedAtItsBounds) {
  EXPECT_EQ(run("yes").end, End::too_long);
  EXPECT_EQ(run("head -c 1024 /dev/zero").end, End::exited);
  EXPECT_EQ(run("head -c 1025 /dev/zero").end, End::too_long);
  EXPECT_EQ(run("sleep 600", std::chrono::milliseconds(50)).end, End::too_late);
  const std::atomic<bool> stop = true;
  EXPECT_EQ(run_command(Secret("sleep 600"), {}, kLong, 1_KiB, stop).end, End::stopped);
}

TEST(RunCommand, ItsChildrenEndWithItAndOneLeftBehindHoldsNobodyUp) {
  EXPECT_EQ(run("sleep 600 & sleep 600", std::chrono::milliseconds(50)).end, End::too_late);
  const CommandRun left = run("sleep 1 & echo key");
  EXPECT_EQ(left.end, End::exited);
  EXPECT_EQ(left.printed.reveal(), "key\n");
}

TEST(RunCommand, TheVariablesGivenWinAndTheCommandIsNoArgument) {
  ::setenv("RUN_COMMAND_TEST", "outer", 1);
  EXPECT_EQ(printed("echo $RUN_COMMAND_TEST"), "outer\n");
  std::vector<Secret> pairs;
  pairs.emplace_back("RUN_COMMAND_TEST=weak");
  pairs.emplace_back("RUN_COMMAND_TEST=strong");
  EXPECT_EQ(printed("echo $RUN_COMMAND_TEST", std::move(pairs)), "strong\n");
  EXPECT_EQ(printed("tr '\\0' ' ' </proc/$$/cmdline | grep -c do-not-show"), "0\n");
  EXPECT_EQ(printed("env | grep -c LOCKSMITH_COMMAND"), "0\n");
  ::unsetenv("RUN_COMMAND_TEST");
}

}  // namespace
}  // namespace locksmith::host
