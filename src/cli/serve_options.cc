#include "cli/serve_options.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "host/machine.h"
#include "model/credential/credential.h"
#include "model/evidence/claude_hosts.h"
#include "upstream/target.h"
#include "vocabulary/limits/input.h"
#include "vocabulary/limits/serving.h"

namespace locksmith::cli {
namespace {

std::unexpected<Failure> wrong_use(FailureCode code, std::string message, std::string next_step) {
  return fail(code, std::move(message), std::move(next_step), Blame::user);
}

Result<Secret> read_credential_file(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) == 0 && (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return wrong_use(FailureCode("credential_file_exposed"), "Others may read the credential file " + path + ".",
                     "chmod 600 " + path);
  }
  auto content = host::RealFiles().read(path, limits::kTextFile);
  if (!content) {
    return wrong_use(FailureCode("credential_file_unreadable"), "The credential file " + path + " cannot be read.",
                     "Check the path and its permissions.");
  }
  std::string_view text = content->reveal();
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return Secret(text);
}

Result<Secret> read_credential(const CredentialSource& source) {
  if (!source.file.empty()) return read_credential_file(source.file);
  auto value = host::RealEnvironment().variable(source.variable);
  if (value && !value->empty()) return std::move(*value);
  return wrong_use(FailureCode("credential_missing"), "The gateway has no credential for the API: " + source.variable + " is not set.",
                   "Set " + source.variable + ", or name a file of mode 0600: --credential-file PATH");
}

struct Unusable {
  std::string what, next_step;
};

// What no API takes under any circumstances. Another base URL than Claude's own may want keys of any form; it too wants one.
std::optional<Unusable> why_unusable(std::string_view value, bool own_api) {
  using enum model::credential::Shape;
  const model::credential::Examined examined = model::credential::examine(value);
  if (value.empty()) return Unusable{"is empty", "Put the key there, whole and alone."};
  if (!examined.sendable || !examined.flaws.empty()) {
    std::string flaws;
    for (const auto flaw : examined.flaws) flaws += (flaws.empty() ? "" : ", ") + std::string(model::credential::to_words(flaw));
    return Unusable{"is damaged" + (flaws.empty() ? std::string() : ": " + flaws), "Copy it again, whole and alone."};
  }
  const std::string is = "is " + std::string(model::credential::to_words(examined.shape));
  switch (examined.shape) {
    case virtual_key:
      return Unusable{"is a virtual key, which is for those that ask the gateway", "Give the gateway a real API key (sk-ant-api03-…)."};
    case admin_key:
      return Unusable{is + ", which the API takes for administration only", "Give the gateway an API key (sk-ant-api03-…)."};
    case api_key:
    case scoped_key:
    case oauth_token:
    case federated_token:
      return std::nullopt;
    case unknown:
      if (!own_api) return std::nullopt;
      return Unusable{"has the form of no credential that Claude's API takes", "Copy an API key (sk-ant-api03-…) again, whole and alone."};
    default:
      if (!own_api) return std::nullopt;
      return Unusable{is + ", which Claude's API does not take", "Give the gateway an API key (sk-ant-api03-…)."};
  }
}

Result<gateway::UpstreamCredential> make_credential(const CredentialSource& source, bool own_api) {
  auto value = read_credential(source);
  if (!value) {
    if (!source.where.empty()) value.error().message = source.where + ": " + value.error().message;
    return std::unexpected(std::move(value.error()));
  }
  if (auto unusable = why_unusable(value->reveal(), own_api)) {
    return wrong_use(FailureCode("credential_unusable"),
                     (source.where.empty() ? "" : source.where + ": ") + "The gateway's credential \"" + source.name + "\" " +
                         unusable->what + ".",
                     std::move(unusable->next_step));
  }
  const model::credential::Shape shape = model::credential::examine(value->reveal()).shape;
  gateway::UpstreamCredential credential;
  credential.name = source.name;
  credential.organization = source.organization;
  credential.bearer = source.bearer.value_or(shape == model::credential::Shape::oauth_token ||
                                             shape == model::credential::Shape::federated_token);
  credential.value = std::move(*value);
  return credential;
}

std::vector<CredentialSource> sources_of(const ServeOptions& options) {
  if (!options.credential_file.empty()) return {{.name = "default", .file = options.credential_file}};
  if (!options.credentials.empty()) return options.credentials;
  return {{.name = "default", .variable = "ANTHROPIC_API_KEY"}};
}

// Without making it: whether the file, or the folder that it would be made in, lets itself be written.
bool log_can_be_written(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::exists(status)) return !fs::is_directory(status) && ::access(path.c_str(), W_OK) == 0;
  const fs::path folder = fs::path(path).parent_path();
  return ::access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) == 0;
}

}  // namespace

