#include <fmt/core.h>
#include <signal.h>

#include <atomic>
#include <memory>
#include <utility>

#include "cli/command.h"
#include "cli/emulate_setup.h"
#include "cli/tell.h"
#include "emulator/server.h"
#include "host/epoll_loop.h"
#include "vocabulary/limits/emulator.h"
#include "wire/json/json.h"

namespace locksmith::cli {
namespace {

constexpr const char* kExample =
    "Examples:\n"
    "  locksmith emulate\n"
    "  ANTHROPIC_BASE_URL=http://127.0.0.1:8788 your-program\n"
    "  locksmith emulate --fault overloaded@/v1/messages --fault slow-first-byte\n"
    "  locksmith emulate --fault list\n"
    "  curl -X PUT http://127.0.0.1:8788/_emulator/faults \\\n"
    "      -d '{\"faults\":[{\"name\":\"overloaded\",\"times\":1}]}'\n\n"
    "Any string with the form of an API key is accepted. One request asks for a fault with the header "
    "x-locksmith-fault: NAME. GET /_emulator/requests shows the shape of what was asked, never a credential.\n"
    "A scenario is a JSON file: {\"faults\": [{\"name\", \"path\", \"credential_sha256\", \"times\", \"delay_ms\", "
    "\"after_s\", \"for_s\"}], \"only_these\": true, \"keys\": [{\"credential_sha256\", \"state\", \"workspace_id\"}]}.";

// --- --fault list ------------------------------------------------------------------------------------------------------

void print_fault_json() {
  std::string out;
  wire::json::Writer json(out, true);
  json.begin_object().member("schema", "locksmith.emulator-fault-list/1").key("faults").begin_array();
  for (const emulator::Fault& fault : emulator::built_in_faults()) {
    json.begin_object().member("name", fault.name).member("cause", fault.cause).member("shows", fault.shows);
    json.member("status", fault.status).member("origin", fault.origin == emulator::FaultSource::api    ? "api"
                                                         : fault.origin == emulator::FaultSource::edge ? "edge"
                                                                                                  : "middle");
    if (!fault.type.empty()) json.member("type", fault.type).member("message", fault.message);
    if (!fault.code.empty()) json.member("code", fault.code);
    if (!fault.headers.empty()) {
      json.key("headers").begin_object();
      for (const emulator::Header& header : fault.headers) json.member(header.name, header.value);
      json.end_object();
    }
    if (!fault.content_type.empty()) json.member("content_type", fault.content_type).member("body", fault.body);
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
  tell("{}\n", out);
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
  tell("locksmith emulate: ready on {}://{}\n", options.tls ? "https" : "http", to_string(*address));
  loop.run();

  loop.stop_listening();
  server.drain(limits::kEmulatorLinger, [&loop] { loop.stop(); });
  loop.run();
  running_loop = nullptr;
  return std::monostate{};
}

}  // namespace

void add_emulate(const Command& root, Shell& shell) {
  const Command command = root.command("emulate", "Stand in for the Claude API, with every failure on a dial");
  auto options = std::make_shared<EmulateOptions>();
  command.option("--listen", options->listen, "IP:PORT; port 0 takes a free one").shows_default();
  command.option("--fault", options->faults, "A fault for all requests, or NAME@/path-prefix; \"list\" shows all").takes("NAME").one_each();
  command.option("--scenario", options->scenario, "Faults and keys from a JSON file").takes("FILE");
  command.option("--port-file", options->port_file, "Write the port there once ready").takes("FILE");
  command.flag("--tls", options->tls, "Serve TLS with a certificate made at start");
  command.option("--tls-ca-out", options->tls_ca_out, "Write the CA's certificate there (PEM)").takes("FILE");
  command.option("--tls-variant", options->tls_variant, "What is wrong with the certificate").one_of({"good", "expired", "wrong-name", "self-signed"}).shows_default();
  command.option("--pace-ms", options->pace_ms, "Between the events of a stream").between(0, 60000).shows_default();
  command.flag("--allow-remote", options->allow_remote, "Listen on an address that other machines reach");
  command.flag("--verbose", options->verbose, "One line of JSON a request on stderr, without any secret");
  command.footer(kExample);
  command.run([options, &shell] {
    if (options->faults.size() == 1 && options->faults.front() == "list") {
      shell.json ? print_fault_json() : print_fault_table();
      return;
    }
    if (const Done done = emulate(*options); !done) shell.exit_code = report(done.error(), shell);
  });
}

}  // namespace locksmith::cli
