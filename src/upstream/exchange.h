// One request and its answer over the event loop, observed stage by stage.
//
// This is the doctor's instrument, not the gateway's path: it opens a connection of its own, never follows a redirect,
// never retries, and says what it saw. A credential is written to the one host that the plan names, after the TLS peer
// is verified, and nowhere else: not to a proxy (whose CONNECT carries none), not to a redirect's target.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "upstream/target.h"
#include "vocabulary/limits/doctor.h"
#include "vocabulary/secret.h"
#include "world/loop.h"

namespace locksmith::upstream {

using HeaderFields = std::vector<std::pair<std::string, std::string>>;

struct Plan {
  Target target;
  std::string method = "GET";
  std::string path = "/";                                   // appended to the target's prefix, which may be the whole of it
  HeaderFields headers;                                     // Host and Content-Length are added
  std::vector<std::pair<std::string, Secret>> credentials;  // header name, value
  std::string body;
  std::optional<Target> proxy;                              // CONNECT for https, absolute form for http
  world::Family family = world::Family::any;
  std::optional<world::Address> at;                         // instead of a look-up; not with a proxy
  // Which certificates are trusted, as world::TlsClientOptions says it.
  std::string ca_file, ca_folder, bundled_folder;
  bool ca_replaces_system = false;
  bool ignores_environment = false;
  bool expects_events = false;                              // read the answer as server-sent events
  Duration deadline = limits::kHttpProbe;                   // for all of it
};

enum class Stage : std::uint8_t { resolve, connect, proxy, tls, send, answer, body, done };
std::string_view name(Stage stage);

struct Observed {
  Stage reached = Stage::resolve;   // the stage that failed, or done
  bool timed_out = false;           // Plan::deadline passed in that stage
  std::string resolve_error;        // EAI_NONAME, ETIMEOUT, …
  std::vector<world::Address> addresses;
  std::optional<world::Address> peer;
  world::Closing closing;           // how the connection ended, where it failed
  std::optional<world::TlsFacts> tls;
  std::optional<int> proxy_status;  // the proxy's answer to CONNECT, where it was not 2xx

  std::optional<int> status;
  HeaderFields headers;             // of the answer, names in lower case
  std::string body;                 // at most limits::kProbeBody
  bool protocol_broken = false;     // the answer is no HTTP/1.1
  std::size_t events = 0;           // server-sent events seen
  bool message_stop = false;        // the last event of a whole Messages stream came
  std::string stream_error;         // data of an "error" event

  Duration resolve_took{}, connect_took{}, tls_took{}, first_byte_took{}, total{};
  Instant answered_at{};            // this machine's clock when the head came

  const std::string* header(std::string_view lower_case_name) const;
  bool ok() const { return reached == Stage::done && status.value_or(0) / 100 == 2; }
};

// Calls `done` exactly once, from the loop, at the latest when the plan's deadline passes.
void exchange(world::Loop& loop, Plan plan, std::move_only_function<void(Observed)> done);

}  // namespace locksmith::upstream
