// What `locksmith serve` was asked for, and the settings made of it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/settings.h"
#include "model/evidence/claude_hosts.h"
#include "serving/entrance.h"
#include "vocabulary/failure.h"
#include "vocabulary/instant.h"
#include "vocabulary/limits/serving.h"
#include "vocabulary/limits/upstream.h"
#include "world/loop.h"

namespace locksmith::cli {

// Not under AddressSanitizer, whose search for leaks traces the process when it ends.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSandboxByDefault = false;
#else
inline constexpr bool kSandboxByDefault = true;
#endif

// Where one credential of the API comes from; exactly one of `file` and `variable`.
struct CredentialSource {
  std::string name;
  std::string file{};
  std::string variable{};
  std::string organization{};
  std::optional<bool> bearer{};  // unset: by the credential's kind
  std::string where{};           // "locksmith.toml:12", for messages
};

// Each member is one setting (serve_configuration.cc): a flag, a variable and a key of the file.
struct ServeOptions {
  std::string listen = "127.0.0.1:8787";
  std::string admin = "127.0.0.1:8786";
  std::vector<std::string> admin_names{};  // by which it may be asked, beside literal addresses and localhost
  std::string admin_token_file{};
  std::string upstream{model::evidence::kApiBase};
  std::string upstream_ca{};
  std::string upstream_proxy{};          // a URL that may hold a login: never shown
  std::string credential_file{};         // beside it `credentials` is not looked at
  std::string store{};
  std::string log = "-";
  std::string tls_certificate{};
  std::string tls_key{};
  std::int64_t workers = 0;              // 0: one a core
  std::string io = "auto";               // or epoll
  std::int64_t requests_per_minute = 0;  // of one key; 0: no limit
  std::int64_t concurrent_requests = 0;
  double spend_usd = 0;
  std::string on_limit = "refuse";       // or cut
  std::string on_disconnect = "close";   // or drain
  std::vector<std::string> models{};     // beginnings of names; empty: all
  std::vector<std::string> endpoints{};  // canonical paths that are forwarded beside the known ones
  Duration first_byte = limits::kFirstByte;
  Duration silence = limits::kStreamSilence;
  Duration drain = limits::kDrain;
  bool sandbox = kSandboxByDefault;
  std::vector<CredentialSource> credentials{};
};

// Reads the credentials; makes nothing. Failure codes: log_unwritable, url_invalid, credential_missing, credential_file_unreadable,
// credential_file_exposed, credential_unusable.
Result<std::shared_ptr<const gateway::Settings>> make_settings(const ServeOptions& options);

// The pair to serve TLS with, null for plain HTTP. Read once, so that all workers have the same pair also where the files are
// just being replaced; whether key and certificate belong together is the loop's to say. Failure code: certificate_unreadable.
Result<std::shared_ptr<const world::TlsServerOptions>> read_tls(const ServeOptions& options);

// Who may ask the admin address: whoever has the token of admin_token_file; null where none is named. Failure codes:
// credential_file_unreadable, credential_file_exposed, admin_token_weak.
Result<std::shared_ptr<const serving::Authenticator>> read_admin_token(const ServeOptions& options);

}  // namespace locksmith::cli
