#include "cli/serve_configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "doctor/survey/fakes_for_tests.h"

namespace locksmith::cli {
namespace {

using doctor::survey::FakeEnvironment;
using doctor::survey::FakeFiles;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kFile = "/home/ada/locksmith.toml";

class ServeConfigurationTest : public testing::Test {
 protected:
  Result<ServeOptions> read(const std::string& content) {
    files.content[kFile] = content;
    flags.config = kFile;
    return read_serve_options(flags, environment, files);
  }
  FakeEnvironment environment;
  FakeFiles files;
  ServeFlags flags;
};

TEST_F(ServeConfigurationTest, WithoutAnythingTheDefaultsServe) {
  const auto options = read_serve_options(flags, environment, files);
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->listen, "127.0.0.1:8787");
  EXPECT_TRUE(options->credentials.empty());
}

TEST_F(ServeConfigurationTest, EverySettingStandsInAFile) {
  const auto options = read(
      "listen = \"0.0.0.0:443\"\nadmin = \"127.0.0.1:9\"\nupstream = \"http://127.0.0.1:1\"\nupstream_ca = \"ca.pem\"\n"
      "credential_file = \"key\"\nstore = \"sqlite:keys.db\"\nlog = \"log\"\ntls_cert = \"c.pem\"\ntls_key = \"k.pem\"\n"
      "workers = 3\nrequests_per_minute = 60\nconcurrent_requests = 5\nspend_usd = 12.5\nmodels = [\"claude-a\", \"claude-b\"]\n"
      "first_byte = \"30s\"\nsilence = \"2m\"\ndrain = \"10s\"\n"
      "[[credentials]]\nname = \"one\"\nfile = \"one.key\"\norganization = \"org\"\nbearer = true\n"
      "[[credentials]]\nname = \"two\"\nenv = \"TWO_KEY\"\n");
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->workers, 3);
  EXPECT_EQ(options->spend_usd, 12.5);
  EXPECT_THAT(options->models, ElementsAre("claude-a", "claude-b"));
  EXPECT_EQ(options->silence, 120s);
  ASSERT_EQ(options->credentials.size(), 2U);
  EXPECT_EQ(options->credentials[0].organization, "org");
  EXPECT_EQ(options->credentials[0].bearer, true);
  EXPECT_EQ(options->credentials[1].variable, "TWO_KEY");
  EXPECT_EQ(options->credentials[1].bearer, std::nullopt);
}

TEST_F(ServeConfigurationTest, AFlagWinsOverAVariableAndAVariableOverTheFile) {
  const std::string content = "workers = 1\nsilence = \"1s\"\nmodels = [\"a\"]\n";
  EXPECT_EQ(read(content)->workers, 1);
  environment.variables["LOCKSMITH_WORKERS"] = "2";
  environment.variables["LOCKSMITH_MODELS"] = "b,c";
  EXPECT_EQ(read(content)->workers, 2);
  EXPECT_THAT(read(content)->models, ElementsAre("b", "c"));
  flags.values["workers"] = "3";
  EXPECT_EQ(read(content)->workers, 3);
  EXPECT_EQ(read(content)->silence, 1s);
}

TEST_F(ServeConfigurationTest, TheFileMayBeNamedByAVariable) {
  files.content[kFile] = "workers = 7\n";
  environment.variables["LOCKSMITH_CONFIG"] = kFile;
  EXPECT_EQ(read_serve_options(flags, environment, files)->workers, 7);
}

TEST_F(ServeConfigurationTest, EverySettingIsAFlagAVariableAndAKey) {
  for (const ServeSetting& setting : serve_settings()) {
    EXPECT_THAT(setting.flag(), testing::StartsWith("--"));
    EXPECT_THAT(setting.flag(), Not(HasSubstr("_")));
    // Of the wrong kind for all of them, and so refused by each, with its place.
    EXPECT_EQ(read(std::string(setting.name) + " = 1979-05-27\n").error().code.name(), "configuration_value_wrong") << setting.name;
    FakeEnvironment wrong;
    wrong.variables[setting.variable()] = "\x01";
    const auto refused = read_serve_options({}, wrong, files);
    ASSERT_FALSE(refused) << setting.variable();
    EXPECT_THAT(refused.error().message, HasSubstr(setting.variable()));
  }
}

// A slip in the name of each variable: a letter left out, one too many, two exchanged.
TEST_F(ServeConfigurationTest, AMistypedVariableIsAnErrorThatNamesTheRightOne) {
  for (const ServeSetting& setting : serve_settings()) {
    const std::string right = setting.variable();
    const std::size_t at = std::string("LOCKSMITH_").size();
    std::string missing = right, doubled = right, exchanged = right;
    missing.erase(at, 1);
    doubled.insert(at, 1, right[at]);
    std::swap(exchanged[right.size() - 2], exchanged[right.size() - 1]);
    if (right.size() - at < 3) exchanged = doubled;  // of so short a name two letters are all
    for (const std::string& wrong : {missing, doubled, exchanged}) {
      FakeEnvironment mistyped;
      mistyped.variables[wrong] = "";  // the name alone is the mistake
      const auto read = read_serve_options({}, mistyped, files);
      if (std::ranges::any_of(serve_settings(), [&](const ServeSetting& one) { return one.variable() == wrong; })) continue;
      ASSERT_FALSE(read) << wrong;
      EXPECT_EQ(read.error().code.name(), "configuration_key_unknown");
      EXPECT_THAT(read.error().message + " " + read.error().next_step, testing::AllOf(HasSubstr(wrong), HasSubstr("Did you mean " + right))) << wrong;
    }
  }
  FakeEnvironment far;
  far.variables["LOCKSMITH_FAVOURITE_COLOUR"] = "blue";
  EXPECT_EQ(read_serve_options({}, far, files).error().code.name(), "configuration_key_unknown");
}

