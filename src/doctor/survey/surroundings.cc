#include "doctor/survey/surroundings.h"

#include <algorithm>
#include <array>

#include "vocabulary/limits.h"

namespace locksmith::doctor::survey {
namespace {

// Where distributions keep the certificates that OpenSSL and the clients' runtimes trust.
constexpr std::array<std::string_view, 6> kStores{"/etc/ssl/certs",          "/etc/ssl/cert.pem", "/etc/pki/tls/certs",
                                                  "/etc/ssl/ca-bundle.pem", "/etc/pki/tls/cert.pem", "/usr/lib/ssl/certs"};

// Does a routing table lead anywhere but to this machine itself? Each line names its interface, first (route) or last
// (ipv6_route). nullopt: the table may not be read.
std::optional<bool> leads_out(const world::Files& files, const std::string& table, bool has_title) {
  const auto content = files.read(table, limits::kTextFile);
  if (!content) return std::nullopt;
  std::string_view text = content->reveal();
  if (has_title) text.remove_prefix(std::min(text.find('\n'), text.size()));
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (line.ends_with(' ')) line.remove_suffix(1);
    if (line.empty()) continue;
    const std::string_view interface = has_title ? line.substr(0, line.find_first_of(" \t")) : line.substr(line.find_last_of(" \t") + 1);
    if (interface != "lo") return true;
  }
  return false;
}

// A proxy found by script (PAC): browsers read it, none of the clients does. GNOME keeps the setting in dconf's database
// (org.gnome.system.proxy autoconfig-url, visible as text), KDE in kioslaverc (ProxyType 2 and 3).
void say_automatic_proxy(const world::Environment& environment, const world::Files& files, Survey& survey) {
  std::string place;
  for (const std::string_view name : {"auto_proxy", "AUTO_PROXY"}) {
    if (const auto value = environment.variable(name); value && !value->empty()) place = name;
  }
  const auto home = environment.home();
  const auto holds = [&](const std::string& path, std::initializer_list<std::string_view> signs) {
    const auto content = files.read(*home + path, limits::kConfigFile);
    if (content && std::ranges::any_of(signs, [&](std::string_view sign) { return content->reveal().find(sign) != std::string_view::npos; })) {
      place = "~" + path;
    }
  };
  if (home) {
    holds("/.config/dconf/user", {"autoconfig-url"});
    holds("/.config/kioslaverc", {"ProxyType=2", "ProxyType=3"});
  }
  if (place.empty()) return;
  survey.observations.emplace_back("network.system-proxy-set");
  survey.remarks.push_back({place, "A proxy is chosen here by a script (PAC). Browsers read that, none of the clients does: they need HTTPS_PROXY."});
}

}  // namespace

void look_around(const world::Environment& environment, const world::Files& files, Survey& survey) {
  const auto say = [&](std::string place, std::string sentence) { survey.remarks.push_back({std::move(place), std::move(sentence)}); };
  const auto home = environment.home();
  if (home && !files.facts(*home).exists) {
    say("HOME", "The home folder is not there, or may not be looked into; no settings or login of its was seen.");
  }
  if (environment.working_directory() == ".") {
    say("working directory", "The working directory is gone or may not be named, so no .env file was looked for in it.");
  }
  if (!files.facts("/etc/resolv.conf").exists) {
    say("/etc/resolv.conf", "It is not there: no resolver is set up, and the system asks one on this machine itself.");
  }
  const bool has_store = std::ranges::any_of(kStores, [&](std::string_view path) { return files.facts(std::string(path)).exists; });
  const bool names_own = std::ranges::any_of(survey.settings, [](const Setting& s) {
    return (s.name == "SSL_CERT_FILE" || s.name == "SSL_CERT_DIR" || s.name == "NODE_EXTRA_CA_CERTS") && !s.value.empty();
  });
  if (!has_store && !names_own) {
    say("certificates", "No certificate store is installed here, so no server's certificate can be verified (package ca-certificates). "
        "Node brings its own.");
  }
  say_automatic_proxy(environment, files, survey);
  const auto over_ipv4 = leads_out(files, "/proc/net/route", true);
  const auto over_ipv6 = leads_out(files, "/proc/net/ipv6_route", false);
  if (over_ipv4 == false && !over_ipv6.value_or(false)) {
    say("network", "No network interface is up but this machine's own: nothing leads out of it.");
  }
}

}  // namespace locksmith::doctor::survey
