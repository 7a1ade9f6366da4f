#include "sick_world.h"

#include <array>
#include <functional>
#include <random>

#include "doctor/examination/examination.h"
#include "doctor/examination/judge.h"
#include "emulator/fault_rules.h"
#include "emulator/server.h"
#include "model/credential/credential.h"
#include "sim_loop.h"
#include "vocabulary/assert.h"

namespace locksmith::sim {
namespace {

using doctor::survey::Held;
using doctor::survey::Survey;
using world::Address;
using world::Distrust;

constexpr Address kApi{world::Family::ipv4, {160, 79, 104, 10}, 443};
constexpr std::string_view kHost = "api.anthropic.com";

std::string key(std::mt19937_64& random, std::string_view prefix = "sk-ant-api03-") {
  std::string text(prefix);
  for (int i = 0; i < 93; ++i) text += "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[random() % 62];
  return text + "AA";
}

struct World {
  SimLoop& loop;
  HostBehaviour host;
  std::string value;                   // of ANTHROPIC_API_KEY; empty: not set
  std::string base = "https://api.anthropic.com";
  std::string api_fault;
  bool deep = false;
  std::mt19937_64& random;
};

world::TlsFacts certificate(world::Distrust distrust, std::string error) {
  world::TlsFacts facts;
  facts.protocol = "TLSv1.3";
  facts.issuer = "CN=Somebody";
  facts.distrust = distrust;
  facts.verify_error = std::move(error);
  return facts;
}

enum class Kind : std::uint8_t { user, network, api };

struct Fault {
  const char* name;
  Kind kind;
  std::vector<std::string> causes;
  std::function<void(World&)> plant;
};

const std::vector<Fault>& faults() {
  static const std::vector<Fault> all = [] {
    std::vector<Fault> f{
        {"newline", Kind::user, {"key_malformed"}, [](World& w) { w.value += '\n'; }},
        {"quoted", Kind::user, {"key_malformed"}, [](World& w) { w.value = "\"" + w.value + "\""; }},
        {"truncated", Kind::user, {"key_malformed"}, [](World& w) { w.value.resize(40 + w.random() % 60); }},
        {"doubled", Kind::user, {"key_malformed"}, [](World& w) { w.value += w.value; }},
        {"curly", Kind::user, {"key_malformed"}, [](World& w) { w.value = "“" + w.value + "”"; }},
        {"inner space", Kind::user, {"key_malformed"}, [](World& w) { w.value.insert(20 + w.random() % 60, " "); }},
        {"bearer", Kind::user, {"key_malformed"}, [](World& w) { w.value = "Bearer " + w.value; }},
        {"placeholder", Kind::user, {"key_malformed"}, [](World& w) { w.value = "your-api-key-here"; }},
        {"admin key", Kind::user, {"key_wrong_kind"}, [](World& w) { w.value = key(w.random, "sk-ant-admin01-"); }},
        {"login token", Kind::user, {"key_wrong_kind"}, [](World& w) { w.value = key(w.random, "sk-ant-oat01-"); }},
        {"session", Kind::user, {"key_wrong_kind"}, [](World& w) { w.value = key(w.random, "sk-ant-sid01-"); }},
        {"other provider", Kind::user, {"key_wrong_kind"}, [](World& w) { w.value = key(w.random, "sk-proj-"); }},
        {"unset", Kind::user, {"key_missing"}, [](World& w) { w.value.clear(); }},
        {"no such name", Kind::network, {"dns_or_connectivity"}, [](World& w) { w.loop.set_name_error(std::string(kHost), "EAI_NONAME"); }},
        {"resolver fails", Kind::network, {"dns_or_connectivity"}, [](World& w) { w.loop.set_name_error(std::string(kHost), "EAI_AGAIN"); }},
        {"resolver silent", Kind::network, {"dns_or_connectivity"}, [](World& w) { w.loop.set_name_silent(std::string(kHost)); }},
        {"refused", Kind::network, {"dns_or_connectivity"}, [](World& w) { w.host.connect = HostBehaviour::Connect::refuses; }},
        {"dropped", Kind::network, {"dns_or_connectivity"}, [](World& w) { w.host.connect = HostBehaviour::Connect::drops; }},
        {"unreachable", Kind::network, {"dns_or_connectivity"}, [](World& w) { w.host.connect = HostBehaviour::Connect::unreachable; }},
        {"handshake silent", Kind::network, {"dns_or_connectivity"}, [](World& w) { w.host.handshake_silent = true; }},
        {"reset", Kind::network, {"dns_or_connectivity"}, [](World& w) { w.host.resets_data = true; }},
        {"issuer unknown", Kind::network, {"tls_interception_or_ca"}, [](World& w) { w.host.certificate = certificate(Distrust::issuer, "self-signed certificate in certificate chain"); }},
        {"no issuer", Kind::network, {"tls_interception_or_ca"}, [](World& w) { w.host.certificate = certificate(Distrust::issuer, "unable to get local issuer certificate"); }},
        {"wrong host", Kind::network, {"tls_interception_or_ca"}, [](World& w) { w.host.certificate = certificate(Distrust::name, "hostname mismatch"); }},
        {"expired", Kind::network, {"tls_interception_or_ca"}, [](World& w) { w.host.certificate = certificate(Distrust::expired, "certificate has expired"); }},
        {"not yet valid", Kind::network, {"clock_skew"}, [](World& w) { w.host.certificate = certificate(Distrust::expired, "certificate is not yet valid"); }},
        {"large lost", Kind::network, {"dns_or_connectivity"}, [](World& w) { w.host.largest_write = 1400; w.deep = true; }},
    };
    const std::pair<const char*, const char*> api[] = {
        {"key-invalid", "key_revoked_or_invalid"}, {"credit-too-low@/v1/messages", "credit_exhausted"}, {"organization-disabled", "org_disabled"},
        {"organization-on-hold", "org_disabled"}, {"spend-limit-organization@/v1/messages", "spend_limit"}, {"spend-limit-workspace@/v1/messages", "spend_limit"},
        {"spend-limit-tier@/v1/messages", "spend_limit"}, {"rate-limit-requests@/v1/messages", "rate_limit"}, {"rate-limit-input-tokens@/v1/messages", "rate_limit"},
        {"ramp-limit@/v1/messages", "rate_limit"}, {"concurrency-limit@/v1/messages", "rate_limit"}, {"overloaded@/v1/messages", "overloaded"},
        {"internal-error", "platform_incident"}, {"service-unavailable", "platform_incident"}, {"edge-522", "platform_incident"},
        {"model-not-found@/v1/messages", "model_not_found_or_no_access"}, {"retention-required@/v1/messages", "model_not_found_or_no_access"},
        {"edge-forbidden", "region_or_country_block"}, {"edge-challenge", "waf_or_cloudflare_block"}, {"edge-access-denied", "waf_or_cloudflare_block"},
        {"tenant-restricted", "workspace_or_org_mismatch"}, {"api-keys-disabled", "org_disabled"}, {"bearer-invalid", "key_revoked_or_invalid"},
        {"no-answer", "dns_or_connectivity"}, {"captive-portal", "dns_or_connectivity"}, {"stream-cut@/v1/messages", "stream_interrupted"}};
    for (const auto& [name, cause] : api) {
      f.push_back({name, Kind::api, {cause}, [name](World& w) {
                     w.api_fault = name;
                     w.deep |= w.api_fault.starts_with("stream-");
                   }});
    }
    return f;
  }();
  return all;
}

// Of two faults one hides the other whole where the second is never reached: no answer of the API without a network, no
// answer about an account for a credential that is not one.
bool both_can_be_seen(const Fault& a, const Fault& b) {
  if (a.kind == b.kind) return false;
  const bool user_and_network = a.kind != Kind::api && b.kind != Kind::api;
  const std::string_view network = a.kind == Kind::network ? a.name : b.name;
  return user_and_network && network != "large lost";
}

Survey survey_of(const World& world) {
  Survey survey;
  survey.os = "linux";
  Held held;
  held.variable = "ANTHROPIC_API_KEY";
  held.described.source = "env:ANTHROPIC_API_KEY";
  held.described.state = world.value.empty() ? "unset" : "set";
  if (!world.value.empty()) {
    const auto examined = model::credential::examine(world.value);
    held.described.shape = model::credential::name(examined.shape);
    if (!examined.provider.empty()) held.described.shape += ":" + examined.provider;
    for (const auto flaw : examined.flaws) held.described.flaws.emplace_back(model::credential::name(flaw));
    held.described.length = static_cast<std::int64_t>(examined.length);
    held.described.used = true;
    held.value = Secret(world.value);
    survey.winner = 0;
  }
  survey.held.push_back(std::move(held));
  return survey;
}

}  // namespace

SickWorld examine_world(std::uint64_t seed, std::size_t count, const model::diagnosis::Examiner& examiner) {
  LOCKSMITH_ASSERT(count <= 2);
  std::mt19937_64 random(seed);
  SimLoop loop(Instant(std::chrono::seconds(1'795'000'000)));
  loop.set_name(std::string(kHost), {kApi});
  emulator::Server server(loop, {});
  LOCKSMITH_ASSERT(loop.listen(kApi, {}, server).has_value());

  World world{loop, {}, key(random), "https://api.anthropic.com", {}, random() % 4 == 0, random};
  world.host.latency = std::chrono::milliseconds(1 + random() % 60);
  SickWorld result;
  std::vector<const Fault*> drawn;
  const auto draw = [&random] { return &faults()[random() % faults().size()]; };
  do {
    drawn.clear();
    for (std::size_t i = 0; i < count; ++i) drawn.push_back(draw());
  } while (count == 2 && !both_can_be_seen(*drawn[0], *drawn[1]));
  for (const Fault* fault : drawn) {
    fault->plant(world);
    result.faults.push_back({fault->name, fault->causes});
  }
  loop.set_host(kApi, world.host);
  if (!world.api_fault.empty()) {
    std::vector<emulator::FaultRule> rules;
    rules.push_back(std::move(*emulator::parse_fault_argument(world.api_fault)));
    LOCKSMITH_ASSERT(server.api().faults().add(std::move(rules), loop.tick()).has_value());
  }
  doctor::examination::Options options;
  options.base_url = world.base;
  options.deep = world.deep;
  options.examiner = &examiner;
  const Tick before = loop.tick();
  const auto examination = doctor::examination::examine(loop, survey_of(world), options);
  result.took = loop.tick() - before;
  const auto diagnosis = examiner.examine(examination.evidence);
  result.healthy = doctor::examination::judge(examination, diagnosis, false) == doctor::examination::Verdict::healthy;
  if (!result.healthy) {
    for (const auto& finding : diagnosis.findings) result.named.emplace_back(finding.code->cause());
  }
  return result;
}

}  // namespace locksmith::sim
