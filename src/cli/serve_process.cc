#include "cli/serve_process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

#include "cli/listen_text.h"
#include "cli/sandbox_paths.h"
#include "cli/store_url.h"
#include "cli/tell.h"
#include "host/descriptors.h"
#include "host/listening.h"
#include "host/machine.h"
#include "host/memory.h"
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

std::uint64_t random_number(host::RealChance& chance) {
  std::array<std::uint8_t, 8> random;
  chance.fill(random);
  std::uint64_t number = 0;
  for (const std::uint8_t byte : random) number = number << 8 | byte;
  return number;
}

// Of the settings that only a start takes, the names of those that differ.
std::string changed_for_good(const ServeOptions& started, const ServeOptions& options) {
  std::string names;
  const auto compare = [&](std::string_view name, const auto& before, const auto& now) {
    if (before != now) names.append(names.empty() ? "" : ", ").append(name);
  };
  compare("listen", started.listen, options.listen);
  compare("admin", started.admin, options.admin);
  compare("admin_names", started.admin_names, options.admin_names);
  compare("admin_token_file", started.admin_token_file, options.admin_token_file);
  compare("store", started.store, options.store);
  compare("workers", started.workers, options.workers);
  compare("tls_cert", started.tls_certificate.empty(), options.tls_certificate.empty());
  return names;
}

}  // namespace

ServeProcess::ServeProcess(ServeFlags flags, ServeOptions options, const Shell& shell)
    : flags_(std::move(flags)), started_(std::move(options)), shell_(shell), supervisor_([] {
        const auto socket = host::RealEnvironment().variable("NOTIFY_SOCKET");
        return socket ? std::string(socket->reveal()) : std::string();
      }()) {}

ServeProcess::~ServeProcess() {
  for (const auto& core : cores_) core->loop->stop();
  for (const auto& core : cores_) {
    if (core->thread.joinable()) core->thread.join();
  }
  if (process_) process_->dismiss();  // what the workers cut off is still logged
  cores_.clear();
  log_.reset();
  for (const int descriptor : {log_descriptor_, loaded_log_}) {
    if (descriptor >= 0) ::close(descriptor);
  }
}

// --- For the process ---------------------------------------------------------------------------------------------------------

Result<process::Loaded> ServeProcess::load() {
  auto options = read_serve_options(flags_, host::RealEnvironment(), host::RealFiles());
  if (!options) return std::unexpected(std::move(options.error()));
  auto settings = make_settings(*options);
  if (!settings) return std::unexpected(std::move(settings.error()));
  auto tls = read_tls(*options);
  if (!tls) return std::unexpected(std::move(tls.error()));
  auto log = open_log(options->log);
  if (!log) return std::unexpected(std::move(log.error()));
  // Whether key and certificate belong together is a loop's to say. A new loop cannot be made in the sandbox.
  if (*tls) {
    if (const auto good = own_loop_.replace_certificate(*tls); !good) {
      ::close(*log);
      return std::unexpected(good.error());
    }
  }
  if (loaded_log_ >= 0) ::close(loaded_log_);
  loaded_log_ = *log;
  return process::Loaded{std::move(*settings), std::move(*tls), options->drain, changed_for_good(started_, *options)};
}

void ServeProcess::adopt() {
  // In the place of the old descriptor, at once: the log's thread writes on, and a rotated file is let go of.
  const int loaded = std::exchange(loaded_log_, -1);
  ::dup3(loaded, log_descriptor_, O_CLOEXEC);
  ::close(loaded);
}

void ServeProcess::say(std::string_view sentence) { tell("locksmith serve: {}\n", sentence); }

void ServeProcess::complain(const Failure& failure) { report(failure, shell_); }

// --- Beginning ---------------------------------------------------------------------------------------------------------------

void ServeProcess::confine(const ServeOptions& options) {
  for (const std::string& missing : host::enter_sandbox(sandbox_paths(flags_, options))) say("the sandbox is not whole: " + missing);
}

int ServeProcess::try_sandbox() {
  if (const auto loaded = load(); !loaded) return report(loaded.error(), shell_);
  confine(started_);
  const std::vector<std::string> possible = host::try_to_leave_sandbox();
  for (const std::string& one : possible) fmt::print("possible inside the sandbox: {}\n", one);
  if (possible.empty()) fmt::print("nothing that must fail was possible\n");
  return possible.empty() ? ExitCode::healthy : ExitCode::problem_found;
}

