#include "doctor/survey/surroundings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doctor/survey/fakes_for_tests.h"

namespace locksmith::doctor::survey {
namespace {

constexpr const char* kRouteTitle = "Iface\tDestination\tGateway\n";
constexpr const char* kLoopbackRoute = "00000000 00 00000000 00 00000000 00000001 00000000 00200200       lo\n";

class Surroundings : public testing::Test {
 protected:
  Surroundings() {
    for (const char* path : {"/home/ada", "/etc/resolv.conf", "/etc/ssl/certs"}) files.content[path] = "";
    files.content["/proc/net/route"] = std::string(kRouteTitle) + "eth0\t00000000\t0101A8C0\n";
    files.content["/proc/net/ipv6_route"] = kLoopbackRoute;
  }
  std::vector<std::string> places() {
    Survey survey = take(environment, files, Instant{}, ClientKind::any);
    survey.remarks.clear();
    look_around(environment, files, survey);
    std::vector<std::string> out;
    for (const Remark& remark : survey.remarks) out.push_back(remark.place);
    return out;
  }
  FakeEnvironment environment;
  FakeFiles files;
};

TEST_F(Surroundings, OfAnOrdinaryMachineNothingIsSaid) {
  EXPECT_THAT(places(), testing::IsEmpty());
}

TEST_F(Surroundings, WhatIsMissingIsNamed) {
  files.content.clear();
  EXPECT_THAT(places(), testing::ElementsAre("HOME", "/etc/resolv.conf", "certificates"));
}

TEST_F(Surroundings, ACertificateFileOfOnesOwnStandsForTheStore) {
  files.content.erase("/etc/ssl/certs");
  EXPECT_THAT(places(), testing::ElementsAre("certificates"));
  environment.variables["SSL_CERT_FILE"] = "/home/ada/ca.pem";
  EXPECT_THAT(places(), testing::IsEmpty());
}

TEST_F(Surroundings, ATableWithLoopbackAloneLeadsNowhere) {
  files.content["/proc/net/route"] = kRouteTitle;
  EXPECT_THAT(places(), testing::ElementsAre("network"));
  files.content["/proc/net/ipv6_route"] += "fd770001 40 00000000 00 00000000 00000100 00000001     eth0\n";
  EXPECT_THAT(places(), testing::IsEmpty());
}

TEST_F(Surroundings, AProxyByScriptIsSaid) {
  files.content["/home/ada/.config/kioslaverc"] = "[Proxy Settings]\nProxyType=1\n";
  EXPECT_THAT(places(), testing::IsEmpty());
  files.content["/home/ada/.config/kioslaverc"] = "[Proxy Settings]\nProxyType=2\n";
  EXPECT_THAT(places(), testing::ElementsAre("~/.config/kioslaverc"));
  files.content.erase("/home/ada/.config/kioslaverc");
  environment.variables["auto_proxy"] = "http://pac.test/proxy.pac";
  EXPECT_THAT(places(), testing::ElementsAre("auto_proxy"));
}

TEST_F(Surroundings, ATableThatMayNotBeReadSaysNothing) {
  files.content.erase("/proc/net/route");
  EXPECT_THAT(places(), testing::IsEmpty());
}

}  // namespace
}  // namespace locksmith::doctor::survey
