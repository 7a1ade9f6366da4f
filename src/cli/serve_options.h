// What `locksmith serve` was asked for, and the settings made of it.
#pragma once

#include <memory>
#include <string>

#include "gateway/settings.h"
#include "vocabulary/failure.h"
#include "world/loop.h"

namespace locksmith::cli {

struct ServeOptions {
  std::string listen = "127.0.0.1:8787";
  std::string admin = "127.0.0.1:8786";
  std::string upstream = "https://api.anthropic.com";
  std::string upstream_ca{};
  std::string credential_file{};
  std::string store{};
  std::string log = "-";
  std::string tls_certificate{};
  std::string tls_key{};
  int workers = 0;                       // 0: one a core
  std::int64_t requests_per_minute = 0;  // of one key; 0: no limit
  std::int32_t concurrent_requests = 0;
  double spend_usd = 0;
};

// Failure codes: url_invalid, credential_missing, credential_file_unreadable, credential_file_exposed, credential_unusable.
Result<std::shared_ptr<const gateway::Settings>> make_settings(const ServeOptions& options);

// Failure code: listen_address_invalid.
Result<world::Address> serve_address(const std::string& text);

}  // namespace locksmith::cli
