#include "cli/gateway_server.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "cli/listen_text.h"
#include "cli/store_url.h"
#include "cli/tell.h"
#include "host/descriptors.h"
#include "host/machine.h"
#include "host/real_chance.h"
#include "knowledge/knowledge.h"
#include "knowledge/prices.h"
#include "vocabulary/limits/loop.h"
#include "vocabulary/limits/serving.h"

namespace locksmith::cli {
namespace {

std::atomic<int> signal_received = 0;
extern "C" void note_signal(int number) { signal_received = number; }

void take_signals() {
  struct sigaction action {};
  action.sa_handler = &note_signal;
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaction(number, &action, nullptr);
}

Result<int> open_log(const std::string& path) {
  const int descriptor = path == "-" ? ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
                                     : ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor >= 0) return descriptor;
  return fail(FailureCode("log_unwritable"), "The log " + path + " cannot be written.", "Check its folder and permissions.", Blame::user);
}

}  // namespace

GatewayServer::GatewayServer(ServeFlags flags, ServeOptions options, const Shell& shell)
    : flags_(std::move(flags)), started_(std::move(options)), shell_(shell), supervisor_([] {
        const auto socket = host::RealEnvironment().variable("NOTIFY_SOCKET");
        return socket ? std::string(socket->reveal()) : std::string();
      }()) {}

GatewayServer::~GatewayServer() {
  for (const auto& core : cores_) core->loop.stop();
  for (const auto& core : cores_) {
    if (core->thread.joinable()) core->thread.join();
  }
  cores_.clear();  // what they cut off is still logged
  log_.reset();
  if (log_descriptor_ >= 0) ::close(log_descriptor_);
}

// --- Beginning ---------------------------------------------------------------------------------------------------------------

Result<GatewayServer::Loaded> GatewayServer::load() {
  Loaded loaded;
  auto options = read_serve_options(flags_, host::RealEnvironment(), host::RealFiles());
  if (!options) return std::unexpected(std::move(options.error()));
  loaded.options = std::move(*options);
  auto log = open_log(loaded.options.log);
  if (!log) return std::unexpected(std::move(log.error()));
  loaded.log = *log;
  const auto rest = [&]() -> Result<void> {
    auto settings = make_settings(loaded.options);
    if (!settings) return std::unexpected(std::move(settings.error()));
    loaded.settings = std::move(*settings);
    auto tls = read_tls(loaded.options);
    if (!tls) return std::unexpected(std::move(tls.error()));
    loaded.tls = std::move(*tls);
    if (loaded.tls) return admin_loop_.replace_certificate(loaded.tls);  // serves none itself: it looks at the pair
    return {};
  }();
  if (rest) return loaded;
  ::close(loaded.log);
  return std::unexpected(rest.error());
}

