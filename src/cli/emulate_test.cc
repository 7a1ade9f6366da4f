#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "cli/called.h"
#include "cli/emulate_setup.h"

namespace locksmith::cli {
namespace {

class EmulateSetup : public testing::Test {
 protected:
  EmulateOptions options;
  emulator::Api api;
  OwnFolder own_folder;
  const std::filesystem::path& folder = own_folder.path();
  std::string file(const std::string& name, const std::string& text) const { return own_folder.file(name, text); }
};

template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "" : std::string(result.error().code.name());
}

TEST_F(EmulateSetup, ListensOnLoopbackUnlessToldOtherwise) {
  EXPECT_EQ(to_string(*listen_address(options)), "127.0.0.1:8788");
  options.listen = "localhost:0";
  EXPECT_EQ(to_string(*listen_address(options)), "127.0.0.1:0");
  options.listen = "0.0.0.0:80";
  EXPECT_EQ(code_of(listen_address(options)), "listen_address_remote");
  options.allow_remote = true;
  EXPECT_EQ(to_string(*listen_address(options)), "0.0.0.0:80");
  options.listen = "somewhere";
  EXPECT_EQ(code_of(listen_address(options)), "listen_address_invalid");
}

TEST_F(EmulateSetup, TakesFaultsFromTheCommandLine) {
  options.faults = {"overloaded@/v1/messages", "slow-first-byte"};
  ASSERT_TRUE(apply_faults(options, api, {}));
  ASSERT_EQ(api.faults().all().size(), 2U);
  EXPECT_EQ(api.faults().all()[0].path, "/v1/messages");
  options.faults = {"overlaoded"};
  const Done mistyped = apply_faults(options, api, {});
  EXPECT_EQ(code_of(mistyped), "fault_unknown");
  EXPECT_NE(mistyped.error().next_step.find("overloaded"), std::string::npos);
}

TEST_F(EmulateSetup, ReadsAScenario) {
  const std::string digest(64, 'a');
  EXPECT_TRUE(apply_scenario(file("good.json", R"({"faults":[{"name":"overloaded","times":1}],"only_these":true,)"
                                               R"("keys":[{"credential_sha256":")" + digest + "\"}]}"),
                             api, {}));
  EXPECT_EQ(api.faults().all().size(), 1U);
  EXPECT_EQ(api.keys().size(), 1U);
  EXPECT_TRUE(api.keys().only_these());
  EXPECT_EQ(code_of(apply_scenario(folder / "none.json", api, {})), "scenario_unreadable");
  EXPECT_EQ(code_of(apply_scenario(folder, api, {})), "scenario_unreadable");
  EXPECT_EQ(code_of(apply_scenario(file("bad.json", "{"), api, {})), "json_invalid");
  EXPECT_EQ(code_of(apply_scenario(file("odd.json", R"({"keys":[{}]})"), api, {})), "scenario_invalid");
}

TEST_F(EmulateSetup, AMistypedMemberOfAScenarioIsNamedWithTheOneThatWasMeant) {
  const std::string digest(64, 'a');
  for (const auto& [scenario, said] : std::vector<std::pair<std::string, std::string>>{
           {R"({"fault":[{"name":"overloaded"}]})", "The scenario has no member \"fault\"; did you mean \"faults\"?"},
           {R"({"faults":[{"name":"overloaded"},{"name":"overloaded","time":1}]})", "faults[1] has no member \"time\"; did you mean \"times\"?"},
           {R"({"keys":[{"credential_sha256":")" + digest + R"(","stat":"expired"}]})", "keys[0] has no member \"stat\"; did you mean \"state\"?"},
           {R"({"quite_another":1})", "The scenario has no member \"quite_another\"."}}) {
    const Done applied = apply_scenario(file("mistyped.json", scenario), api, {});
    ASSERT_EQ(code_of(applied), "scenario_invalid") << scenario;
    EXPECT_NE(applied.error().message.find(said), std::string::npos) << applied.error().message;
  }
  EXPECT_TRUE(api.faults().all().empty());
}

TEST_F(EmulateSetup, MakesACertificateOfEachKind) {
  for (const char* variant : {"good", "expired", "wrong-name", "self-signed"}) {
    options.tls_variant = variant;
    options.tls_ca_out = folder / "ca.pem";
    const auto tls = make_tls(options, Instant(std::chrono::hours(500000)));
    ASSERT_TRUE(tls) << variant;
    EXPECT_TRUE((*tls)->certificate_pem.starts_with("-----BEGIN CERT"));
    EXPECT_FALSE((*tls)->key_pem.empty());
  }
  options.tls_ca_out = folder / "no" / "ca.pem";
  EXPECT_EQ(code_of(make_tls(options, {})), "ca_file_unwritable");
}

TEST_F(EmulateSetup, WritesThePortWhole) {
  ASSERT_TRUE(write_port_file(folder / "port", 4711));
  std::stringstream text;
  text << std::ifstream(folder / "port").rdbuf();
  EXPECT_EQ(text.str(), "4711\n");
  EXPECT_EQ(code_of(write_port_file(folder / "no" / "port", 1)), "port_file_unwritable");
}

}  // namespace
}  // namespace locksmith::cli
