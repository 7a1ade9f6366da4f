#include "cli/sandbox_paths.h"

#include <filesystem>

#include "cli/store_url.h"
#include "host/machine.h"

namespace locksmith::cli {

host::SandboxPaths sandbox_paths(const ServeFlags& flags, const ServeOptions& options) {
  host::SandboxPaths paths;
  const host::RealEnvironment environment;
  const auto add = [](std::vector<std::string>& list, const std::string& path) {
    if (path.empty() || path == "-") return;
    const std::filesystem::path file = std::filesystem::absolute(path);
    const std::string folder = file.parent_path().string();
    // The whole of these would open what the sandbox is to keep shut.
    const bool too_much = folder == "/" || folder == "/etc" || folder == "/proc";
    list.push_back(too_much ? file.string() : folder);
  };
  add(paths.read, configuration_file(flags, environment));
  for (const std::string* const path : {&options.credential_file, &options.upstream_ca, &options.tls_certificate, &options.tls_key}) {
    add(paths.read, *path);
  }
  for (const CredentialSource& source : options.credentials) add(paths.read, source.file);
  // Where OpenSSL is told to look for authorities.
  if (const auto file = environment.variable("SSL_CERT_FILE")) add(paths.read, std::string(file->reveal()));
  if (const auto folder = environment.variable("SSL_CERT_DIR")) paths.read.emplace_back(folder->reveal());
  add(paths.write, options.log);
  if (const auto store = key_store_path(options.store)) add(paths.write, *store);
  return paths;
}

}  // namespace locksmith::cli
