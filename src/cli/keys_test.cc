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

TEST_F(KeysTest, AKeyWhoseTimeIsOverIsSaidToBeExpired) {
  auto store = open_key_store({});
  for (const auto state : {model::tenant::KeyState::active, model::tenant::KeyState::suspended, model::tenant::KeyState::revoked}) {
    model::tenant::VirtualKey over;
    over.id = model::tenant::VirtualKeyId("lksid_" + std::string(name(state)));
    over.name = name(state);
    over.workspace = model::tenant::WorkspaceName("default");
    over.digest[0] = static_cast<std::uint8_t>(state);
    over.expires = Instant(1s);
    ASSERT_TRUE((*store)->add(over));
    ASSERT_TRUE((*store)->set_state(over.id.value(), state));
    const std::string shown = state == model::tenant::KeyState::active ? "expired" : std::string(name(state));
    EXPECT_EQ(call({"keys", "show", over.id.value()}), 0);
    EXPECT_THAT(out_, HasSubstr("state      " + shown));
    EXPECT_EQ(call({"keys", "show", over.id.value(), "--json"}), 0);
    EXPECT_THAT(out_, HasSubstr("\"state\": \"" + shown + "\""));
  }
  EXPECT_EQ(call({"keys", "list"}), 0);
  EXPECT_THAT(out_, testing::ContainsRegex("lksid_active .* expired "));
  EXPECT_EQ(call({"keys", "resume", "suspended"}), 0);
  EXPECT_THAT(out_, HasSubstr("is now expired"));
}

TEST_F(KeysTest, AChangeOfARevokedKeySaysThatItIsRevoked) {
  ASSERT_EQ(call({"keys", "create", "--name", "app"}), 0);
  ASSERT_EQ(call({"keys", "revoke", "app"}), 0);
  EXPECT_THAT(out_, HasSubstr("nobody confirmed it: no gateway serves from this store"));
  for (const char* const verb : {"resume", "suspend"}) {
    EXPECT_EQ(call({"keys", verb, "app"}), 2);
    EXPECT_THAT(err_, testing::ContainsRegex("The key lksid_.* is revoked.*key_revoked_for_good"));
  }
  EXPECT_EQ(call({"keys", "revoke", "app"}), 0);
}

TEST_F(KeysTest, EveryKeysCommandTakesStoreAndAdminFromTheConfigurationAndKnowsNoMistypedVariable) {
  const std::string other = (folder_ / "other.db").string();
  const std::string config = (folder_ / "locksmith.toml").string();
  std::ofstream(config) << "store = \"sqlite:" << other << "\"\nadmin = \"127.0.0.1:1\"\n";
  unsetenv("LOCKSMITH_STORE");
  ASSERT_EQ(call({"keys", "create", "--name", "app", "--config", config}), 0);
  EXPECT_TRUE(fs::exists(other));
  setenv("LOCKSMITH_CONFIG", config.c_str(), 1);
  EXPECT_EQ(call({"keys", "show", "app"}), 0);
  for (const char* const verb : {"suspend", "resume", "revoke"}) {
    EXPECT_EQ(call({"keys", verb, "app"}), 3) << "the configured gateway does not answer";
    EXPECT_THAT(out_, HasSubstr("not confirmed by the gateway on 127.0.0.1:1: nothing answers there"));
    EXPECT_EQ(call({"keys", "show", "app", "--store", "sqlite:" + (folder_ / "none.db").string()}), 2) << "a flag wins";
  }
  unsetenv("LOCKSMITH_CONFIG");
  setenv("LOCKSMITH_STOER", "x", 1);
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"keys", "create"}, {"keys", "list"}, {"keys", "show", "app"}, {"keys", "revoke", "app"}, {"status"}, {"explain", "lkf_x"}, {"serve", "--check"}}) {
    EXPECT_EQ(call(words), 2) << words.front();
    EXPECT_THAT(err_, HasSubstr("Did you mean LOCKSMITH_STORE?"));
  }
  unsetenv("LOCKSMITH_STOER");
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
