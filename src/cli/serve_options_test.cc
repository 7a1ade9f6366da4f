#include "cli/serve_options.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "cli/listen_text.h"
#include "model/tenant/virtual_key.h"

namespace locksmith::cli {
namespace {

namespace fs = std::filesystem;

std::string made_key() { return "sk-ant-" "api03-" + std::string(93, 'T') + "AA"; }

class ServeOptionsTest : public testing::Test {
 protected:
  ServeOptionsTest() {
    std::string name = (fs::temp_directory_path() / "locksmith-serve-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    unsetenv("ANTHROPIC_API_KEY");
  }
  ~ServeOptionsTest() override { fs::remove_all(folder_); }

  std::string file(const std::string& content, fs::perms mode = fs::perms::owner_read) {
    const fs::path path = folder_ / "key";
    fs::remove(path);
    std::ofstream(path) << content;
    fs::permissions(path, mode);
    return path.string();
  }
  static std::string code(const ServeOptions& options) {
    const auto settings = make_settings(options);
    return settings ? std::string("none") : std::string(settings.error().code.name());
  }

  fs::path folder_;
};

TEST_F(ServeOptionsTest, TheCredentialComesFromAFileOfItsOwner) {
  const auto settings = make_settings({.credential_file = file(made_key() + "\n")});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ((*settings)->credentials.at(0).value.reveal(), made_key());
  EXPECT_FALSE((*settings)->credentials.at(0).bearer);
}

TEST_F(ServeOptionsTest, TheTokenOfOperatorsIsAFileOfItsOwnerAndNotGuessed) {
  const auto token_code = [](const std::string& path) {
    const auto token = read_admin_token({.admin_token_file = path});
    return token ? std::string(*token ? "one" : "none") : std::string(token.error().code.name());
  };
  EXPECT_EQ(token_code(""), "none");
  EXPECT_EQ(token_code(file(std::string(16, 't') + "\n")), "one");
  EXPECT_EQ(token_code(file(std::string(15, 't'))), "admin_token_weak");
  EXPECT_EQ(token_code(file(std::string(16, 't') + " x")), "admin_token_weak");
  EXPECT_EQ(token_code(file("")), "admin_token_weak");
  EXPECT_EQ(token_code((folder_ / "none").string()), "credential_file_unreadable");
  EXPECT_EQ(token_code(file(std::string(16, 't'), fs::perms::owner_read | fs::perms::others_read)), "credential_file_exposed");
}

TEST_F(ServeOptionsTest, OrFromTheEnvironment) {
  setenv("ANTHROPIC_API_KEY", made_key().c_str(), 1);
  EXPECT_EQ(code({}), "none");
  unsetenv("ANTHROPIC_API_KEY");
}

TEST_F(ServeOptionsTest, WhatCannotServeIsRefusedBeforeItListens) {
  EXPECT_EQ(code({}), "credential_missing");
  EXPECT_EQ(code({.credential_file = (folder_ / "none").string()}), "credential_file_unreadable");
  EXPECT_EQ(code({.credential_file = file(made_key(), fs::perms::owner_read | fs::perms::group_read)}), "credential_file_exposed");
  EXPECT_EQ(code({.credential_file = file("\"" + made_key() + "\"")}), "credential_unusable");
  EXPECT_EQ(code({.credential_file = file(made_key()), .log = folder_.string()}), "log_unwritable");
  EXPECT_EQ(code({.credential_file = file(made_key()), .log = (folder_ / "none" / "log").string()}), "log_unwritable");
  EXPECT_EQ(code({.credential_file = file(made_key()), .log = (folder_ / "log").string()}), "none");
  EXPECT_FALSE(fs::exists(folder_ / "log"));
  EXPECT_EQ(code({.upstream = "nonsense", .credential_file = file(made_key())}), "url_invalid");
  EXPECT_EQ(read_listen_address("here").error().code.name(), "listen_address_invalid");
  EXPECT_EQ(read_listen_address(made_key()).error().message.find(made_key()), std::string::npos);
}

TEST_F(ServeOptionsTest, ACredentialThatNoApiTakesIsRefused) {
  const std::string admin = "sk-ant-" "admin01-" + std::string(93, 'T') + "AA";
  std::array<std::uint8_t, model::tenant::kKeyRandomBytes> random{};
  const std::string virtual_key(model::tenant::make_key_text(random).reveal());
  for (const std::string& never : {std::string(), std::string("\n"), admin, virtual_key}) {
    EXPECT_EQ(code({.credential_file = file(never)}), "credential_unusable") << never;
    EXPECT_EQ(code({.upstream = "http://127.0.0.1:1", .credential_file = file(never)}), "credential_unusable") << never;
  }
  const std::string session = "sk-ant-" "sid01-" + std::string(93, 'T') + "AA";
  for (const std::string& elsewhere : {std::string("hunter2hunter2"), session}) {
    EXPECT_EQ(code({.credential_file = file(elsewhere)}), "credential_unusable");
    EXPECT_EQ(code({.upstream = "http://127.0.0.1:1", .credential_file = file(elsewhere)}), "none");
  }
}

}  // namespace
}  // namespace locksmith::cli