TEST_F(ServeConfigurationTest, VariablesThatOthersSetAreNoMistake) {
  for (const char* const name : {"LOCKSMITH_ADMIN_TOKEN", "LOCKSMITH_STATUS_URL", "LOCKSMITH_SERVICE_HOST", "LOCKSMITH_SERVICE_PORT_HTTP", "LOCKSMITH_PORT",
                                 "LOCKSMITH_PORT_8787_TCP_ADDR", "MY_LOCKSMITH_WORKRES", "locksmith_workres"}) {
    FakeEnvironment given;
    given.variables[name] = "x";
    EXPECT_TRUE(read_serve_options({}, given, files)) << name;
  }
}

struct Mutation {
  std::string content;
  int line;
  std::string code;
  std::string says;  // part of the message
};

TEST_F(ServeConfigurationTest, WhatIsWrongIsSaidWithItsLine) {
  const std::string cred = "[[credentials]]\nname = \"a\"\n";
  const std::string two = "[[credentials]]\nname = \"a\"\nfile = \"f\"\n";
  const std::vector<Mutation> mutations{
      {"lisen = \"127.0.0.1:1\"\n", 1, "configuration_key_unknown", "nearest is listen"},
      {"workers = 1\n\nrequest_per_minute = 4\n", 3, "configuration_key_unknown", "nearest is requests_per_minute"},
      {"[credential]\nname = \"a\"\n", 1, "configuration_key_unknown", "nearest is credentials"},
      {cred + "fiel = \"x\"\n", 3, "configuration_key_unknown", "nearest is file"},
      {cred + "organisation = \"x\"\nfile = \"f\"\n", 3, "configuration_key_unknown", "nearest is organization"},
      {"workers = \"2\"\n", 1, "configuration_value_wrong", "whole number"},
      {"workers = -1\n", 1, "configuration_value_wrong", "whole number"},
      {"workers = 2.5\n", 1, "configuration_value_wrong", "whole number"},
      {"workers = 100000\n", 1, "configuration_value_wrong", "256"},
      {"spend_usd = \"12\"\n", 1, "configuration_value_wrong", "number"},
      {"spend_usd = -0.01\n", 1, "configuration_value_wrong", "number"},
      {"spend_usd = nan\n", 1, "configuration_value_wrong", "number"},
      {"spend_usd = inf\n", 1, "configuration_value_wrong", "number"},
      {"silence = 30\n", 1, "configuration_value_wrong", "text in quotes"},
      {"silence = \"30\"\n", 1, "configuration_value_wrong", "a time"},
      {"silence = \"0s\"\n", 1, "configuration_value_wrong", "a time"},
      {"drain = \"2d\"\n", 1, "configuration_value_wrong", "a time"},
      {"models = \"claude\"\n", 1, "configuration_value_wrong", "list"},
      {"models = [\"claude\", 3]\n", 1, "configuration_value_wrong", "element 2 is a"},
      {"models = [\"\"]\n", 1, "configuration_value_wrong", "empty"},
      {"endpoints = [\"v1/skills\"]\n", 1, "configuration_value_wrong", "plain path"},
      {"endpoints = [\"/v1/skills/\"]\n", 1, "configuration_value_wrong", "plain path"},
      {"endpoints = [\"/v1/%73kills\"]\n", 1, "configuration_value_wrong", "plain path"},
      {"listen = 8787\n", 1, "configuration_value_wrong", "text in quotes"},
      {"log = \"a\\nb\"\n", 1, "configuration_value_wrong", "control"},
      {"\nlisten = \"here\"\n", 2, "listen_address_invalid", "no address"},
      {"admin = \"127.0.0.1\"\n", 1, "listen_address_invalid", "no address"},
      {"admin = \"here\"\n", 1, "listen_address_invalid", "for example 127.0.0.1:8786"},
      {"spend_usd = 0.0000000001\n", 1, "configuration_value_wrong", "smallest amount"},
      {"store = \"postgresql://x\"\n", 1, "store_url_invalid", "postgresql"},
      {"store = \"sqlite:\"\n", 1, "store_url_invalid", "names no file"},
      {"listen = \"127.0.0.1:1\"\nadmin = \"127.0.0.1:1\"\n", 2, "configuration_value_wrong", "the same address"},
      {"listen = \"127.0.0.1:8786\"\n", 1, "configuration_value_wrong", "the same address"},
      {"upstream = \"nonsense\"\n", 1, "url_invalid", ""},
      {"\nio = \"uring\"\n", 2, "configuration_value_wrong", "neither auto nor epoll"},
      {"tls_cert = \"c.pem\"\n", 1, "configuration_value_wrong", "belong together"},
      {"\ntls_key = \"k.pem\"\n", 2, "configuration_value_wrong", "belong together"},
      {cred, 1, "configuration_value_wrong", "either file or env"},
      {cred + "file = \"f\"\nenv = \"E\"\n", 1, "configuration_value_wrong", "either file or env"},
      {"[[credentials]]\nfile = \"f\"\n", 1, "configuration_value_wrong", "no name"},
      {cred + "file = \"f\"\nbearer = \"yes\"\n", 4, "configuration_value_wrong", "true or false"},
      {two + two, 4, "configuration_value_wrong", "second credential"},
      {"[credentials]\nname = \"a\"\nfile = \"f\"\n", 1, "configuration_value_wrong", "[["},
      {"credentials = [\"a\"]\n", 1, "configuration_value_wrong", "tables"},
      {"workers = 1\nworkers = 2\n", 2, "toml_invalid", "not TOML"},
      {"workers = \n", 1, "toml_invalid", "not TOML"},
      {"workers : 1\n", 1, "toml_invalid", "not TOML"},
      {"listen = \"127.0.0.1:1\n", 1, "toml_invalid", "not TOML"},
      {cred + "key = \"anything\"\n", 3, "configuration_holds_secret", "credential stands"},
  };
  for (const Mutation& mutation : mutations) {
    const auto options = read(mutation.content);
    ASSERT_FALSE(options) << mutation.content;
    EXPECT_EQ(options.error().code.name(), mutation.code) << mutation.content << options.error().message;
    EXPECT_THAT(options.error().message, testing::StartsWith(std::string(kFile) + ":" + std::to_string(mutation.line) + ":")) << mutation.content;
    EXPECT_THAT(options.error().message + options.error().next_step, HasSubstr(mutation.says)) << mutation.content;
    EXPECT_FALSE(options.error().next_step.empty()) << mutation.content;
  }
}

