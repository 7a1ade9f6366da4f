#include "doctor/survey/surroundings.h"

#include <algorithm>
#include <array>

#include "doctor/survey/observe.h"
#include "vocabulary/limits/input.h"
#include "wire/json/json.h"

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

// Who started this process, from its parents' names: /proc/PID/stat has the name in parentheses and, behind it, the state and the
// parent (proc(5)).
void look_at_parents(const world::Files& files, Survey& survey) {
  struct Starter {
    std::string_view name, observation;
  };
  constexpr std::array<Starter, 16> kStarters{{{"sudo", "launched.sudo"}, {"doas", "launched.sudo"}, {"su", "launched.sudo"}, {"pkexec", "launched.sudo"},
                                               {"cron", "launched.cron"}, {"crond", "launched.cron"}, {"anacron", "launched.cron"}, {"atd", "launched.cron"},
                                               {"sshd", "launched.ssh"}, {"code", "launched.ide"}, {"cursor", "launched.ide"}, {"idea", "launched.ide"},
                                               {"pycharm", "launched.ide"}, {"zed-editor", "launched.ide"}, {"windsurf", "launched.ide"}, {"webstorm", "launched.ide"}}};
  std::string process = "self";
  for (std::size_t i = 0; i <= limits::kParentsAsked; ++i) {
    const auto content = files.read("/proc/" + process + "/stat", limits::kTextFile);
    if (!content) return;
    const std::string_view text = content->reveal();
    const std::size_t open = text.find('(');
    const std::size_t close = text.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open || close + 4 > text.size()) return;
    std::string_view name = text.substr(open + 1, close - open - 1);
    name = name.substr(0, name.find(':'));  // "sshd: ada [priv]"
    const auto* known = std::ranges::find(kStarters, name, &Starter::name);
    if (i != 0 && known != kStarters.end()) {
      survey.observations.emplace_back(known->observation);
      if (survey.started_by.empty()) survey.started_by = name;
    }
    const std::string_view parent = text.substr(close + 4);
    process = parent.substr(0, parent.find(' '));
    if (process == "0" || process.empty()) return;
    // systemd starts services itself; whatever a person types has a shell or a terminal between.
    if (i == 0 && process == "1") survey.observations.emplace_back("launched.service");
  }
}

// The program on PATH and its version, as its package says it: a look at files, nothing is run.
void find_client(const world::Environment& environment, const world::Files& files, Survey& survey) {
  if (survey.client == ClientKind::sdk_typescript_0 || survey.client == ClientKind::sdk_typescript_1 || survey.client == ClientKind::sdk_python ||
      survey.client == ClientKind::sdk_python_0) {
    survey.client_version = survey.project.sdk_version;
    return;
  }
  if (survey.client != ClientKind::claude_code) return;
  const auto path = environment.variable("PATH");
  if (!path) return;
  std::string_view rest = path->reveal();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const std::string program = std::string(rest.substr(0, end)) + "/claude";
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!files.facts(program).exists) continue;
    std::string target = files.link_target(program).value_or(program);
    if (!target.starts_with('/')) target = program.substr(0, program.rfind('/') + 1) + target;
    // npm: …/node_modules/@anthropic-ai/claude-code/…; the native installer: …/claude/versions/2.1.332
    if (const std::size_t versions = target.find("/versions/"); versions != std::string::npos) {
      survey.client_version = target.substr(versions + 10);
      return;
    }
    const std::size_t package = target.find("/claude-code/");
    if (package == std::string::npos) return;
    const auto content = files.read(target.substr(0, package + 13) + "package.json", limits::kConfigFile);
    if (!content) return;
    wire::json::Reader reader;
    if (const auto root = reader.parse(content->reveal())) survey.client_version = (*root)["version"].string_or("");
    return;
  }
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
  look_at_parents(files, survey);
  find_client(environment, files, survey);
  settle_observations(survey);
  say_automatic_proxy(environment, files, survey);
  const auto over_ipv4 = leads_out(files, "/proc/net/route", true);
  const auto over_ipv6 = leads_out(files, "/proc/net/ipv6_route", false);
  if (over_ipv4 == false && !over_ipv6.value_or(false)) {
    say("network", "No network interface is up but this machine's own: nothing leads out of it.");
  }
}

}  // namespace locksmith::doctor::survey
