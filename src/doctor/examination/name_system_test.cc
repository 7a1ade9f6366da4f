#include "doctor/examination/name_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace locksmith::doctor::examination {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using wire::dns::Code;
using wire::dns::Type;

world::Address at(std::string_view text) { return *world::parse_ip(text, 53); }
NameQuestion said(Type type, Code code, std::vector<world::Address> addresses = {}) { return {at("10.0.0.1"), type, false, "", code, std::move(addresses)}; }

TEST(Nameservers, AreReadAsTheResolverReadsThem) {
  std::vector<std::string> found;
  for (const auto& one : nameservers("# nameserver 9.9.9.9\nsearch test\nnameserver 10.0.0.1\r\nnameserver\t fd00::1 # here\n"
                                     " nameserver 10.0.0.2\nnameserverx 10.0.0.3\nnameserver fe80::1%eth0\nnameserver here\n"
                                     "nameserver 10.0.0.4\nnameserver 10.0.0.5")) {
    found.push_back(world::to_string(one));
  }
  EXPECT_THAT(found, ElementsAre("10.0.0.1:53", "[fd00::1]:53", "10.0.0.4:53"));
}

TEST(NameSystem, AddressesAreNoObservation) {
  const NameSystem seen = conclude({said(Type::a, Code::no_error, {at("160.79.104.10")}), said(Type::aaaa, Code::no_error)});
  EXPECT_TRUE(seen.found);
  EXPECT_THAT(seen.observations, IsEmpty());
  EXPECT_EQ(seen.detail, "10.0.0.1 says: 160.79.104.10, IPv6: no such record");
}

TEST(NameSystem, RefusalsAreToldApart) {
  EXPECT_THAT(conclude({said(Type::a, Code::refused)}).observations, ElementsAre("network.dns-refuses"));
  EXPECT_THAT(conclude({said(Type::a, Code::server_failure)}).observations, ElementsAre("network.dns-server-fails"));
  EXPECT_THAT(conclude({said(Type::a, Code::no_such_name)}).observations, ElementsAre("network.dns-unknown-name"));
  EXPECT_THAT(conclude({said(Type::a, Code::no_error), said(Type::aaaa, Code::no_error)}).observations, ElementsAre("network.dns-no-address"));
  NameQuestion silent = said(Type::a, Code::no_error);
  silent.error = "ETIMEOUT";
  EXPECT_THAT(conclude({silent}).observations, ElementsAre("network.dns-silent"));
  EXPECT_THAT(conclude({silent}).detail, HasSubstr("no answer"));
  EXPECT_THAT(conclude({silent, said(Type::aaaa, Code::refused)}).observations, ElementsAre("network.dns-refuses"));
  EXPECT_THAT(conclude({}).observations, IsEmpty());
}

TEST(NameSystem, AnAddressForANameThatCannotExistIsAHijack) {
  NameQuestion impossible = said(Type::a, Code::no_such_name);
  impossible.impossible = true;
  EXPECT_THAT(conclude({said(Type::a, Code::no_error, {at("10.9.9.9")}), impossible}).observations, IsEmpty());
  impossible.code = Code::no_error;
  impossible.addresses = {at("10.9.9.9")};
  EXPECT_THAT(conclude({said(Type::a, Code::no_error, {at("10.9.9.9")}), impossible}).observations, ElementsAre("network.dns-answers-everything"));
}

TEST(NameSystem, TheHostsFileIsComparedByAddressAlone) {
  const NameSystem seen = conclude({said(Type::a, Code::no_error, {*world::parse_ip("10.0.0.9", 443)})});
  EXPECT_TRUE(agrees("10.0.0.9", seen));
  EXPECT_FALSE(agrees("10.0.0.8", seen));
  EXPECT_TRUE(agrees("10.0.0.8", conclude({}))) << "nothing is known to differ";
}

}  // namespace
}  // namespace locksmith::doctor::examination