Result<void> GatewayServer::read_keys() {
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

// What serving and reloading read and write. Folders rather than files, because a renewed file is a new one under an old name.
host::SandboxPaths GatewayServer::paths_of(const ServeOptions& options) const {
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
  add(paths.read, configuration_file(flags_, environment));
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

void GatewayServer::confine(const ServeOptions& options) {
  for (const std::string& missing : host::enter_sandbox(paths_of(options))) {
    tell("locksmith serve: the sandbox is not whole: {}\n", missing);
  }
}

int GatewayServer::try_sandbox() {
  auto loaded = load();
  if (!loaded) return report(loaded.error(), shell_);
  ::close(loaded->log);
  confine(loaded->options);
  const std::vector<std::string> possible = host::try_to_leave_sandbox();
  for (const std::string& one : possible) fmt::print("possible inside the sandbox: {}\n", one);
  if (possible.empty()) fmt::print("nothing that must fail was possible\n");
  return possible.empty() ? ExitCode::healthy : ExitCode::problem_found;
}

Result<void> GatewayServer::start() {
  descriptor_limit_ = host::raise_descriptor_limit();
  auto loaded = load();
  if (!loaded) return std::unexpected(std::move(loaded.error()));
  log_descriptor_ = loaded->log;
  settings_ = loaded->settings;
  drain_ = loaded->options.drain;
  auto store = open_key_store(started_.store);
  if (!store) return std::unexpected(store.error());
  store_ = std::move(*store);
  if (auto done = read_keys(); !done) return done;
  auto prices = knowledge::read_prices();
  if (!prices) return std::unexpected(prices.error());
  prices_ = std::move(*prices);
  auto examiner = knowledge::make_examiner();
  if (!examiner) return std::unexpected(examiner.error());
  examiner_ = std::move(*examiner);
  log_ = std::make_unique<LogWriter>(log_descriptor_);
  return listen(*loaded);
}

Result<void> GatewayServer::listen(const Loaded& loaded) {
  const auto wanted = read_listen_address(started_.listen);
  if (!wanted) return std::unexpected(wanted.error());
  const auto admin_wanted = read_listen_address(started_.admin);
  if (!admin_wanted) return std::unexpected(admin_wanted.error());
  const unsigned count = started_.workers > 0 ? static_cast<unsigned>(started_.workers) : std::max(1U, std::thread::hardware_concurrency());
  const int open = host::next_descriptor().value_or(descriptor_limit_);
  const int needed = open + static_cast<int>(count) * limits::kDescriptorsOfWorker + limits::kDescriptorReserve;
  if (descriptor_limit_ < needed) {
    return fail(FailureCode("descriptors_too_few"),
                fmt::format("No more than {} files may be open, and {} worker{} need{} {}.", descriptor_limit_, count, count == 1 ? "" : "s",
                            count == 1 ? "s" : "", needed),
                "Allow more (ulimit -n 20000; with systemd LimitNOFILE=), or start fewer workers.");
  }
  world::ListenOptions listen_options;
  listen_options.tls = loaded.tls;
  listen_options.share_port = count > 1;
  const gateway::Shared shared{*prices_, *examiner_, *log_};
  host::RealChance chance;
  world::Address address = *wanted;
  for (unsigned i = 0; i < count; ++i) {
    auto core = std::make_unique<Core>(started_.io == "auto");
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
  share_descriptors();
  // After the loops and what listens, which cannot be made inside; before the first thread: it binds this one and those that it starts.
  if (loaded.options.sandbox) confine(loaded.options);
  log_->begin();
  for (const auto& core : cores_) {
    core->thread = std::thread([raw = core.get()] {
      raw->worker->start();
      raw->loop.run();
    });
  }
  take_signals();
  const std::string where = fmt::format("ready on {}://{}, admin on http://{}", loaded.tls ? "https" : "http", to_string(address),
                                        to_string(*admin_address));
  tell("locksmith serve: {}, {} worker{}, {} keys\n", where, count, count == 1 ? "" : "s", keys_->keys().size());
  since_ = admin_loop_.now();
  supervisor_.ready(where);
  return {};
}

// When all of them are taken, the admin address must still answer. What is left is halved, so that every client's request finds one
// for its way to the API.
void GatewayServer::share_descriptors() {
  const int open = host::next_descriptor().value_or(descriptor_limit_);
  const auto workers = static_cast<int>(cores_.size());
  const int free = std::max(descriptor_limit_ - limits::kDescriptorReserve - open, 2 * workers);
  const host::EpollLoop::Bounds bounds{.connections = std::min(limits::kConnections, static_cast<std::size_t>(free / 2 / workers)),
                                       .descriptors = open + free};
  for (const auto& core : cores_) {
    core->loop.bound(bounds);
    core->worker->counters().connections_limit.set(bounds.connections);
  }
  admin_loop_.bound({.connections = limits::kAdminConnections});
  if (bounds.connections == limits::kConnections) return;
  tell("locksmith serve: only {} clients can be connected at a time, because no more than {} files may be open (ulimit -n)\n",
       bounds.connections * cores_.size(), descriptor_limit_);
}

// --- While it runs -----------------------------------------------------------------------------------------------------------

void GatewayServer::run() {
  look_after();
  admin_loop_.run();
}

void GatewayServer::look_after() {
  if (const int number = signal_received.exchange(0); number != 0) take_signal(number);
  if (!draining_) {
    follow_store();
  } else if (std::ranges::all_of(cores_, [](const auto& core) { return core->drained.load(); })) {
    return admin_loop_.stop();
  }
  admin_loop_.after(limits::kFollowStore, [this] { look_after(); });
}

void GatewayServer::take_signal(int number) {
  if (number == SIGHUP) return stopping_ ? void() : reload();
  if (std::exchange(stopping_, true)) return admin_loop_.stop();  // asked twice: now
  tell("locksmith serve: draining; once more ends at once\n");
  supervisor_.stopping("draining");
  for (const auto& core : cores_) {
    core->loop.post([raw = core.get()] { raw->worker->announce_drain(); });
  }
  // Whoever presses Ctrl-C has no balancer that must look at /readyz first.
  const Duration notice = number == SIGINT ? Duration::zero() : Duration(limits::kDrainNotice);
  admin_loop_.after(notice, [this] { begin_drain(); });
}

// A store that cannot be read leaves the keys as they were: what was revoked stays revoked, what was good stays good.
void GatewayServer::follow_store() {
  const auto generation = store_->generation();
  if (generation && *generation == store_generation_) {
    store_broken_ = false;
    return;
  }
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

// --- Reloading ---------------------------------------------------------------------------------------------------------------

std::string GatewayServer::changed_for_good(const ServeOptions& options) const {
  std::string names;
  const auto compare = [&](std::string_view name, const auto& before, const auto& now) {
    if (before != now) names.append(names.empty() ? "" : ", ").append(name);
  };
  compare("listen", started_.listen, options.listen);
  compare("admin", started_.admin, options.admin);
  compare("store", started_.store, options.store);
  compare("workers", started_.workers, options.workers);
  compare("tls_cert", started_.tls_certificate.empty(), options.tls_certificate.empty());
  return names;
}

void GatewayServer::reload() {
  supervisor_.reloading();
  auto loaded = load();
  if (loaded) {
    const std::string later = changed_for_good(loaded->options);
    use(std::move(*loaded));
    tell("locksmith serve: reloaded\n");
    if (!later.empty()) tell("locksmith serve: a new value of {} is used from the next start on\n", later);
    reload_failed_.clear();
    supervisor_.ready("reloaded");
  } else {
    report(loaded.error(), shell_);
    tell("locksmith serve: the old settings stay\n");
    reload_failed_ = loaded.error().message;
    supervisor_.ready("the old settings stay: " + loaded.error().message);
  }
}

void GatewayServer::use(Loaded loaded) {
  // In the place of the old descriptor, at once: the log's thread writes on, and a rotated file is let go of.
  ::dup3(loaded.log, log_descriptor_, O_CLOEXEC);
  ::close(loaded.log);
  settings_ = std::move(loaded.settings);
  drain_ = loaded.options.drain;
  for (const auto& core : cores_) {
    core->loop.post([raw = core.get(), settings = settings_, tls = loaded.tls] {
      raw->worker->set_settings(settings);
      if (tls) (void)raw->loop.replace_certificate(tls);  // load() found the pair good
    });
  }
}

// --- Ending ------------------------------------------------------------------------------------------------------------------

void GatewayServer::begin_drain() {
  draining_ = true;
  for (const auto& core : cores_) {
    core->loop.post([raw = core.get(), limit = drain_] {
      raw->loop.stop_listening();
      raw->worker->drain(limit, [raw] { raw->drained = true; });
    });
  }
}

// --- For the operator --------------------------------------------------------------------------------------------------------

std::vector<const gateway::Counters*> GatewayServer::counters() {
  std::vector<const gateway::Counters*> all;
  for (const auto& core : cores_) all.push_back(&core->worker->counters());
  return all;
}

std::string GatewayServer::not_ready() {
  if (stopping_) return "draining";
  if (store_broken_) return "the store cannot be read";
  for (const auto& core : cores_) {
    if (core->worker->counters().ready.read() == 0) return "the API's host name is not resolved yet";
  }
  return {};
}

void GatewayServer::find_failure(std::string id, std::move_only_function<void(std::optional<gateway::Failed>)> done) {
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

void GatewayServer::find_status(std::move_only_function<void(gateway::Status)> done) {
  struct Gathering {
    std::size_t left;
    gateway::Status status;
    std::move_only_function<void(gateway::Status)> done;
  };
  auto gathering = std::make_shared<Gathering>(Gathering{cores_.size(), {}, std::move(done)});
  gateway::Status& status = gathering->status;
  status.not_ready = not_ready();
  status.reload_failed = reload_failed_;
  status.since = since_;
  for (const gateway::KnownKey& known : keys_->keys()) {
    using enum model::tenant::KeyState;
    const bool expired = known.key.expires && *known.key.expires <= admin_loop_.now();
    switch (known.key.state) {
      case active:
        ++(expired ? status.keys.expired : status.keys.active);
        break;
      case suspended:
        ++status.keys.suspended;
        break;
      case revoked:
        ++status.keys.revoked;
        break;
    }
  }
  for (const auto& core : cores_) {
    core->loop.post([this, raw = core.get(), gathering] {
      admin_loop_.post([gathering, part = gateway::status_of(*raw->worker)]() mutable {
        join(gathering->status, std::move(part));
        if (--gathering->left == 0) gathering->done(std::move(gathering->status));
      });
    });
  }
}

}  // namespace locksmith::cli
