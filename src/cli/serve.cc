// locksmith serve: the gateway. Workers on threads of their own; this thread answers the operator, follows the store, and
// takes signals.
#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <thread>
#include <utility>

#include "cli/command.h"
#include "cli/log_writer.h"
#include "cli/serve_configuration.h"
#include "cli/serve_options.h"
#include "cli/store_url.h"
#include "gateway/admin.h"
#include "gateway/worker.h"
#include "host/epoll_loop.h"
#include "host/machine.h"
#include "host/real_chance.h"
#include "knowledge/knowledge.h"
#include "knowledge/prices.h"
#include "vocabulary/limits.h"
#include "wire/json/json.h"

namespace locksmith::cli {
namespace {

constexpr const char* kExample =
    "Examples:\n"
    "  ANTHROPIC_API_KEY=$KEY locksmith serve\n"
    "  locksmith serve --credential-file /etc/locksmith/api-key --listen 0.0.0.0:8787 \\\n"
    "      --tls-cert cert.pem --tls-key key.pem\n"
    "  locksmith serve --upstream http://127.0.0.1:8788     (an emulator)\n"
    "  locksmith serve --config /etc/locksmith/locksmith.toml --check\n\n"
    "Every flag is also a variable, LOCKSMITH_REQUESTS_PER_MINUTE, and a key of the file, requests_per_minute; a flag wins over\n"
    "a variable and a variable over the file. SIGHUP reads the file and the credentials again.\n"
    "Clients set their base URL to the gateway and send a virtual key (locksmith keys create).\n"
    "SIGTERM drains: streams that are under way may end. The admin address tells /healthz, /readyz,\n"
    "/metrics and, by the id in x-locksmith-id, why a request failed: locksmith explain ID.";

std::atomic<int> signal_received = 0;
extern "C" void note_signal(int number) { signal_received = number; }

void take_signals() {
  struct sigaction action {};
  action.sa_handler = &note_signal;
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaction(number, &action, nullptr);
}

// One worker with its loop and thread.
struct Core {
  host::EpollLoop loop;
  std::unique_ptr<gateway::Worker> worker;
  std::thread thread;
  std::atomic<bool> ready = false;
  std::atomic<bool> drained = false;
};

class Server final : public gateway::AdminSource {
 public:
  Server(ServeFlags flags, ServeOptions options, const Shell& shell)
      : flags_(std::move(flags)), options_(std::move(options)), shell_(shell) {}
  ~Server() override;

  Result<void> start();
  void run();

  std::vector<const gateway::Counters*> counters() override;
  std::string not_ready() override;
  void find_failure(std::string id, std::move_only_function<void(std::optional<gateway::Failed>)> done) override;

 private:
  Result<void> open_log();
  Result<void> read_keys();
  Result<void> listen();
  void look_after();
  void follow_store();
  void begin_drain();
  void reload();

