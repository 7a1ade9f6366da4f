#include <fmt/core.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <utility>
#include <variant>

#include "cli/command.h"
#include "emulator/server.h"
#include "host/certificates.h"
#include "host/epoll_loop.h"
#include "vocabulary/limits.h"
#include "wire/json/json.h"

namespace locksmith::cli {
namespace {

constexpr const char* kExample =
    "Examples:\n"
    "  locksmith emulate\n"
    "  ANTHROPIC_BASE_URL=http://127.0.0.1:8788 your-program\n"
    "  locksmith emulate --fault rate-limit-requests@/v1/messages --fault slow-first-byte\n"
    "  locksmith emulate --fault list\n"
    "  curl -X PUT http://127.0.0.1:8788/_emulator/faults -d '{\"faults\":[{\"name\":\"overloaded\",\"times\":1}]}'\n\n"
    "Any string with the form of an API key is accepted. One request asks for a fault with the header\n"
    "x-locksmith-fault: NAME. GET /_emulator/requests shows the shape of what was asked, never a credential.\n"
    "A scenario is a JSON file: {\"faults\": [{\"name\", \"path\", \"credential_sha256\", \"times\", \"delay_ms\",\n"
    "\"after_s\", \"for_s\"}], \"only_these\": true, \"keys\": [{\"credential_sha256\", \"state\", \"workspace_id\"}]}.";

struct EmulateOptions {
  std::string listen = "127.0.0.1:8788";
  std::vector<std::string> faults;
  std::string scenario;
  std::string port_file;
  bool tls = false;
  std::string tls_ca_out;
  std::string tls_variant = "good";
  bool allow_remote = false;
  bool verbose = false;
  int pace_ms = static_cast<int>(limits::kEmulatorPace / 1ms);
};

using Done = Result<std::monostate>;

std::unexpected<Failure> wrong_use(FailureCode code, std::string message, std::string next_step) {
  return fail(code, std::move(message), std::move(next_step), Blame::user);
}

// --- --fault list ------------------------------------------------------------------------------------------------------

void print_fault_json() {
  std::string out;
  wire::json::Writer json(out, true);
  json.begin_object().member("schema", "locksmith.emulator-fault-list/1").key("faults").begin_array();
  for (const emulator::Fault& fault : emulator::built_in_faults()) {
    json.begin_object().member("name", fault.name).member("cause", fault.cause).member("shows", fault.shows);
    json.member("status", fault.status).member("origin", fault.origin == emulator::Origin::api    ? "api"
                                                         : fault.origin == emulator::Origin::edge ? "edge"
                                                                                                  : "middle");
    if (!fault.type.empty()) json.member("type", fault.type).member("message", fault.message);
    if (!fault.code.empty()) json.member("code", fault.code);
    json.end_object();
  }
  json.end_array().end_object();
  fmt::print("{}\n", out);
}

void print_fault_table() {
  fmt::print("{:<36} {:>6}  {:<28} {}\n", "NAME", "STATUS", "CAUSE", "WHAT IT SHOWS");
  for (const emulator::Fault& fault : emulator::built_in_faults()) {
    const std::string status = fault.status == 0 ? "-" : std::to_string(fault.status);
    fmt::print("{:<36} {:>6}  {:<28} {}\n", fault.name, status, fault.cause, fault.shows);
  }
}

// --- Setting up ----------------------------------------------------------------------------------------------------------

Result<world::Address> listen_address(const EmulateOptions& options) {
  std::string text = options.listen;
  if (text.starts_with("localhost:")) text.replace(0, 9, "127.0.0.1");
  const auto address = world::parse_address(text);
  if (!address) {
    return wrong_use(FailureCode("listen_address_invalid"), "\"" + options.listen + "\" is no address to listen on.",
                     "Write IP:PORT, for example --listen 127.0.0.1:8788");
  }
  if (!is_loopback(*address) && !options.allow_remote) {
    return wrong_use(FailureCode("listen_address_remote"),
                     "The emulator would be reachable from other machines on " + to_string(*address) + ".",
                     "Add --allow-remote if that is meant: it accepts any key of the right form.");
  }
  return *address;
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

Done apply_scenario(const std::string& path, emulator::Api& api, Tick now) {
  const Result<std::string> text = read_file(path);
  if (!text) return std::unexpected(text.error());
  wire::json::Reader reader;
  const auto document = reader.parse(*text);
  if (!document) return std::unexpected(document.error());
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

// A certificate made now, by an authority that lives no longer than this process.
Result<std::shared_ptr<const world::TlsServerOptions>> make_tls(const EmulateOptions& options, Instant now) {
  const host::PrivateCa authority("Locksmith emulator CA", now - 48h, now + 24h * 30);
  host::CertificateRequest request{"Locksmith emulator", {"localhost", "127.0.0.1", "::1", "api.anthropic.com"},
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

// Whole or not at all: a test that waits for the file must not read half of it.
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

// --- Running -------------------------------------------------------------------------------------------------------------

std::atomic<host::EpollLoop*> running_loop = nullptr;

extern "C" void stop_running_loop(int) {
  if (host::EpollLoop* loop = running_loop.load()) loop->stop();
}

void stop_on_signals(host::EpollLoop& loop) {
  running_loop = &loop;
  struct sigaction action {};
  action.sa_handler = &stop_running_loop;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
}

void print_record(const emulator::Record& record) {
  std::string out;
  wire::json::Writer json(out);
  json.begin_object().member("at", to_rfc3339(record.at)).member("method", record.method).member("path", record.path);
  json.member("status", record.status).member("credential", record.credential_header);
  if (!record.credential_shape.empty()) json.member("shape", record.credential_shape);
  if (!record.fault.empty()) json.member("fault", record.fault);
  json.member("request_id", record.request_id).member("body_bytes", record.body_bytes).end_object();
  fmt::print(stderr, "{}\n", out);
}

Done emulate(const EmulateOptions& options) {
  const Result<world::Address> wanted = listen_address(options);
  if (!wanted) return std::unexpected(wanted.error());
  host::EpollLoop loop;
  emulator::ServerSettings settings;
  settings.pace = std::chrono::milliseconds(options.pace_ms);
  if (options.verbose) settings.on_record = &print_record;
  emulator::Server server(loop, std::move(settings));
  if (const Done done = apply_faults(options, server.api(), loop.tick()); !done) return done;
  if (!options.scenario.empty()) {
    if (const Done done = apply_scenario(options.scenario, server.api(), loop.tick()); !done) return done;
  }
  world::ListenOptions listen;
  if (options.tls) {
    auto tls = make_tls(options, loop.now());
    if (!tls) return std::unexpected(tls.error());
    listen.tls = std::move(*tls);
  }
  const Result<world::Address> address = loop.listen(*wanted, std::move(listen), server);
  if (!address) return std::unexpected(address.error());
  stop_on_signals(loop);
  if (!options.port_file.empty()) {
    if (const Done done = write_port_file(options.port_file, address->port); !done) return done;
  }
  fmt::print(stderr, "locksmith emulate: ready on {}://{}\n", options.tls ? "https" : "http", to_string(*address));
  loop.run();

  loop.stop_listening();
  server.drain(limits::kEmulatorLinger, [&loop] { loop.stop(); });
  loop.run();
  running_loop = nullptr;
  return std::monostate{};
}

}  // namespace

void add_emulate(CLI::App& app, Shell& shell) {
  CLI::App* command = app.add_subcommand("emulate", "Stand in for the Claude API, with every failure on a dial");
  auto options = std::make_shared<EmulateOptions>();
  command->add_option("--listen", options->listen, "IP:PORT; port 0 takes a free one")->capture_default_str();
  command->add_option("--fault", options->faults, "A fault for all requests, or NAME@/path-prefix; \"list\" shows all")
      ->type_name("NAME");
  command->add_option("--scenario", options->scenario, "Faults and keys from a JSON file")->type_name("FILE");
  command->add_option("--port-file", options->port_file, "Write the port there once ready")->type_name("FILE");
  command->add_flag("--tls", options->tls, "Serve TLS with a certificate made at start");
  command->add_option("--tls-ca-out", options->tls_ca_out, "Write the CA's certificate there (PEM)")->type_name("FILE");
  command->add_option("--tls-variant", options->tls_variant, "What is wrong with the certificate")
      ->check(CLI::IsMember({"good", "expired", "wrong-name", "self-signed"}))
      ->capture_default_str();
  command->add_option("--pace-ms", options->pace_ms, "Between the events of a stream")
      ->check(CLI::Range(0, 60000))
      ->capture_default_str();
  command->add_flag("--allow-remote", options->allow_remote, "Listen on an address that other machines reach");
  command->add_flag("--verbose", options->verbose, "One line of JSON a request on stderr, without any secret");
  command->footer(kExample);
  command->callback([options, &shell] {
    if (options->faults.size() == 1 && options->faults.front() == "list") {
      shell.json ? print_fault_json() : print_fault_table();
      return;
    }
    if (const Done done = emulate(*options); !done) shell.exit_code = report(done.error());
  });
}

}  // namespace locksmith::cli
