// What a nameserver says when it is asked directly, beside what the system's own look-up gave: the two take different ways,
// and where they part says who is wrong. Pure; the questions are the examination's.
//
// Sources: resolver(5) (nameserver lines, MAXNS), RFC 6761 §6.4 (no name below .invalid exists).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/evidence/evidence.h"
#include "wire/dns/dns.h"
#include "world/loop.h"

namespace locksmith::doctor::examination {

// The nameservers of a resolv.conf in its order, port 53, at most limits::kNameservers. Link-local ones with a zone are left
// out: without the interface they lead nowhere.
std::vector<world::Address> nameservers(std::string_view resolv_conf);

// A name that cannot exist; whoever gives it an address gives everything one.
inline constexpr std::string_view kNoSuchName = "no-such-name.locksmith.invalid";

// One question and what became of it.
struct NameQuestion {
  world::Address server;
  wire::dns::Type type = wire::dns::Type::a;
  bool impossible = false;  // kNoSuchName was asked
  std::string error;        // of the datagram; empty where a reply came
  wire::dns::Code code = wire::dns::Code::no_error;
  std::vector<world::Address> addresses;
};

struct NameSystem {
  std::vector<std::string> observations;  // network.dns-…
  std::string detail;                     // for people: "10.77.1.1: 10.77.2.2 and fd77:2::2"
  bool found = false;                     // some nameserver gave an address
  std::vector<world::Address> addresses;  // all that were given for the name
};

NameSystem conclude(const std::vector<NameQuestion>& asked);

// Does the hosts file's address stand among those that the nameservers gave? True where they gave none: nothing differs.
bool agrees(std::string_view hosts_address, const NameSystem& system);

}  // namespace locksmith::doctor::examination