  ServeFlags flags_;
  ServeOptions options_;
  const Shell& shell_;
  std::unique_ptr<store::KeyStore> store_;
  std::uint64_t store_generation_ = 0;
  bool store_broken_ = false;
  store::Accounts accounts_;
  std::shared_ptr<const gateway::Settings> settings_;
  std::shared_ptr<const gateway::KeyRing> keys_;
  std::optional<model::ledger::PriceList> prices_;
  std::unique_ptr<model::diagnosis::Examiner> examiner_;
  int log_descriptor_ = STDERR_FILENO;
  std::unique_ptr<LogWriter> log_;
  std::vector<std::unique_ptr<Core>> cores_;
  host::EpollLoop admin_loop_;
  std::unique_ptr<gateway::Admin> admin_;
  bool draining_ = false;
};

Server::~Server() {
  for (const auto& core : cores_) core->loop.stop();
  for (const auto& core : cores_) {
    if (core->thread.joinable()) core->thread.join();
  }
  log_.reset();
  if (log_descriptor_ != STDERR_FILENO) ::close(log_descriptor_);
}

Result<void> Server::open_log() {
  if (options_.log != "-") {
    log_descriptor_ = ::open(options_.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (log_descriptor_ < 0) {
      log_descriptor_ = STDERR_FILENO;
      return fail(FailureCode("log_unwritable"), "The log " + options_.log + " cannot be written.", "Check its folder and permissions.",
                  Blame::user);
    }
  }
  log_ = std::make_unique<LogWriter>(log_descriptor_);
  return {};
}

Result<void> Server::read_keys() {
  const auto generation = store_->generation();
  if (!generation) return std::unexpected(generation.error());
  auto keys = store_->list();
  if (!keys) return std::unexpected(keys.error());
  std::vector<gateway::KnownKey> known;
  known.reserve(keys->size());
  for (model::tenant::VirtualKey& key : *keys) {
    auto account = accounts_.of(key.id);
    known.push_back({std::move(key), std::move(account)});
  }
  keys_ = std::make_shared<const gateway::KeyRing>(std::move(known));
  store_generation_ = *generation;
  return {};
}

Result<void> Server::start() {
  if (auto done = open_log(); !done) return done;
  auto settings = make_settings(options_);
  if (!settings) return std::unexpected(settings.error());
  settings_ = std::move(*settings);
  auto store = open_key_store(options_.store);
  if (!store) return std::unexpected(store.error());
  store_ = std::move(*store);
  if (auto done = read_keys(); !done) return done;
  auto prices = knowledge::read_prices();
  if (!prices) return std::unexpected(prices.error());
  prices_ = std::move(*prices);
  auto examiner = knowledge::make_examiner();
  if (!examiner) return std::unexpected(examiner.error());
  examiner_ = std::move(*examiner);
  return listen();
}

Result<void> Server::listen() {
  const auto wanted = serve_address(options_.listen);
  if (!wanted) return std::unexpected(wanted.error());
  const auto admin_wanted = serve_address(options_.admin);
  if (!admin_wanted) return std::unexpected(admin_wanted.error());
  world::ListenOptions listen_options;
  if (!options_.tls_certificate.empty()) {
    auto tls = std::make_shared<world::TlsServerOptions>();
    tls->certificate_file = options_.tls_certificate;
    tls->key_file = options_.tls_key;
    tls->alpn = {"http/1.1"};
    listen_options.tls = std::move(tls);
  }
  const unsigned count = options_.workers > 0 ? static_cast<unsigned>(options_.workers) : std::max(1U, std::thread::hardware_concurrency());
  listen_options.share_port = count > 1;
  const gateway::Shared shared{*prices_, *examiner_, *log_};
  host::RealChance chance;
  world::Address address = *wanted;
  for (unsigned i = 0; i < count; ++i) {
    auto core = std::make_unique<Core>();
    std::array<std::uint8_t, 8> random;
    chance.fill(random);
    std::uint64_t salt = 0;
    for (const std::uint8_t byte : random) salt = salt << 8 | byte;
    core->worker = std::make_unique<gateway::Worker>(core->loop, shared, settings_, keys_, salt);
    const auto bound = core->loop.listen(address, listen_options, *core->worker);
    if (!bound) return std::unexpected(bound.error());
    address = *bound;  // with port 0 the first one chooses for all
    cores_.push_back(std::move(core));
  }
  admin_ = std::make_unique<gateway::Admin>(admin_loop_, *this);
  const auto admin_address = admin_loop_.listen(*admin_wanted, {}, *admin_);
  if (!admin_address) return std::unexpected(admin_address.error());
  for (const auto& core : cores_) {
    core->thread = std::thread([raw = core.get()] {
      raw->worker->start();
      raw->loop.run();
    });
  }
  fmt::print(stderr, "locksmith serve: ready on {}://{}, admin on http://{}, {} worker{}, {} keys\n",
             listen_options.tls ? "https" : "http", to_string(address), to_string(*admin_address), count, count == 1 ? "" : "s",
             keys_->keys().size());
  return {};
}

// --- While it runs -----------------------------------------------------------------------------------------------------------

void Server::run() {
  take_signals();
  look_after();
  admin_loop_.run();
}

void Server::look_after() {
  const int number = signal_received.exchange(0);
  if (number == SIGHUP) reload();
  if (number == SIGTERM || number == SIGINT) {
    if (draining_) return admin_loop_.stop();  // asked twice: now
    begin_drain();
  }
  if (!draining_) {
    follow_store();
    for (const auto& core : cores_) {
      core->loop.post([raw = core.get()] { raw->ready = raw->worker->ready(); });
    }
  } else if (std::ranges::all_of(cores_, [](const auto& core) { return core->drained.load(); })) {
    return admin_loop_.stop();
  }
  admin_loop_.after(limits::kFollowStore, [this] { look_after(); });
}

// A store that cannot be read leaves the keys as they were: what was revoked stays revoked, what was good stays good.
void Server::follow_store() {
  const auto generation = store_->generation();
  if (generation && *generation == store_generation_) return;
  const Result<void> read = generation ? read_keys() : std::unexpected(generation.error());
  if (!read) {
    if (!std::exchange(store_broken_, true)) report(read.error(), shell_);
    return;
  }
  store_broken_ = false;
  for (const auto& core : cores_) {
    core->loop.post([raw = core.get(), keys = keys_] { raw->worker->set_keys(keys); });
  }
}

void Server::reload() {
  auto options = read_serve_options(flags_, host::RealEnvironment(), host::RealFiles());
  auto settings = options ? make_settings(*options) : std::unexpected(options.error());
  if (!settings) {
    report(settings.error(), shell_);
    fmt::print(stderr, "locksmith serve: the old settings stay\n");
    return;
  }
  options_ = std::move(*options);
  settings_ = std::move(*settings);
  for (const auto& core : cores_) {
    core->loop.post([raw = core.get(), settings = settings_] { raw->worker->set_settings(settings); });
  }
  fmt::print(stderr, "locksmith serve: reloaded\n");
}

void Server::begin_drain() {
  draining_ = true;
  fmt::print(stderr, "locksmith serve: draining\n");
  for (const auto& core : cores_) {
    core->loop.post([raw = core.get(), limit = options_.drain] {
      raw->loop.stop_listening();
      raw->worker->drain(limit, [raw] { raw->drained = true; });
    });
  }
}

std::vector<const gateway::Counters*> Server::counters() {
  std::vector<const gateway::Counters*> all;
  for (const auto& core : cores_) all.push_back(&core->worker->counters());
  return all;
}

std::string Server::not_ready() {
  if (draining_) return "draining";
  if (store_broken_) return "the store cannot be read";
  for (const auto& core : cores_) {
    if (!core->ready.load()) return "the API's host name is not resolved yet";
  }
  return {};
}

void Server::find_failure(std::string id, std::move_only_function<void(std::optional<gateway::Failed>)> done) {
  struct Search {
    std::size_t left;
    std::optional<gateway::Failed> found;
    std::move_only_function<void(std::optional<gateway::Failed>)> done;
  };
  auto search = std::make_shared<Search>(Search{cores_.size(), {}, std::move(done)});
  for (const auto& core : cores_) {
    core->loop.post([this, raw = core.get(), id, search] {
      const gateway::Failed* const failed = raw->worker->witness().find(id);
      std::optional<gateway::Failed> copy;
      if (failed != nullptr) copy = *failed;
      admin_loop_.post([search, copy = std::move(copy)]() mutable {
        if (copy) search->found = std::move(copy);
        if (--search->left == 0) search->done(std::move(search->found));
      });
    });
  }
}

Result<ServeOptions> read_checked(const ServeFlags& flags) {
  auto options = read_serve_options(flags, host::RealEnvironment(), host::RealFiles());
  if (!options) return options;
  if (const auto settings = make_settings(*options); !settings) return std::unexpected(settings.error());
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

int serve(const ServeFlags& flags, const Shell& shell) {
  auto options = read_serve_options(flags, host::RealEnvironment(), host::RealFiles());
  if (!options) return report(options.error(), shell);
  Server server(flags, std::move(*options), shell);
  if (const Result<void> started = server.start(); !started) return report(started.error(), shell);
  server.run();
  return ExitCode::healthy;
}

}  // namespace

void add_serve(CLI::App& app, Shell& shell) {
  CLI::App* command = app.add_subcommand("serve", "The gateway: real keys stay here, apps get virtual ones");
  auto flags = std::make_shared<ServeFlags>();
  auto check = std::make_shared<bool>(false);
  command->add_option("--config", flags->config, "Settings in TOML; else LOCKSMITH_CONFIG")->type_name("FILE");
  command->add_flag("--check", *check, "Say whether the settings and credentials can serve, and end");
  for (const ServeSetting& setting : serve_settings()) {
    command
        ->add_option_function<std::string>(
            setting.flag(), [flags, name = std::string(setting.name)](const std::string& text) { flags->values[name] = text; },
            std::string(setting.help))
        ->type_name(std::string(setting.type_name));
  }
  command->footer(kExample);
  command->callback([flags, check, &shell] { shell.exit_code = *check ? check_settings(*flags, shell) : serve(*flags, shell); });
}

}  // namespace locksmith::cli
