// `locksmith scan`, as a user calls it: what goes wrong, and is said. What it finds, tests/scan shows with real tools.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "cli/called.h"
#include "model/finding/keys_for_tests.h"

namespace locksmith::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class ScanTest : public testing::Test {
 protected:
  // A repository as git makes one, as far as a scan looks.
  fs::path repository(const std::string& config = "[core]\n") {
    const fs::path git = folder_.path() / "r" / ".git";
    fs::create_directories(git / "objects" / "pack");
    std::ofstream(git / "HEAD") << "ref: refs/heads/main\n";
    std::ofstream(git / "config") << config;
    return git.parent_path();
  }
  Called scan(std::vector<std::string> words) {
    words.insert(words.begin(), "scan");
    return call(std::move(words));
  }
  // In a folder, as `--install-hook` wants it.
  Called in(const fs::path& folder, std::vector<std::string> words) {
    const fs::path before = fs::current_path();
    fs::current_path(folder);
    Called called = scan(std::move(words));
    fs::current_path(before);
    return called;
  }

  OwnFolder folder_;
  model::finding::KeysForTests keys_{1};
};

TEST_F(ScanTest, TheFirstLineSaysWhatWasFound) {
  folder_.file("clean", "nothing\n");
  EXPECT_THAT(scan({folder_.path()}).out, testing::StartsWith("✓ No key found (1 file"));
  folder_.file("a.env", "\nK=" + keys_.claude() + "\n");
  const Called called = scan({folder_.path()});
  EXPECT_EQ(called.code, 1);
  EXPECT_THAT(called.out, testing::StartsWith("✗ 1 key found in 1 place (2 files"));
  EXPECT_THAT(called.out, HasSubstr("a.env:2:3"));
  EXPECT_THAT(called.out, HasSubstr("explain leaked_key"));
}

TEST_F(ScanTest, ABaselineThatCannotBeReadOrWritten) {
  const std::string wrong = folder_.file("base", "12345 no\n");
  EXPECT_THAT(scan({folder_.path(), "--baseline", wrong}).err, HasSubstr("baseline_invalid"));
  EXPECT_THAT(scan({folder_.path(), "--write-baseline", folder_.path() / "none" / "base"}).err, HasSubstr("baseline_not_written"));
}

TEST_F(ScanTest, AHookIsWrittenOnceAndOnlyWhereItWouldRun) {
  EXPECT_THAT(in(folder_.path(), {"--install-hook"}).err, HasSubstr("not_a_repository"));
  const fs::path folder = repository();
  EXPECT_EQ(in(folder, {"--install-hook"}).code, 0);
  EXPECT_TRUE(fs::exists(folder / ".git" / "hooks" / "pre-commit"));
  EXPECT_THAT(in(folder, {"--install-hook"}).err, HasSubstr("hook_exists"));
  fs::remove_all(folder / ".git" / "hooks");
  std::ofstream(folder / ".git" / "hooks") << "no folder";
  EXPECT_THAT(in(folder, {"--install-hook"}).err, HasSubstr("hook_not_written"));
  repository("[core]\n\thooksPath = .husky\n");
  EXPECT_THAT(in(folder, {"--install-hook"}).err, HasSubstr("hooks_elsewhere"));
}

// What the history of a repository cannot give is told as a place that was not looked at: codes git_pack_invalid, git_format_unsupported.
TEST_F(ScanTest, ARepositoryThatCannotBeReadIsNotClean) {
  const fs::path folder = repository();
  std::ofstream(folder / ".git" / "objects" / "pack" / "pack-1.pack") << "PACK and nothing more";
  const Called damaged = scan({folder, "--git"});
  EXPECT_EQ(damaged.code, 2);
  EXPECT_THAT(damaged.out, HasSubstr("it has no index"));
  repository("[extensions]\n\tobjectFormat = sha256\n");
  const Called sha256 = scan({folder, "--git"});
  EXPECT_EQ(sha256.code, 2);
  EXPECT_THAT(sha256.out, HasSubstr("SHA-256"));
}

TEST_F(ScanTest, FoundKeysGoToNoOtherHost) {
  folder_.file("a", keys_.claude());
  const Called called = scan({folder_.path(), "--verify", "--verify-at", "https://example.org"});
  EXPECT_EQ(called.code, 2);
  EXPECT_THAT(called.err, HasSubstr("verify_elsewhere"));
}

}  // namespace
}  // namespace locksmith::cli