Result<std::shared_ptr<const serving::Authenticator>> read_admin_token(const ServeOptions& options) {
  if (options.admin_token_file.empty()) return nullptr;
  auto token = read_credential_file(options.admin_token_file);
  if (!token) return std::unexpected(std::move(token.error()));
  if (token->size() < limits::kAdminToken || !std::ranges::all_of(token->reveal(), [](char c) { return c > ' ' && c < '\x7f'; })) {
    return wrong_use(FailureCode("admin_token_weak"),
                     "The token in " + options.admin_token_file + " is shorter than " + std::to_string(limits::kAdminToken) + " characters, or holds a space.",
                     "Make one: openssl rand -hex 32");
  }
  return std::make_shared<serving::BearerToken>(std::move(*token));
}

Result<std::shared_ptr<const gateway::Settings>> make_settings(const ServeOptions& options) {
  auto settings = std::make_shared<gateway::Settings>();
  if (options.log != "-" && !log_can_be_written(options.log)) {
    return wrong_use(FailureCode("log_unwritable"), "The log " + options.log + " cannot be written.",
                     "Name a file in a folder that may be written.");
  }
  auto target = upstream::parse_target(options.upstream);
  if (!target) return std::unexpected(std::move(target.error()));
  const bool own_api = target->host == model::evidence::kApiHost;
  settings->upstream = {std::move(*target), options.upstream_ca, {}};
  if (!options.upstream_proxy.empty()) {
    auto proxy = upstream::parse_proxy(options.upstream_proxy);
    if (!proxy) return std::unexpected(std::move(proxy.error()));
    settings->upstream.proxy = std::move(*proxy);
  }
  for (const CredentialSource& source : sources_of(options)) {
    auto credential = make_credential(source, own_api);
    if (!credential) return std::unexpected(std::move(credential.error()));
    settings->credentials.push_back(std::move(*credential));
  }
  constexpr std::int64_t kBurstShare = 4;  // a quarter of a minute's requests may come at once
  settings->key_limits.requests = model::limit::rate_of(options.requests_per_minute, 1min,
                                                        std::max<std::int64_t>(1, options.requests_per_minute / kBurstShare));
  settings->key_limits.concurrent = static_cast<std::int32_t>(options.concurrent_requests);
  settings->key_limits.spend = Money{std::llround(options.spend_usd * 1e9)};
  settings->on_limit = options.on_limit == "cut" ? gateway::OnLimit::cut : gateway::OnLimit::refuse;
  settings->on_disconnect = options.on_disconnect == "drain" ? gateway::OnDisconnect::drain : gateway::OnDisconnect::close;
  settings->models = options.models;
  settings->endpoints = options.endpoints;
  settings->first_byte = options.first_byte;
  settings->silence = options.silence;
  return settings;
}

Result<std::shared_ptr<const world::TlsServerOptions>> read_tls(const ServeOptions& options) {
  if (options.tls_certificate.empty()) return nullptr;
  const host::RealFiles files;
  auto chain = files.read(options.tls_certificate, limits::kTextFile);
  auto key = files.read(options.tls_key, limits::kTextFile);
  if (!chain || !key) {
    return fail(FailureCode("certificate_unreadable"), "The file " + (chain ? options.tls_key : options.tls_certificate) + " cannot be read.",
                "Check the path and its permissions.", Blame::user);
  }
  auto tls = std::make_shared<world::TlsServerOptions>();
  tls->certificate_pem = std::string(chain->reveal());
  tls->key_pem = std::move(*key);
  tls->alpn = {"http/1.1"};
  return tls;
}

}  // namespace locksmith::cli