Result<void> ServeProcess::read_what_serving_needs() {
  auto store = open_key_store(started_.store);
  if (!store) return std::unexpected(store.error());
  store_ = std::move(*store);
  auto prices = knowledge::read_prices();
  if (!prices) return std::unexpected(prices.error());
  prices_ = std::move(*prices);
  auto examiner = knowledge::make_examiner();
  if (!examiner) return std::unexpected(examiner.error());
  examiner_ = std::move(*examiner);
  return {};
}

Result<void> ServeProcess::start() {
  host::set_memory_aside();
  descriptor_limit_ = host::raise_descriptor_limit();
  const auto loaded = load();
  if (!loaded) return std::unexpected(loaded.error());
  log_descriptor_ = std::exchange(loaded_log_, -1);
  if (auto done = read_what_serving_needs(); !done) return done;
  log_ = std::make_unique<LogWriter>(log_descriptor_);
  const gateway::Shared shared{*prices_, *examiner_, *log_, [] { return host::memory_shortage() != host::Shortage::none; }, LOCKSMITH_VERSION};
  process_ = std::make_unique<process::GatewayProcess>(own_loop_, *store_, shared, *this);
  if (auto done = process_->begin(*loaded); !done) return done;
  return listen(*loaded);
}

Result<void> ServeProcess::listen(const process::Loaded& loaded) {
  auto place = place_to_listen();
  if (!place) return std::unexpected(std::move(place.error()));
  const unsigned count = started_.workers > 0 ? static_cast<unsigned>(started_.workers) : std::max(1U, std::thread::hardware_concurrency());
  const int needed = host::next_descriptor().value_or(descriptor_limit_) + static_cast<int>(count) * limits::kDescriptorsOfWorker + share().reserve;
  if (descriptor_limit_ < needed) {
    return fail(FailureCode("descriptors_too_few"),
                fmt::format("No more than {} files may be open, and {} worker{} need{} {}.", descriptor_limit_, count, count == 1 ? "" : "s",
                            count == 1 ? "s" : "", needed),
                "Allow more (ulimit -n 20000; with systemd LimitNOFILE=), or start fewer workers.");
  }
  host::RealChance chance;
  world::Address address = place->address;
  for (unsigned i = 0; i < count; ++i) {
    cores_.push_back(std::make_unique<Core>(started_.io == "auto"));
    const world::ListenOptions options{.tls = loaded.tls, .share_port = count > 1, .descriptor = place->descriptor};
    const auto bound = process_->add_worker(*cores_.back()->loop, address, options, random_number(chance));
    if (!bound) return std::unexpected(bound.error());
    address = *bound;  // with port 0 the first one chooses for all
  }
  if (place->descriptor >= 0) ::close(place->descriptor);  // every worker has its own
  const auto admin = listen_for_operators(loaded);
  if (!admin) return std::unexpected(admin.error());
  if (const auto path = key_store_path(started_.store)) mark_.emplace(*path, *admin);
  if (!mark_ || !mark_->is_set()) say("no mark could be made beside the store: keys revoke finds this gateway by its admin address alone");
  share_descriptors();
  share_memory();
  // After the loops and what listens, which cannot be made inside; before the first thread: it binds this one and those that it starts.
  if (started_.sandbox) confine(started_);
  log_->begin();
  process_->start();
  for (const auto& core : cores_) core->thread = std::thread([&loop = *core->loop] { loop.run(); });
  take_signals();
  const std::string shown = address.family == world::Family::any ? "unix:" + socket_path_of(started_.listen)
                                                                 : fmt::format("{}://{}", loaded.tls ? "https" : "http", to_string(address));
  const std::string where = fmt::format("ready on {}, admin on {}://{}", shown,
                                        world::is_loopback(*admin) ? "http" : "https", to_string(*admin));
  say(fmt::format("{}, {} worker{}, {} keys", where, count, count == 1 ? "" : "s", process_->keys()));
  supervisor_.ready(where);
  return {};
}

// What is handed over goes before what the settings say: whoever hands a socket over knows that it is open already.
Result<ServeProcess::Place> ServeProcess::place_to_listen() const {
  const auto inherited = host::inherited_socket(host::RealEnvironment());
  if (!inherited) return std::unexpected(inherited.error());
  if (*inherited) return Place{{}, **inherited};
  if (const std::string path = socket_path_of(started_.listen); !path.empty()) {
    const auto descriptor = host::listen_at_path(path);
    if (!descriptor) return std::unexpected(descriptor.error());
    return Place{{}, *descriptor};
  }
  const auto address = read_listen_address(started_.listen);
  if (!address) return std::unexpected(address.error());
  return Place{*address, -1};
}

