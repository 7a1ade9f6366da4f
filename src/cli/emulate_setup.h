// What `locksmith emulate` reads, makes and writes before it serves. Apart from emulate.cc so that each step is tested.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "emulator/api.h"
#include "vocabulary/failure.h"
#include "vocabulary/instant.h"
#include "vocabulary/limits/emulator.h"
#include "world/loop.h"

namespace locksmith::cli {

struct EmulateOptions {
  std::string listen = "127.0.0.1:8788";
  std::vector<std::string> faults;
  std::string scenario;
  std::string port_file;
  bool tls = false;
  std::string tls_ca_out;
  std::string tls_variant = "good";  // good, expired, wrong-name, self-signed
  bool allow_remote = false;
  bool verbose = false;
  int pace_ms = static_cast<int>(limits::kEmulatorPace / 1ms);
};

using Done = Result<std::monostate>;

// Failure codes: listen_address_invalid, listen_address_remote (without --allow-remote).
Result<world::Address> listen_address(const EmulateOptions& options);

// Failure codes: fault_unknown, too_many_faults.
Done apply_faults(const EmulateOptions& options, emulator::Api& api, Tick now);

// Failure codes: scenario_unreadable, json_invalid, fault_unknown, scenario_invalid, too_many_faults.
Done apply_scenario(const std::string& path, emulator::Api& api, Tick now);

// A certificate made now, by an authority that lives no longer than this process. Failure codes: ca_file_unwritable.
Result<std::shared_ptr<const world::TlsServerOptions>> make_tls(const EmulateOptions& options, Instant now);

// Whole or not at all: a test that waits for the file must not read half of it. Failure codes: port_file_unwritable.
Done write_port_file(const std::string& path, std::uint16_t port);

}  // namespace locksmith::cli
