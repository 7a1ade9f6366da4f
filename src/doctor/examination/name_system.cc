#include "doctor/examination/name_system.h"

#include <algorithm>

#include "vocabulary/limits/doctor.h"

namespace locksmith::doctor::examination {
namespace {

using wire::dns::Code;

constexpr std::uint16_t kPort = 53;

std::string bare(const world::Address& address) {
  const std::string text = world::to_string(address);
  const std::string host = text.substr(0, text.rfind(':'));
  return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

std::string_view words(const NameQuestion& asked) {
  if (!asked.error.empty()) return asked.error == "ETIMEOUT" ? "no answer" : std::string_view(asked.error);
  switch (asked.code) {
    case Code::no_error:
      return asked.addresses.empty() ? "no such record" : "";
    case Code::no_such_name:
      return "no such name (NXDOMAIN)";
    case Code::server_failure:
      return "the server failed (SERVFAIL)";
    case Code::refused:
      return "refused (REFUSED)";
  }
  return "an error of its own";
}

class Conclusion {
 public:
  NameSystem run(const std::vector<NameQuestion>& all) {
    for (const NameQuestion& asked : all) {
      if (asked.impossible) {
        if (!asked.addresses.empty()) {
          note("network.dns-answers-everything");
          say(asked, "gives an address to a name that cannot exist");
        }
        continue;
      }
      if (!asked.addresses.empty()) out_.found = true;
      for (const world::Address& address : asked.addresses) {
        say(asked, bare(address));
        out_.addresses.push_back(address);
      }
      if (asked.addresses.empty()) say(asked, (asked.type == wire::dns::Type::a ? "IPv4: " : "IPv6: ") + std::string(words(asked)));
      classify(asked);
    }
    const bool replied = std::ranges::any_of(all, [](const NameQuestion& asked) { return asked.error.empty(); });
    const bool empty = std::ranges::all_of(all, [](const NameQuestion& a) { return a.impossible || (a.error.empty() && a.code == Code::no_error); });
    if (replied && empty && !out_.found) note("network.dns-no-address");
    if (!replied && !all.empty()) note("network.dns-silent");
    return std::move(out_);
  }

 private:
  void classify(const NameQuestion& asked) {
    if (!asked.error.empty()) return;
    if (asked.code == Code::no_such_name) note("network.dns-unknown-name");
    if (asked.code == Code::server_failure) note("network.dns-server-fails");
    if (asked.code == Code::refused) note("network.dns-refuses");
  }
  void note(std::string_view observation) {
    if (std::ranges::find(out_.observations, observation) == out_.observations.end()) out_.observations.emplace_back(observation);
  }
  void say(const NameQuestion& asked, std::string_view what) {
    const std::string server = bare(asked.server);
    if (server != last_) out_.detail += (out_.detail.empty() ? "" : "; ") + server + " says: ";
    else out_.detail += ", ";
    last_ = server;
    out_.detail += what;
  }

  NameSystem out_;
  std::string last_;
};

}  // namespace

std::vector<world::Address> nameservers(std::string_view text) {
  std::vector<world::Address> found;
  while (!text.empty() && found.size() < limits::kNameservers) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    constexpr std::string_view kWord = "nameserver";  // resolver(5): at the line's beginning
    if (!line.starts_with(kWord)) continue;
    line.remove_prefix(kWord.size());
    const std::size_t start = line.find_first_not_of(" \t");
    if (start == 0 || start == std::string_view::npos) continue;
    line = line.substr(start);
    if (const auto address = world::parse_ip(line.substr(0, line.find_first_of(" \t\r#;")), kPort)) found.push_back(*address);
  }
  return found;
}

NameSystem conclude(const std::vector<NameQuestion>& asked) { return Conclusion().run(asked); }

bool agrees(std::string_view hosts_address, const NameSystem& system) {
  if (system.addresses.empty()) return true;
  const auto pinned = world::parse_ip(hosts_address, 0);
  return !pinned || std::ranges::any_of(system.addresses, [&](const world::Address& one) {
    return one.family == pinned->family && one.bytes == pinned->bytes;
  });
}

}  // namespace locksmith::doctor::examination