TEST_F(ServeConfigurationTest, ACredentialInTheFileIsRefusedAndNotShown) {
  const std::string key = "sk-ant-" "api03-" + std::string(93, 'T') + "AA";
  for (const std::string& content : {"# old: " + key + "\nworkers = 1\n", "workers = 1\ncredential_file = \"" + key + "\"\n",
                                     key + " = 1\n", "[[credentials]]\nname = \"" + key + "\"\nfile = \"f\"\n"}) {
    const auto options = read(content);
    ASSERT_FALSE(options) << content;
    EXPECT_EQ(options.error().code.name(), "configuration_holds_secret");
    EXPECT_THAT(options.error().message + options.error().next_step, Not(HasSubstr(std::string(20, 'T'))));
  }
}

TEST_F(ServeConfigurationTest, AProxysLoginIsTakenFromTheVariableAlone) {
  const std::string url = "http://ada:hidden@proxy.internal:3128";
  const auto file = read("upstream_proxy = \"" + url + "\"\n");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code.name(), "configuration_holds_secret");
  flags.values["upstream_proxy"] = url;
  const auto flag = read("workers = 1\n");
  ASSERT_FALSE(flag);
  EXPECT_EQ(flag.error().code.name(), "configuration_value_wrong");
  flags.values["upstream_proxy"] = "http://proxy.internal:3128";
  EXPECT_TRUE(read("workers = 1\n"));
  flags.values.clear();
  environment.variables["LOCKSMITH_UPSTREAM_PROXY"] = url;
  EXPECT_EQ(read("workers = 1\n")->upstream_proxy, url);
  for (const std::string wrong : {"socks5://ada:hidden@proxy.internal", "https://ada:hidden@proxy.internal", "http://ada:hidden@"}) {
    environment.variables["LOCKSMITH_UPSTREAM_PROXY"] = wrong;
    const auto refused = read("workers = 1\n");
    ASSERT_FALSE(refused) << wrong;
    EXPECT_THAT(refused.error().message + refused.error().next_step, Not(HasSubstr("hidden")));
  }
  for (const auto* const error : {&file.error(), &flag.error()}) EXPECT_THAT(error->message + error->next_step, Not(HasSubstr("hidden")));
}

TEST_F(ServeConfigurationTest, ListeningOnAPathOfTheFileSystem) {
  EXPECT_EQ(read("listen = \"unix:/run/locksmith/clients.sock\"\n")->listen, "unix:/run/locksmith/clients.sock");
  EXPECT_EQ(read("listen = \"unix:relative\"\n").error().code.name(), "listen_address_invalid");
  EXPECT_EQ(read("admin = \"unix:/run/a\"\n").error().code.name(), "listen_address_invalid");
}

TEST_F(ServeConfigurationTest, AFileThatIsNotThereIsNoReasonToServeWithoutIt) {
  flags.config = "/home/ada/none.toml";
  EXPECT_EQ(read_serve_options(flags, environment, files).error().code.name(), "configuration_unreadable");
}

}  // namespace
}  // namespace locksmith::cli
