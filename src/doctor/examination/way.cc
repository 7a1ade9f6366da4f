// The way to the host beside what the client itself does: the name asked of the nameservers directly, each address family
// alone, and the address that DNS gives where the hosts file gives another. No credential goes along.
#include <algorithm>

#include "doctor/examination/observe.h"
#include "doctor/examination/prober.h"
#include "upstream/target.h"
#include "vocabulary/limits/doctor.h"

namespace locksmith::doctor::examination {

using upstream::Observed;
using upstream::Plan;

namespace {


// The query's id only keeps late answers apart: the port is the kernel's choice, and the socket hears its peer alone.
std::uint16_t next_id(const world::Loop& loop, std::size_t count) {
  return static_cast<std::uint16_t>(static_cast<std::uint64_t>(loop.tick().time_since_epoch().count()) * 31 + count);
}

}  // namespace

// Through a proxy the client looks up the proxy's name; a name without a dot is completed by search lists that a direct
// question does not know.
void Prober::ask_nameservers() {
  const std::string& host = proxy_ ? proxy_->host : target_.host;
  if (world::parse_ip(host, 0) || host.find('.') == std::string::npos) return;
  const auto servers = nameservers(options_.resolv_conf);
  if (servers.empty()) return;
  for (const world::Address& server : servers) {
    ask_nameserver(server, host, wire::dns::Type::a);
    ask_nameserver(server, host, wire::dns::Type::aaaa);
  }
  ask_nameserver(servers.front(), kNoSuchName, wire::dns::Type::a);
}

void Prober::ask_nameserver(const world::Address& server, std::string_view name, wire::dns::Type type) {
  const std::size_t place = asked_.size();
  const std::uint16_t id = next_id(loop_, place);
  auto query = wire::dns::write_query(id, name, type);
  if (!query) return;
  asked_.push_back({server, type, name == kNoSuchName, "ETIMEOUT", {}, {}});
  begin();
  const auto is_answer = [id, type, name = std::string(name)](std::string_view bytes) {
    const auto reply = wire::dns::read_reply(bytes);
    return reply && wire::dns::answers(*reply, id, name, type);
  };
  loop_.ask(server, std::move(*query), left(limits::kDnsQuestion), is_answer, [this, place, type](world::Datagram datagram) {
    NameQuestion& asked = asked_[place];
    asked.error = std::move(datagram.error);
    if (const auto reply = wire::dns::read_reply(datagram.bytes)) {
      asked.code = reply->code;
      for (const std::string& bytes : reply->addresses) {
        world::Address address{type == wire::dns::Type::a ? world::Family::ipv4 : world::Family::ipv6, {}, target_.port};
        std::ranges::copy(bytes, address.bytes.begin());
        asked.addresses.push_back(address);
      }
    }
    end();
  });
}

// After the first round, when every question has its answer or its deadline.
void Prober::observe_name_system() {
  if (asked_.empty()) return;
  const NameSystem seen = conclude(asked_);
  const bool all_found = seen.found && seen.observations.empty();
  tell({"DNS, asked directly", all_found ? Outcome::passed : Outcome::failed, seen.detail, {}, {}});
  for (const std::string& observation : seen.observations) note(observation);
  if (proxy_ || hosts_address_.empty() || agrees(hosts_address_, seen)) return;
  note("network.hosts-differs-from-dns");
  const world::Address& given = seen.addresses.front();
  dns_address_ = given;
  result_.survey.remarks.push_back({"/etc/hosts", "DNS gives " + world::to_string(given) + " for " + target_.host + ", the hosts file another address."});
}

// Which of two addresses is the right one: the hosts file's has failed, or there would be no second round.
void Prober::try_dns_address() {
  if (!dns_address_) return;
  Plan p = plan("GET", kHello, limits::kHttpProbe);
  p.at = dns_address_;
  send(std::move(p), [this](Observed seen) {
    const bool works = seen.status.has_value();
    tell_exchange("GET /api/hello, no credential", seen, works, "at the address that DNS gives");
    note(works ? "works.dns-address" : "fails.dns-address");
  });
}

// Straight to the emulator, past proxy and gateway, and without a credential.
void Prober::ask_echo(std::move_only_function<void(std::optional<Received>)> done) {
  auto target = upstream::parse_target(*options_.echo);
  if (!target) return done(std::nullopt);
  Plan p = plan("GET", "/_emulator/requests", limits::kConnectProbe);
  p.target = std::move(*target);
  p.path = "/_emulator/requests";
  p.proxy.reset();
  send(std::move(p), [done = std::move(done)](Observed seen) mutable { done(seen.ok() ? read_received(seen.body) : std::nullopt); });
}

// What became of GET /v1/models on its way: after the first round, before anything else is sent.
void Prober::observe_arrival() {
  const std::string what = "headers as they arrive";
  if (!echoed_before_) return skip(what, "the address of --echo is not that of a running locksmith emulate");
  if (sent_fields_.empty()) return skip(what, "no credential was sent");
  ask_echo([this, what](std::optional<Received> received) {
    if (!received) return skip(what, "the emulator could not be asked again");
    const Arrived* arrived = find_arrived(*received, *echoed_before_, "GET", "/models");
    if (arrived == nullptr) {
      note("gateway.sees-no-request");
      return tell({what, Outcome::failed, "the request has not arrived at the emulator", {}, {}});
    }
    const std::vector<std::pair<std::string, std::string>> values{{"x-api-key", print_of(sent_value())},
                                                                  {"authorization", print_of("Bearer " + std::string(sent_value()))}};
    const Changes changes = compare_fields(sent_fields_, "/v1/models", *arrived, values);
    std::string detail;
    for (const std::string& sentence : changes.sentences) detail += (detail.empty() ? "" : "; ") + sentence;
    for (const std::string& observation : changes.observations) note(observation);
    if (changes.observations.empty()) note("gateway.passes-headers");
    tell({what, changes.observations.empty() ? Outcome::passed : Outcome::failed, detail.empty() ? "all as they were sent" : detail, {}, {}});
  });
}

// Clients differ in how long they wait for the family that fails before they take the other, so that "it works" may mean
// "after ten seconds"; each family is asked alone wherever the name has both.
void Prober::try_families(const Observed& first) {
  const auto has = [&](world::Family family) { return std::ranges::count(first.addresses, family, &world::Address::family) != 0; };
  if (proxy_ || !first.status || !has(world::Family::ipv4) || !has(world::Family::ipv6)) return;
  for (const world::Family family : {world::Family::ipv4, world::Family::ipv6}) {
    Plan p = plan("GET", kHello, limits::kConnectProbe);
    p.family = family;
    send(std::move(p), [this, family](Observed seen) {
      const std::string word = family == world::Family::ipv4 ? "IPv4" : "IPv6";
      const bool works = seen.status.has_value();
      tell_exchange("GET /api/hello, no credential", seen, works, "over " + word + " only");
      if (works) return;
      note(family == world::Family::ipv4 ? "network.ipv4-fails" : "network.ipv6-fails");
      result_.survey.remarks.push_back({word, target_.host + " has addresses of both families, and over " + word + " it does not answer: a client that "
                                              "tries that one first waits, or fails."});
    });
  }
}

}  // namespace locksmith::doctor::examination
