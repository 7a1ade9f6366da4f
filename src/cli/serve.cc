// locksmith serve: the gateway, and --check, which looks at its settings only.
#include <fmt/core.h>

#include <memory>
#include <utility>

#include "cli/command.h"
#include "cli/listen_text.h"
#include "cli/serve_configuration.h"
#include "cli/serve_options.h"
#include "cli/serve_process.h"
#include "host/epoll_loop.h"
#include "host/machine.h"
#include "serving/server.h"
#include "wire/json/json.h"

namespace locksmith::cli {
namespace {

constexpr const char* kExample =
    "Examples:\n"
    "  ANTHROPIC_API_KEY=$KEY locksmith serve\n"
    "  locksmith serve --credential-file /etc/locksmith/api-key \\\n"
    "      --listen 0.0.0.0:8787 --tls-cert cert.pem --tls-key key.pem\n"
    "  locksmith serve --upstream http://127.0.0.1:8788     (an emulator)\n"
    "  locksmith serve --config /etc/locksmith/locksmith.toml --check\n\n"
    "Every flag is also a variable, LOCKSMITH_REQUESTS_PER_MINUTE, and a key of the file, requests_per_minute; a flag wins over "
    "a variable and a variable over the file. SIGHUP reads the file and the credentials again.\n"
    "Clients set their base URL to the gateway and send a virtual key (locksmith keys create).\n"
    "SIGTERM drains: streams that are under way may end. The admin address tells /healthz, /readyz, "
    "/metrics and, by the id in x-locksmith-id, why a request failed: locksmith explain ID.";

Result<ServeOptions> read_checked(const ServeFlags& flags) {
  auto options = read_serve_options(flags, host::RealEnvironment(), host::RealFiles());
  if (!options) return options;
  if (const auto settings = make_settings(*options); !settings) return std::unexpected(settings.error());
  const auto tls = read_tls(*options);
  if (!tls) return std::unexpected(tls.error());
  if (*tls) {
    if (const auto good = host::EpollLoop().replace_certificate(*tls); !good) return std::unexpected(good.error());
  }
  const auto token = read_admin_token(*options);
  if (!token) return std::unexpected(token.error());
  const auto admin = read_listen_address(options->admin);
  if (!admin) return std::unexpected(admin.error());
  if (const auto good = serving::check_exposure(*admin, *tls != nullptr, *token != nullptr); !good) return std::unexpected(good.error());
  return options;
}

// Looks at everything that can be looked at without serving: nothing is opened for writing and nothing is sent.
int check_settings(const ServeFlags& flags, const Shell& shell) {
  const auto options = read_checked(flags);
  if (!options) return report(options.error(), shell);
  const std::string file = configuration_file(flags, host::RealEnvironment());
  if (shell.json) {
    std::string out;
    wire::json::Writer(out).begin_object().member("schema", "locksmith.check/1").member("config", file).member("ok", true).end_object();
    fmt::print("{}\n", out);
  } else {
    fmt::print("{} can serve.\n", file.empty() ? std::string("These settings") : file);
  }
  return ExitCode::healthy;
}

int serve(const ServeFlags& flags, bool try_sandbox, const Shell& shell) {
  auto options = read_serve_options(flags, host::RealEnvironment(), host::RealFiles());
  if (!options) return report(options.error(), shell);
  ServeProcess process(flags, std::move(*options), shell);
  if (try_sandbox) return process.try_sandbox();
  if (const Result<void> started = process.start(); !started) return report(started.error(), shell);
  process.run();
  return ExitCode::healthy;
}

}  // namespace

void add_serve(const Command& root, Shell& shell) {
  const Command command = root.command("serve", "The gateway: real keys stay here, apps get virtual ones");
  auto flags = std::make_shared<ServeFlags>();
  auto check = std::make_shared<bool>(false);
  command.option("--config", flags->config, "Settings in TOML; else LOCKSMITH_CONFIG").takes("FILE");
  command.flag("--check", *check, "Say whether the settings and credentials can serve, and end");
  auto try_sandbox = std::make_shared<bool>(false);
  command.on_flag("--no-sandbox", [flags] { flags->values["sandbox"] = "false"; }, "The same as --sandbox false");
  command.flag("--selftest-sandbox", *try_sandbox, "").hidden();  // for tests and the curious; not in --help
  for (const ServeSetting& setting : serve_settings()) {
    command
        .on_value(
            setting.flag(), [flags, name = std::string(setting.name)](const std::string& text) { flags->values[name] = text; },
            std::string(setting.help)).takes(std::string(setting.type_name));
  }
  command.footer(kExample);
  command.run([flags, check, try_sandbox, &shell] {
    shell.exit_code = *check ? check_settings(*flags, shell) : serve(*flags, *try_sandbox, shell);
  });
}

}  // namespace locksmith::cli