Result<world::Address> ServeProcess::listen_for_operators(const process::Loaded& loaded) {
  const auto wanted = read_listen_address(started_.admin);
  if (!wanted) return wanted;
  auto authenticator = read_admin_token(started_);
  if (!authenticator) return std::unexpected(std::move(authenticator.error()));
  serving::ServerSettings settings{.names = started_.admin_names, .authenticator = std::move(*authenticator), .connections = share().operators};
  operators_ = std::make_unique<serving::Server>(own_loop_, process::routes_of(*process_), std::move(settings));
  // On this machine plain, as what `locksmith status` asks by default.
  auto bound = operators_->listen(*wanted, world::is_loopback(*wanted) ? nullptr : loaded.tls);
  if (!bound && bound.error().code.name() == "listening_unprotected") bound.error().next_step = "Set admin to 127.0.0.1:8786, or set tls_cert, tls_key and admin_token_file.";
  return bound;
}

ServeProcess::Share ServeProcess::share() const {
  const int reserve = std::clamp(descriptor_limit_ / 8, limits::kDescriptorReserve, limits::kDescriptorReserveMost);
  const auto accepted = static_cast<std::size_t>(reserve / 4 * 3);
  return {reserve, std::min(limits::kServingConnections, accepted / 2), accepted};
}

// When all of them are taken, the admin address must still answer. What is left is halved, so that every client's request finds one
// for its way to the API.
void ServeProcess::share_descriptors() {
  const int open = host::next_descriptor().value_or(descriptor_limit_);
  const auto workers = static_cast<int>(cores_.size());
  const int free = std::max(descriptor_limit_ - share().reserve - open, 2 * workers);
  const host::EpollLoop::Bounds bounds{.connections = std::min(limits::kConnections, static_cast<std::size_t>(free / 2 / workers)),
                                       .descriptors = open + free};
  for (std::size_t i = 0; i < cores_.size(); ++i) {
    cores_[i]->loop->bound(bounds);
    process_->worker(i).counters().connections.limit.set(bounds.connections);
  }
  own_loop_.bound({.connections = share().operators_with_closing});
  if (bounds.connections == limits::kConnections) return;
  say(fmt::format("only {} clients can be connected at a time, because no more than {} files may be open (ulimit -n)",
                  bounds.connections * cores_.size(), descriptor_limit_));
}

// Bodies are what a gateway holds most of. Where the machine, its group or its limit has less than every worker may take, they share it.
void ServeProcess::share_memory() {
  const auto left = host::memory_left();
  if (!left) return;
  const std::uint64_t share = left->value / limits::kBodyMemoryShare / cores_.size();
  const ByteCount bodies{std::clamp(share, limits::kLeastBodyMemory.value, limits::kBodyMemory.value)};
  for (std::size_t i = 0; i < cores_.size(); ++i) process_->worker(i).body_memory().bound(bodies);
  if (bodies < limits::kBodyMemory) say("request bodies take up to " + to_words(bodies) + " a worker, because there is no more memory than " + to_words(*left));
}

// --- While it runs -----------------------------------------------------------------------------------------------------------

void ServeProcess::run() {
  look_for_signals();
  look_at_memory();
  own_loop_.run();
}

// What a burst needed is given back when it is over, and not within it: that stops allocations for a moment.
void ServeProcess::look_at_memory() {
  const bool was_short = host::memory_shortage() != host::Shortage::none;
  host::restore_memory();
  if (was_short && !std::exchange(told_shortage_, true)) say("no memory is left: new request bodies are refused, and then new connections");
  if (!was_short) told_shortage_ = false;
  std::uint64_t requests = 0;
  for (const gateway::Counters* const counters : process_->counters()) requests += counters->requests.read();
  if (++memory_looks_ % limits::kMemoryTrim == 0) {
    if (requests - std::exchange(requests_at_trim_, requests) < limits::kIdleRequests) host::give_memory_back();
  }
  own_loop_.after(limits::kMemoryLook, [this] { look_at_memory(); });
}

void ServeProcess::look_for_signals() {
  const int number = signal_received.exchange(0);
  if (number == SIGHUP) process_->take(process::Order::reload);
  // Whoever presses Ctrl-C has no balancer that must look at /readyz first.
  if (number == SIGINT) process_->take(process::Order::drain_now);
  if (number == SIGTERM) process_->take(process::Order::drain);
  own_loop_.after(limits::kFollowStore, [this] { look_for_signals(); });
}

}  // namespace locksmith::cli
