#include "cli/emulate_setup.h"

#include <stdio.h>

#include <array>
#include <fstream>
#include <utility>

#include "cli/listen_text.h"
#include "emulator/fault.h"
#include "emulator/fault_rules.h"
#include "host/certificates.h"
#include "model/evidence/claude_hosts.h"
#include "vocabulary/limits/input.h"
#include "wire/json/json.h"

namespace locksmith::cli {
namespace {

std::unexpected<Failure> wrong_use(FailureCode code, std::string message, std::string next_step) {
  return fail(code, std::move(message), std::move(next_step), Blame::user);
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(limits::kConfigFile.value + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (!file.eof() && file.fail()) || !std::ifstream(path)) {
    return wrong_use(FailureCode("scenario_unreadable"), "The scenario " + path + " cannot be read.",
                     "Give a JSON file; see: locksmith emulate --help");
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace

Result<world::Address> listen_address(const EmulateOptions& options) {
  auto address = read_listen_address(options.listen, "127.0.0.1:8788");
  if (!address) return address;
  if (!is_loopback(*address) && !options.allow_remote) {
    return wrong_use(FailureCode("listen_address_remote"),
                     "The emulator would be reachable from other machines on " + to_string(*address) + ".",
                     "Add --allow-remote if that is meant: it accepts any key of the right form.");
  }
  return *address;
}

Done apply_scenario(const std::string& path, emulator::Api& api, Tick now) {
  const Result<std::string> text = read_file(path);
  if (!text) return std::unexpected(text.error());
  wire::json::Reader reader;
  const auto document = reader.parse(*text);
  if (!document) return std::unexpected(document.error());
  constexpr std::array<std::string_view, 3> kMembers{"faults", "keys", "only_these"};
  if (std::string unknown = emulator::unknown_member(*document, "The scenario", kMembers); !unknown.empty()) {
    return wrong_use(FailureCode("scenario_invalid"), path + ": " + unknown, "A scenario has the lists \"faults\" and \"keys\", and \"only_these\".");
  }
  if ((*document)["faults"]) {
    auto rules = emulator::read_fault_rules(*document);
    if (!rules) return std::unexpected(rules.error());
    if (const auto added = api.faults().add(std::move(*rules), now); !added) return added;
  }
  if ((*document)["keys"]) return api.keys().set(*document);
  return std::monostate{};
}

Done apply_faults(const EmulateOptions& options, emulator::Api& api, Tick now) {
  std::vector<emulator::FaultRule> rules;
  for (const std::string& text : options.faults) {
    auto rule = emulator::parse_fault_argument(text);
    if (!rule) return std::unexpected(rule.error());
    rules.push_back(std::move(*rule));
  }
  return api.faults().add(std::move(rules), now);
}

Result<std::shared_ptr<const world::TlsServerOptions>> make_tls(const EmulateOptions& options, Instant now) {
  const host::PrivateCa authority("Locksmith emulator CA", now - 48h, now + 24h * 30);
  host::CertificateRequest request{"Locksmith emulator", {"localhost", "127.0.0.1", "::1", std::string(model::evidence::kApiHost)},
                                   now - 1h, now + 24h * 7};
  if (options.tls_variant == "expired") {
    request.not_before = now - 47h;
    request.not_after = now - 24h;
  }
  if (options.tls_variant == "wrong-name") request.names = {"wrong.example"};
  host::IssuedCertificate issued =
      options.tls_variant == "self-signed" ? host::make_self_signed(request) : authority.issue(request);
  if (!options.tls_ca_out.empty()) {
    std::ofstream file(options.tls_ca_out, std::ios::binary | std::ios::trunc);
    file << authority.pem() << std::flush;
    if (!file) {
      return wrong_use(FailureCode("ca_file_unwritable"), "The CA certificate cannot be written to " + options.tls_ca_out + ".",
                       "Choose another path with --tls-ca-out");
    }
  }
  auto tls = std::make_shared<world::TlsServerOptions>();
  tls->certificate_pem = std::move(issued.certificate_pem);
  tls->key_pem = std::move(issued.key_pem);
  tls->alpn = {"http/1.1"};
  return tls;
}

Done write_port_file(const std::string& path, std::uint16_t port) {
  const std::string half = path + ".new";
  {
    std::ofstream file(half, std::ios::trunc);
    file << port << "\n" << std::flush;
    if (file && ::rename(half.c_str(), path.c_str()) == 0) return std::monostate{};
  }
  return wrong_use(FailureCode("port_file_unwritable"), "The port cannot be written to " + path + ".",
                   "Choose another path with --port-file");
}

}  // namespace locksmith::cli
