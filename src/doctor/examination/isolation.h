// The isolation tests: the same request again with one thing changed, chosen by what would separate the causes that stand.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/diagnosis/examine.h"
#include "model/evidence/evidence.h"

namespace locksmith::doctor::examination {

enum class Isolation : std::uint8_t {
  repaired_value,  // the credential without what surrounds it
  other_header,    // the same credential in the other header
  without_custom_headers,  // without what ANTHROPIC_CUSTOM_HEADERS adds
  without_proxy,   // straight to the host
  ipv4,            // over IPv4 only
  ipv6,            // over IPv6 only
  other_model,     // a model that the API lists
  clean,           // no proxy, no custom headers, no certificates but the machine's: a clean environment
  default_host,    // the API's own host, without a credential: is it reachable at all?
};
inline constexpr std::size_t kIsolations = 9;

std::string_view name(Isolation test);  // "without the proxy"

// What can be tried here at all.
struct Possible {
  bool repaired_value = false;
  bool other_header = false;
  bool custom_headers = false;
  bool clean = false;
  bool proxy = false;
  bool families = false;      // the host is a name, not an address
  bool other_model = false;
  bool default_host = false;
};

// At most `budget` tests, the most telling first: a test is worth a request only while one of the causes that it separates
// is among the first three findings, or while nothing is found at all. Pure.
std::vector<Isolation> plan_isolation(const model::evidence::Evidence& evidence,
                                      std::span<const model::diagnosis::Finding> findings, const Possible& possible,
                                      std::size_t budget);

}  // namespace locksmith::doctor::examination
