#include "doctor/examination/isolation.h"

#include <algorithm>
#include <array>

namespace locksmith::doctor::examination {
namespace {

constexpr std::size_t kFindingsInQuestion = 3;

struct Row {
  Isolation test;
  std::array<model::diagnosis::CauseName, 5> separates;  // causes between which the outcome decides
};

constexpr std::array<Row, kIsolations> kRows{{
    {Isolation::repaired_value, {"key_malformed", "key_revoked_or_invalid", "key_wrong_kind"}},
    {Isolation::other_header, {"auth_header_format", "key_revoked_or_invalid", "client_bug"}},
    {Isolation::without_custom_headers, {"env_shadowed", "key_revoked_or_invalid", "auth_header_format", "beta_header", "request_too_large_or_invalid"}},
    {Isolation::clean, {"proxy_or_vpn", "tls_interception_or_ca", "waf_or_cloudflare_block", "env_shadowed", "gateway_bug"}},
    {Isolation::without_proxy, {"proxy_or_vpn", "dns_or_connectivity", "tls_interception_or_ca", "waf_or_cloudflare_block", "region_or_country_block"}},
    {Isolation::other_model, {"model_not_found_or_no_access", "wrong_endpoint", "workspace_or_org_mismatch", "overloaded"}},
    {Isolation::ipv4, {"dns_or_connectivity", "proxy_or_vpn", "wrong_endpoint"}},
    {Isolation::ipv6, {"dns_or_connectivity"}},
    {Isolation::default_host, {"wrong_endpoint", "gateway_bug", "dns_or_connectivity", "platform_incident"}},
}};

bool is_possible(Isolation test, const Possible& possible) {
  switch (test) {
    case Isolation::repaired_value:
      return possible.repaired_value;
    case Isolation::other_header:
      return possible.other_header;
    case Isolation::without_custom_headers:
      return possible.custom_headers;
    case Isolation::clean:
      return possible.clean;
    case Isolation::without_proxy:
      return possible.proxy;
    case Isolation::ipv4:
    case Isolation::ipv6:
      return possible.families;
    case Isolation::other_model:
      return possible.other_model;
    case Isolation::default_host:
      return possible.default_host;
  }
  return false;
}

}  // namespace

std::string_view name(Isolation test) {
  switch (test) {
    case Isolation::repaired_value:
      return "the credential without what surrounds it";
    case Isolation::other_header:
      return "the credential in the other header";
    case Isolation::without_custom_headers:
      return "without ANTHROPIC_CUSTOM_HEADERS";
    case Isolation::clean:
      return "in a clean environment";
    case Isolation::without_proxy:
      return "without the proxy";
    case Isolation::ipv4:
      return "over IPv4 only";
    case Isolation::ipv6:
      return "over IPv6 only";
    case Isolation::other_model:
      return "another model";
    case Isolation::default_host:
      return "the API's own host, without a credential";
  }
  return "";
}

std::vector<Isolation> plan_isolation(const model::evidence::Evidence& evidence, std::span<const model::diagnosis::Finding> findings,
                                      const Possible& possible, std::size_t budget) {
  const bool answered = evidence.error.status.has_value();
  std::vector<Isolation> tests;
  for (const Row& row : kRows) {
    if (tests.size() >= budget) break;
    if (!is_possible(row.test, possible)) continue;
    // An answer came, so the address family carried it.
    if (answered && (row.test == Isolation::ipv4 || row.test == Isolation::ipv6)) continue;
    const auto in_question = findings.first(std::min(findings.size(), kFindingsInQuestion));
    const bool telling = findings.empty() || std::ranges::any_of(in_question, [&](const model::diagnosis::Finding& finding) {
                           return std::ranges::find(row.separates, finding.code->cause(), &model::diagnosis::CauseName::text) != row.separates.end();
                         });
    if (telling) tests.push_back(row.test);
  }
  return tests;
}

}  // namespace locksmith::doctor::examination
