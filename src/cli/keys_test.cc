// `locksmith keys` and the start of `serve`, as a user calls them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "cli/called.h"
#include "cli/store_url.h"
#include "model/tenant/virtual_key.h"
#include "wire/json/json.h"

namespace locksmith::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class KeysTest : public testing::Test {
 protected:
  KeysTest() { setenv("LOCKSMITH_STORE", ("sqlite:" + (folder_ / "keys.db").string()).c_str(), 1); }
  ~KeysTest() override { unsetenv("LOCKSMITH_STORE"); }

  int call(std::vector<std::string> words) {
    Called called = cli::call(std::move(words));
    out_ = std::move(called.out);
    err_ = std::move(called.err);
    return called.code;
  }

  OwnFolder own_;
  const fs::path& folder_ = own_.path();
  std::string out_, err_;
};

TEST_F(KeysTest, TheSecretIsShownOnceAndKeptNowhere) {
  ASSERT_EQ(call({"keys", "create", "--name", "app", "--quiet"}), 0);
  const std::string key = out_.substr(0, out_.size() - 1);
  EXPECT_EQ(model::tenant::examine_key(key), model::tenant::KeyForm::good);
  ASSERT_EQ(call({"keys", "list"}), 0);
  EXPECT_THAT(out_, HasSubstr("app"));
  EXPECT_THAT(out_, Not(HasSubstr(key.substr(10, 20))));
  for (const auto& entry : fs::directory_iterator(folder_)) {
    struct stat facts {};
    ASSERT_EQ(stat(entry.path().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 077, 0U) << entry.path();
  }
}

TEST_F(KeysTest, AKeyWhoseSecretWasLostIsRevokedAndItsNameIsFree) {
  std::array<int, 2> nobody_reads{};
  ASSERT_EQ(pipe2(nobody_reads.data(), O_CLOEXEC), 0);
  close(nobody_reads[0]);
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  for (const int out : {full, nobody_reads[1]}) {
    for (const char* const form : {"--quiet", "--json", "--no-color"}) {
      const Called called = cli::call({"keys", "create", "--name", "app", form}, out);
      EXPECT_EQ(called.code, 2);
      EXPECT_THAT(called.err, HasSubstr("it was revoked at once; its name is free. [output_not_written]"));
    }
  }
  close(full);
  close(nobody_reads[1]);
  ASSERT_EQ(call({"keys", "list"}), 0);
  EXPECT_THAT(out_, HasSubstr("revoked"));
  EXPECT_THAT(out_, Not(HasSubstr("active")));
  EXPECT_EQ(call({"keys", "create", "--name", "app"}), 0);
}

TEST_F(KeysTest, AKeysLife) {
  ASSERT_EQ(call({"keys", "create", "--name", "app", "--expires", "90d", "--json"}), 0);
  wire::json::Reader reader;
  const auto made = reader.parse(out_);
  ASSERT_TRUE(made);
  const std::string id((*made)["key"]["id"].string_or({}));
  EXPECT_EQ((*made)["key"]["state"].as_string(), "active");
  EXPECT_EQ(call({"keys", "suspend", "app"}), 0);
  EXPECT_THAT(out_, HasSubstr("suspended"));
  EXPECT_EQ(call({"keys", "resume", id}), 0);
  EXPECT_EQ(call({"keys", "revoke", id}), 0);
  EXPECT_EQ(call({"keys", "resume", id}), 2);
  EXPECT_THAT(err_, HasSubstr("[key_revoked_for_good]"));
  EXPECT_EQ(call({"keys", "show", id, "--json"}), 0);
  EXPECT_THAT(out_, HasSubstr("\"revoked\""));
}

TEST_F(KeysTest, ANameThatNoLineCanHoldIsRefusedAndAnOldOneIsMadePlain) {
  for (const std::string& bad : {std::string("a\nb\x1b[31m"), std::string(), std::string(5000, 'x')}) {
    EXPECT_EQ(call({"keys", "create", "--name", bad}), 2);
    EXPECT_THAT(err_, HasSubstr("[key_name_invalid]"));
    EXPECT_EQ(call({"keys", "create", "--workspace", bad}), 2);
    EXPECT_THAT(err_, HasSubstr("[key_name_invalid]"));
  }
  model::tenant::VirtualKey old;
  old.id = model::tenant::VirtualKeyId("lksid_old");
  old.name = "a\nb\x1b[31m";
  old.workspace = model::tenant::WorkspaceName("default");
  ASSERT_TRUE((*open_key_store({}))->add(old));
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"keys", "list"}, {"keys", "show", "lksid_old"}, {"keys", "suspend", "lksid_old"}}) {
    EXPECT_EQ(call(words), 0);
    EXPECT_THAT(out_, HasSubstr("a?b?[31m"));
  }
}

TEST_F(KeysTest, WrongUseIsToldWithTheNextStep) {
  EXPECT_EQ(call({"keys", "create", "--expires", "tomorrow"}), 2);
  EXPECT_THAT(err_, HasSubstr("[duration_invalid]"));
  EXPECT_EQ(call({"keys", "revoke", "nobody"}), 2);
  EXPECT_THAT(err_, HasSubstr("[key_not_found]"));
  EXPECT_EQ(call({"keys", "list", "--store", "mysql://here"}), 2);
  EXPECT_THAT(err_, HasSubstr("[store_url_invalid]"));
  EXPECT_EQ(call({"status", "--admin", "foo"}), 2);
  EXPECT_THAT(err_, HasSubstr("for example --admin 127.0.0.1:8786"));
  EXPECT_THAT(err_, Not(HasSubstr("--listen")));
  EXPECT_EQ(call({"serve", "--log", (folder_ / "none" / "log").string()}), 2);
  EXPECT_THAT(err_, HasSubstr("[log_unwritable]"));
}

TEST_F(KeysTest, SettingsAreCheckedWithoutServing) {
  const std::string config = (folder_ / "locksmith.toml").string();
  const std::string key = (folder_ / "api-key").string();
  std::ofstream(key) << "sk-ant-" "api03-" << std::string(93, 'T') << "AA\n";
  fs::permissions(key, fs::perms::owner_read);
  std::ofstream(config) << "workers = 2\n[[credentials]]\nname = \"main\"\nfile = \"" << key << "\"\n";
  EXPECT_EQ(call({"serve", "--config", config, "--check"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("can serve"));
  EXPECT_EQ(call({"serve", "--config", config, "--check", "--json"}), 0);
  EXPECT_THAT(out_, HasSubstr("locksmith.check/1"));
  fs::permissions(key, fs::perms::owner_read | fs::perms::others_read);
  EXPECT_EQ(call({"serve", "--config", config, "--check"}), 2);
  EXPECT_THAT(err_, HasSubstr("locksmith.toml:2: "));
  EXPECT_THAT(err_, HasSubstr("[credential_file_exposed]"));
  std::ofstream(config) << "worker = 2\n";
  EXPECT_EQ(call({"serve", "--config", config, "--check"}), 2);
  EXPECT_THAT(err_, HasSubstr("locksmith.toml:1: there is no setting \"worker\"; the nearest is workers"));
  EXPECT_FALSE(fs::exists(folder_ / "keys.db"));
}

}  // namespace
}  // namespace locksmith::cli
